/** Runs scripts of the repository as a step of a GitHub workflow runs them. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../../local/driver/layout";

export interface Step {
  /** Path from the repository's root. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Receives what the script tells GitHub. */
  readonly folder: string;
  /** Where the script runs. @default `folder` */
  readonly workingDirectory?: string;
  readonly environment: NodeJS.ProcessEnv;
}

export interface StepResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The step's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it wrote to the run's page. */
  readonly summary: string;
}

/** Runs a script to its end. */
export async function runStep(step: Step): Promise<StepResult> {
  const { script, args = [], folder, workingDirectory = folder, environment } = step;
  const files = {
    GITHUB_OUTPUT: path.join(folder, "output"),
    GITHUB_STEP_SUMMARY: path.join(folder, "summary"),
  };
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const child = spawn(path.join(REPOSITORY_ROOT, script), args, {
    cwd: workingDirectory,
    env: { ...environment, ...files },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const lines = read(files.GITHUB_OUTPUT).split("\n");
  const outputs = lines.map((line) => line.split(/=(.*)/s)).filter(([name]) => name !== "");
  return {
    code,
    ...output,
    outputs: Object.fromEntries(outputs.map(([name = "", value = ""]) => [name, value])),
    summary: read(files.GITHUB_STEP_SUMMARY),
  };
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
