import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { findEngine, pinnedVersion } from "../../local/engine";
import { createHome } from "../support/engine";
import { fakeTool } from "../support/fakes";

let home: ReturnType<typeof createHome>;
let root: string;
let tools: string;
let lines: string[];

beforeEach(() => {
  home = createHome();
  root = path.join(home.folder, "checkout");
  tools = path.join(home.folder, "path");
  lines = [];
  mkdirSync(path.join(root, "tools", "pulumi"), { recursive: true });
  mkdirSync(tools);
  writeFileSync(
    path.join(root, "tools", "pulumi", "go.mod"),
    "module m\n\nrequire github.com/pulumi/pulumi/pkg/v3 v3.250.0\n",
  );
});

afterEach(() => {
  home.remove();
});

/** `/bin` stays on the PATH for `sh`; no tool of the search is there, or the first test would say so. */
const search = () =>
  findEngine({
    root,
    local: path.join(home.folder, "local"),
    environment: { PATH: `${tools}:/nowhere` },
    progress: (line) => lines.push(line),
  });

const fakePulumi = (folder: string, version: string) => fakeTool(folder, "pulumi", `echo v${version}`);

test("the pinned version is that of the Go module", () => {
  expect(pinnedVersion(REPOSITORY_ROOT)).toMatch(/^3\.\d+\.\d+$/);
  expect(pinnedVersion(root)).toBe("3.250.0");
});

test.each(["3.250.0", "3.250.1", "3.1000.0"])("takes version %s from the PATH", async (version) => {
  const command = fakePulumi(tools, version);
  expect(await search()).toEqual({ command, version });
  expect(lines).toEqual([]);
});

test("prefers the PATH to .tools", async () => {
  fakePulumi(path.join(root, ".tools", "bin"), "3.250.0");
  const command = fakePulumi(tools, "3.251.0");
  expect((await search()).command).toBe(command);
});

test.each(["bin", "pulumi"])("finds .tools/%s where the PATH has only an older one", async (folder) => {
  fakePulumi(tools, "3.249.9");
  const command = fakePulumi(path.join(root, ".tools", folder), "3.250.0");
  expect(await search()).toEqual({ command, version: "3.250.0" });
});

test("asks an executable for its version once", async () => {
  const asked = path.join(home.folder, "asked");
  fakeTool(tools, "pulumi", `echo x >> ${asked}; echo v3.250.0`);
  await search();
  await search();
  expect(readFileSync(asked, "utf8")).toBe("x\n");
});

test("fetches the official archive into .tools, with short timeouts", async () => {
  const script = `while [ "$1" != --output ]; do shift; done; echo "$3" > "$2"`;
  fakeTool(tools, "curl", script);
  const unpacked = path.join(root, ".tools", "pulumi");
  fakeTool(
    tools,
    "tar",
    `/bin/mkdir -p ${unpacked}; printf '#!/bin/sh\\necho v3.250.0\\n' > ${unpacked}/pulumi; /bin/chmod +x ${unpacked}/pulumi`,
  );
  expect(await search()).toEqual({ command: path.join(unpacked, "pulumi"), version: "3.250.0" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/https:\/\/get\.pulumi\.com\/releases\/sdk\/pulumi-v3\.250\.0-\w+-\w+\.tar\.gz$/);
});

test("builds with Go where the installer cannot be reached, and stamps the version", async () => {
  fakeTool(tools, "curl", "echo 'curl: (6) Could not resolve host' >&2; exit 6");
  const target = path.join(root, ".tools", "bin", "pulumi");
  const arguments_ = path.join(home.folder, "arguments");
  fakeTool(
    tools,
    "go",
    `echo "$@" > ${arguments_}; /bin/mkdir -p ${path.dirname(target)}; printf '#!/bin/sh\\necho v3.250.0\\n' > ${target}; /bin/chmod +x ${target}`,
  );
  expect((await search()).command).toBe(target);
  expect(readFileSync(arguments_, "utf8")).toContain("go/common/version.Version=v3.250.0");
  expect(lines.join("\n")).toContain("Could not resolve host");
});

test("names every way tried and the fix where none works", async () => {
  fakePulumi(tools, "3.100.0");
  fakeTool(tools, "curl", "echo 'curl: (6) Could not resolve host' >&2; exit 6");
  const error = await search().then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  expect(error?.name).toBe("UserError");
  expect(error?.message).toContain("no Pulumi CLI 3.250.0 or later");
  expect(error?.message).toContain(`${path.join(tools, "pulumi")}: version 3.100.0 is too old`);
  expect(error?.message).toContain("Could not resolve host");
  expect(error?.message).toContain("go build: go is not installed");
  expect(error?.message).toContain("Fix: ");
  expect(existsSync(path.join(root, ".tools", "bin", "pulumi"))).toBe(false);
});
