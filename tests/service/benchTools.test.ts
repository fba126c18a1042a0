import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../service/bench/tools";

test("the benchmark names all the tools that it lacks before it starts, and where they come from", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "path-"));
  try {
    symlinkSync(process.execPath, path.join(folder, "node"));
    symlinkSync("/bin/sh", path.join(folder, "sh"));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--require", "@swc-node/register", "service/bench/run.ts", "--check"],
      { env: { PATH: folder, SWC_NODE_PROJECT: "tools/tsconfig.runtime.json" }, encoding: "utf8" },
    );
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      "bench: wrk, taskset, Python 3 with venv: not found.\n" +
        "Fix: apt-get install wrk util-linux python3-venv (Debian, Ubuntu), or the same from your system.\n",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);

test("a measurement takes a port that nobody has", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  expect(await freePort()).not.toBe(port);
  server.close();
});
