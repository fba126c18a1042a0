/** Runs the driver's command line in a process of its own, as `make` does. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";

import { CloudStore } from "../../local/cloud/store";
import { CHOICE_VARIABLE } from "../../local/cluster/find";
import { REPOSITORY_ROOT, createLayout } from "../../local/driver/layout";
import { type StackState, readState } from "../../local/driver/state";
import type { Summary } from "../../local/driver/summary";
import { reservePort } from "./ports";
import { createHome } from "./engine";

export const RUN = path.join(REPOSITORY_ROOT, "local", "run.ts");
const CACHES = path.join(REPOSITORY_ROOT, ".local", "tmp");

export interface DriverResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DriverHome {
  /** Folder for everything that the driver writes. */
  readonly local: string;
  /** Folder of Pulumi.yaml, the stack files and index.ts; it starts as a copy of the checkout's. */
  readonly project: string;
  readonly port: number;
  /** Starts a command; the test ends it or waits for {@link Running.result}. */
  start(...argv: string[]): Running;
  run(...argv: string[]): Promise<DriverResult>;
  /** Runs a command with `--json`; the summary is there whatever the exit status. */
  summary(...argv: string[]): Promise<Summary>;
  /** Puts a file of the project, given its text now. */
  edit(file: string, change: (text: string) => string): void;
  /** Opens a stack's emulated cloud for changes behind Pulumi's back. */
  withCloud<T>(stack: string, action: (cloud: CloudStore) => T): T;
  state(stack: string): StackState | undefined;
}

export interface Running {
  readonly process: ChildProcess;
  readonly result: Promise<DriverResult>;
}

/** The environment that tools/setup.sh gives to what it runs. */
export function driverEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // A cluster that runs on this machine is not the tests' to use.
    [CHOICE_VARIABLE]: "none",
    SWC_NODE_PROJECT: path.join(REPOSITORY_ROOT, "tools", "tsconfig.runtime.json"),
    NODE_COMPILE_CACHE: path.join(CACHES, "compile-cache"),
    SWC_NODE_CACHE_DIR: path.join(CACHES, "swc"),
  };
}

/** @param nice how much the driver stands back for others, as `nice` counts it: 0 to 19 */
export function startDriver(argv: readonly string[], env: NodeJS.ProcessEnv = {}, nice = 0): Running {
  const command = [process.execPath, "--require", "@swc-node/register", RUN, ...argv];
  const child = spawn("nice", ["-n", String(nice), ...command], {
    cwd: REPOSITORY_ROOT,
    env: { ...driverEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const result = new Promise<DriverResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? -1, ...output });
    });
  });
  return { process: child, result };
}

/**
 * Gives a test the driver with a home and a project of its own. Whatever still runs at the end is ended.
 */
export async function withDriver(test: (driver: DriverHome) => Promise<void>): Promise<void> {
  const { driver, remove } = await createDriver();
  try {
    await test(driver);
  } finally {
    await remove();
  }
}

/**
 * A driver for several tests; the last of them removes it, with whatever it still runs.
 *
 * @param cluster the Kubernetes that it uses: the emulated one, or the one that runs on this machine
 */
export async function createDriver(cluster: "none" | "local" = "none") {
  const home = createHome();
  const project = path.join(home.folder, "project");
  const local = path.join(home.folder, "local");
  const port = await reservePort();
  createProject(project);
  const layout = createLayout({ project, local });
  // Nobody's cluster shares its processors with the program that brings it up: here that takes what the pods leave.
  const nice = cluster === "local" ? 19 : 0;
  const options = ["--project", project, "--local", local];
  const start = (...argv: string[]): Running => {
    const takesPort = argv[0] === "up" && !argv.includes("--port");
    const all = [...argv, ...options, ...(takesPort ? ["--port", String(port)] : [])];
    return startDriver(all, { [CHOICE_VARIABLE]: cluster }, nice);
  };
  const driver: DriverHome = {
    ...{ local, project, port, start },
    run: (...argv) => start(...argv).result,
    summary: async (...argv) => {
      const { stdout, stderr } = await start(...argv, "--json").result;
      if (stdout === "") throw new Error(`the driver printed no summary: ${stderr}`);
      return JSON.parse(stdout) as Summary;
    },
    edit: (file, change) => {
      const target = path.join(project, file);
      writeFileSync(target, change(existsSync(target) ? readFileSync(target, "utf8") : ""));
    },
    withCloud: (stack, action) => {
      const cloud = CloudStore.open(layout.cloudFile(stack));
      try {
        return action(cloud);
      } finally {
        cloud.close();
      }
    },
    state: (stack) => readState(layout, "aks-platform", stack),
  };
  const remove = async (): Promise<void> => {
    await start("reset").result;
    home.remove();
  };
  return { driver, remove };
}

/** Names the commit whose API is built, so that a commit made meanwhile changes nothing for a test. */
export function pinCommit(settings: string): string {
  const document = parseDocument(settings);
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: REPOSITORY_ROOT, encoding: "utf8" });
  document.setIn(["config", "aks-platform:api", "image", "commit"], commit.trim());
  return document.toString();
}

/** The checkout's settings, and a program that is the checkout's. */
function createProject(project: string): void {
  mkdirSync(project, { recursive: true });
  copyFileSync(path.join(REPOSITORY_ROOT, "Pulumi.yaml"), path.join(project, "Pulumi.yaml"));
  for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
    writeFileSync(
      path.join(project, file),
      pinCommit(readFileSync(path.join(REPOSITORY_ROOT, file), "utf8")),
    );
  }
  const program = path.relative(project, path.join(REPOSITORY_ROOT, "index"));
  writeFileSync(path.join(project, "index.ts"), `export * from ${JSON.stringify(program)};\n`);
}
