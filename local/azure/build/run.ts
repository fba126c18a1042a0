/** A child process, awaited. */
import { spawn, type SpawnOptions } from "node:child_process";

export interface Finished {
  /** Exit code; 128 for a process that was killed. */
  readonly code: number;
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

export function run(command: string, args: readonly string[], options: SpawnOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const printed: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => {
      printed.push(chunk);
      all.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => all.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
      resolve({ code: code ?? 128, stdout: text(printed), output: text(all) });
    });
  });
}

/** A command that failed, with the end of its log. */
export class CommandFailure extends Error {}

/** @returns its standard output. @throws CommandFailure where it ends with another status than 0. */
export async function must(command: string, args: readonly string[], options: SpawnOptions): Promise<string> {
  const { code, stdout, output } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new CommandFailure(`${[command, ...args].join(" ")} ended with ${code}:\n${tail(output)}`);
}

/** The last lines of a log. */
export function tail(log: string): string {
  return log.trimEnd().split("\n").slice(-10).join("\n");
}
