import { spawn } from "node:child_process";

import type { DeliveryEngine } from "./engine";

/** Runs `pulumi` in the project's folder, with both its streams as one text. */
export async function pulumi(engine: DeliveryEngine, args: readonly string[]) {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: engine.folder,
    env: engine.environment("write"),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  return { code, output };
}

/** Runs a command that must succeed; answers with what it printed. */
export async function expectSuccess(engine: DeliveryEngine, ...args: string[]): Promise<string> {
  const { code, output } = await pulumi(engine, args);
  expect({ code, output }).toEqual({ code: 0, output: expect.any(String) as string });
  return output;
}
