import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

import { UserError } from "../driver/errors";

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Text for the command's standard input. */
  readonly input?: string;
  /** File for the command's standard input, instead of text. */
  readonly inputFile?: string;
}

/** Ends with what the command printed. @throws UserError with the command and the end of its error output. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { cwd, environment, input, inputFile } = options;
  const file = inputFile === undefined ? undefined : openSync(inputFile, "r");
  try {
    return await new Promise<string>((resolve, reject) => {
      const child = spawn(command, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env: environment ?? process.env,
        stdio: [file ?? "pipe", "pipe", "pipe"],
      });
      let output = "";
      let errors = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
      // A command that ends before it has read everything tells why by its status.
      child.stdin?.once("error", () => undefined).end(input ?? "");
      child.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "ENOENT" ? "it is not installed" : error.message;
        reject(new UserError(`${command} did not start: ${reason}.`));
      });
      child.once("close", (code, signal) => {
        if (code === 0) resolve(output);
        else reject(new UserError(failure(command, args, code ?? signal ?? "no status", errors || output)));
      });
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function failure(command: string, args: readonly string[], status: number | string, output: string): string {
  const text = output.trim().split("\n").slice(-8).join("\n  ");
  return `${[command, ...args].join(" ")} ended with ${status}:\n  ${text === "" ? "(no output)" : text}`;
}

export async function wait(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
