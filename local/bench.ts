/**
 * Measures `preview` and `up` of a stack, each from nothing, against the bare engine: the same number of resources
 * by the Automation API, but trivial ones, without policies and emulated clouds (bench/floor.ts). Both run in
 * turns, so that a busy machine slows both.
 *
 *   bench.ts [--stack dev] [--runs 3] [--json]
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";

import { judge, renderVerdicts } from "./bench/result";
import { messageOf } from "./driver/errors";
import { REPOSITORY_ROOT } from "./driver/layout";
import type { Summary } from "./driver/summary";
import { DEFAULT_PORT } from "./driver/arguments";
import { firstFreePort } from "./kubernetes/node/ports";

const DRIVER = path.join(__dirname, "run.ts");
const FLOOR = path.join(__dirname, "bench", "floor.ts");

interface Timed {
  readonly seconds: number;
  /** Resources that the run created or would create, without the stack itself. */
  readonly resources: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { stack: { type: "string" }, runs: { type: "string" }, json: { type: "boolean" } },
  });
  const runs = Number(values.runs ?? 3);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: got ${values.runs}, allowed: 1 or more`);
  const homes = path.join(REPOSITORY_ROOT, ".local", "bench");
  mkdirSync(homes, { recursive: true });
  const home = mkdtempSync(path.join(homes, "run-"));
  try {
    const { measurements, resources } = await measure(home, values.stack ?? "dev", runs);
    const verdicts = measurements.map(judge);
    const report = { stack: values.stack ?? "dev", resources, runs, verdicts, measurements };
    process.stdout.write(
      `${values.json === true ? JSON.stringify(report, null, 2) : renderVerdicts(verdicts, resources, runs)}\n`,
    );
    return verdicts.every(({ passed }) => passed) ? 0 : 1;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The first round fills caches and is not counted. */
async function measure(home: string, stack: string, runs: number) {
  const port = await firstFreePort(DEFAULT_PORT);
  const options = ["--stack", stack, "--local", path.join(home, "platform"), "--json"];
  const platform = (verb: string) =>
    timed(DRIVER, [verb, ...options, ...(verb === "up" ? ["--port", String(port)] : [])]);
  const floor = (verb: string, count: number) =>
    timed(FLOOR, [verb, String(count), path.join(home, "floor")]);
  const measurements = ["preview", "up"].map((verb) => ({
    verb,
    platform: [] as number[],
    floor: [] as number[],
  }));
  let resources = 0;
  for (let round = 0; round <= runs; round += 1) {
    for (const { verb, ...times } of measurements) {
      const run = await platform(verb);
      resources = run.resources;
      const bare = await floor(verb, resources);
      if (round === 0) continue;
      times.platform.push(run.seconds);
      times.floor.push(bare.seconds);
    }
    await platform("destroy");
    await floor("destroy", resources);
  }
  return { measurements, resources };
}

/** Runs a script to its end. @throws with its output where it fails, because a failed run has no time. */
async function timed(script: string, args: readonly string[]): Promise<Timed> {
  const started = performance.now();
  const child = spawn(process.execPath, ["--require", "@swc-node/register", script, ...args], {
    cwd: REPOSITORY_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0)
    throw new Error(`${path.basename(script)} ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
  const { changes } = JSON.parse(stdout) as Summary;
  return { seconds, resources: (changes["create"] ?? 1) - 1 };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`error: ${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
