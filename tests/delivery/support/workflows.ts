/** The repository's GitHub workflows, parsed. */
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

import { REPOSITORY_ROOT } from "../../../local/driver/layout";

export interface WorkflowStep {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly uses?: string;
  readonly if?: string;
  readonly environment?: { readonly name: string };
  readonly steps?: readonly WorkflowStep[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": unknown };
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = path.join(REPOSITORY_ROOT, ".github");

/** Every YAML file below .github, by its path there, as text. */
export function githubFiles(): [file: string, text: string][] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => [file, readFileSync(path.join(FOLDER, file), "utf8")]);
}

/** The workflows by name, such as `deploy`. */
export function workflows(): Record<string, Workflow> {
  const files = githubFiles().filter(([file]) => file.startsWith("workflows/"));
  return Object.fromEntries(files.map(([file, text]) => [path.parse(file).name, parse(text) as Workflow]));
}

/** Every step of every workflow and of the composite actions, with where it stands. */
export function allSteps(): [place: string, step: WorkflowStep][] {
  return githubFiles().flatMap(([file, text]) => {
    const parsed = parse(text) as Partial<Workflow> & { readonly runs?: Job };
    const jobs: [string, Job][] = Object.entries(parsed.jobs ?? {});
    if (parsed.runs) jobs.push(["action", parsed.runs]);
    return jobs.flatMap(([name, { steps = [] }]) =>
      steps.map((step, index): [string, WorkflowStep] => [`${file} ${name} ${index}`, step]),
    );
  });
}

/** The script that a step runs; `exec` makes it the step's first process, which is the one that GitHub signals. */
export function scriptOf({ run = "" }: WorkflowStep): string | undefined {
  return run
    .trim()
    .replace(/^exec /, "")
    .split(" ")[0];
}
