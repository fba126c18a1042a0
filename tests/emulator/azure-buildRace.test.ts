import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { REPOSITORY_ROOT } from "../../local/driver/layout";

const BUILD = `
  const { buildSource } = require("./local/azure/build/checkout");
  const [repositoryRoot, buildFolder, tree] = process.argv.slice(1);
  buildSource({ repositoryRoot, buildFolder }, { commit: "HEAD", folder: "policy-pack/support", tree }).then(
    (folder) => process.stdout.write(folder),
    (error) => { process.stderr.write(String(error)); process.exitCode = 1; },
  );
`;

test("two runs that build the same commit at once both get it, and leave nothing half done", async () => {
  const run = promisify(execFile);
  const options = { cwd: REPOSITORY_ROOT, encoding: "utf8" } as const;
  const tree = (await run("git", ["rev-parse", "HEAD:policy-pack/support"], options)).stdout.trim();
  const folder = mkdtempSync(path.join(tmpdir(), "builds-"));
  try {
    const build = () =>
      run(
        process.execPath,
        ["--require", "@swc-node/register", "--eval", BUILD, REPOSITORY_ROOT, folder, tree],
        options,
      );
    const built = await Promise.all([build(), build(), build()]);
    expect(built.map(({ stdout }) => stdout)).toEqual(Array(3).fill(path.join(folder, tree)));
    expect(readdirSync(folder).filter((name) => name !== "node_modules")).toEqual([tree]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
