/** The real API, compiled as its image has it, in a process of its own. */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { once } from "node:events";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../../local/driver/layout";

const SERVICE = path.join(REPOSITORY_ROOT, "service");

/** Compiles the API into `folder`, apart from `service/dist`, which other tests compile at the same time. */
export function buildApi(folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(SERVICE, "package.json"), path.join(folder, "package.json"));
  const packages = path.join(SERVICE, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, path.join(folder, "node_modules"));
  const compiler = require.resolve("typescript/bin/tsc");
  const args = [
    compiler,
    "--project",
    path.join(SERVICE, "tsconfig.json"),
    "--outDir",
    path.join(folder, "dist"),
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: SERVICE, encoding: "utf8" });
  if (status !== 0) throw new Error(`the API does not compile:\n${stdout}`);
}

export interface RunningApi {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts what {@link buildApi} compiled, on a free port unless the environment names one. */
export async function startApi(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunningApi> {
  const child = spawn(process.execPath, ["dist/server.js"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let output = "";
  const port = await new Promise<number>((resolve, reject) => {
    void ended.then(() => {
      reject(new Error(`the API ended: ${output}`));
    });
    child.stdout.on("data", (text: Buffer) => {
      output += text.toString();
      const found = /"port":(\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
