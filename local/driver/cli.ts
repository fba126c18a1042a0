import { spawn } from "node:child_process";
import * as path from "node:path";

import type { Layout } from "./layout";

export interface CliResult {
  readonly code: number;
  /** True where a signal to this process asked the command to stop. */
  readonly interrupted: boolean;
  /** True where a signal ended the command before it could finish by itself. */
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of the user's shell that would send a command to another backend, account or project. */
const FOREIGN_SETTING = /^(PULUMI_|AZURE_|ARM_|ARM$|KUBECONFIG$)/;

/**
 * The environment of every Pulumi command: the user's own without settings of Pulumi or Azure, then the
 * layout's. `bin` comes last on the PATH, so that an installed language host wins over the stand-in there.
 */
export function cliEnvironment(
  layout: Layout,
  command: string,
  extra: Readonly<Record<string, string>> = {},
) {
  const own = Object.entries(process.env).filter(([key]) => !FOREIGN_SETTING.test(key));
  const search = [path.dirname(command), process.env["PATH"] ?? "", layout.bin].filter(
    (entry) => entry !== "",
  );
  return {
    ...Object.fromEntries(own),
    PATH: search.join(path.delimiter),
    TMPDIR: layout.temporary,
    NODE_COMPILE_CACHE: path.join(layout.temporary, "compile-cache"),
    PULUMI_HOME: layout.pulumiHome,
    PULUMI_BACKEND_URL: `file://${layout.state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: layout.passphrase,
    PULUMI_DEBUG_COMMANDS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The state is written once, at the end: with hundreds of resources, writing all of it after each takes most of a
    // run. A run that was killed is repaired from the emulated clouds, which keep what it made (adopt.ts).
    PULUMI_EXPERIMENTAL: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    ...extra,
  };
}

export interface CliCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called at each signal that asks to stop, with how many came so far. */
  readonly onInterrupt?: (count: number) => void;
}

/**
 * Runs one Pulumi command to its end. It gets a process group of its own, so that Ctrl-C reaches this process
 * alone: the first signal is passed on as the request to stop gracefully (providers keep answering meanwhile),
 * the second ends the command and everything that it started.
 */
export async function runCli(call: CliCall): Promise<CliResult> {
  const child = spawn(call.command, [...call.args, "--non-interactive", "--color", "never"], {
    cwd: call.folder,
    env: call.environment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  let interrupts = 0;
  const interrupt = (): void => {
    interrupts += 1;
    call.onInterrupt?.(interrupts);
    if (interrupts === 1) child.kill("SIGINT");
    else if (child.pid !== undefined) killGroup(child.pid);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code: status ?? 130, interrupted: interrupts > 0, killed: status === null, ...output };
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group has ended by itself.
  }
}
