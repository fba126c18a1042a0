/** A child process, awaited. */
import { spawn, type SpawnOptions } from "node:child_process";

export interface Finished {
  /** Exit code; 128 for a process that was killed. */
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export function run(command: string, args: readonly string[], options: SpawnOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 128, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}
