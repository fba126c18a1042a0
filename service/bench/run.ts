/**
 * Compares the API, with its log and metrics, with servers that answer the same greeting with less, on one processor:
 *
 *     npm run bench -w service
 *
 * Needs two processors and `wrk`; Python 3 with venv for FastAPI, which is left out, and said so, without it. Prints a
 * table and writes service.json into .local/bench.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { load } from "./load";
import { RunningTarget, type Target } from "./target";

const SERVICE = path.join(__dirname, "..");
const OUTPUT = path.join(SERVICE, "..", ".local", "bench");
const VENV = path.join(OUTPUT, "venv");
const FIRST_PORT = 18_080;
const CONNECTIONS = 32;
const ROUNDS = 5;
const ROUND_SECONDS = 4;
const HALF_LOAD_PAUSE_MS = 10;
const REST_MS = 10_000;

/** The API's limits, by which the comparison is judged. */
const LIMITS = {
  "times FastAPI + uvicorn": 5,
  "times node:http": 0.6,
  "times plain Express": 1,
  "p99 at half load (ms)": 10,
  "goodput at 5 times the connections": 0.8,
  "ready (ms)": 300,
  "RSS at rest (MiB)": 70,
};

const API: Target = { name: "the API", command: () => ["node", path.join(SERVICE, "dist/server.js")] };

function build(): readonly Target[] {
  execFileSync("npm", ["run", "build"], { cwd: SERVICE, stdio: "inherit" });
  const targets = ["bareNode", "plainExpress"].map((name) => path.join(__dirname, "targets", `${name}.ts`));
  execFileSync("npx", ["esbuild", ...targets, "--bundle", "--platform=node", `--outdir=${OUTPUT}`], {
    cwd: SERVICE,
    stdio: "inherit",
  });
  const built =
    (file: string): Target["command"] =>
    () => ["node", path.join(OUTPUT, file)];
  return [
    API,
    { name: "node:http", command: built("bareNode.js") },
    { name: "plain Express", command: built("plainExpress.js") },
    ...fastApi(),
  ];
}

function fastApi(): readonly Target[] {
  try {
    if (!existsSync(path.join(VENV, "bin/uvicorn"))) {
      execFileSync("python3", ["-m", "venv", VENV]);
      execFileSync(path.join(VENV, "bin/pip"), [
        "install",
        "-q",
        "-r",
        path.join(__dirname, "requirements.txt"),
      ]);
    }
  } catch (error) {
    console.log(`FastAPI is left out: ${String(error)}`);
    return [];
  }
  const uvicorn = path.join(VENV, "bin/uvicorn");
  const args = ["--app-dir", path.join(__dirname, "targets"), "--host", "127.0.0.1", "fastapi_app:app"];
  return [{ name: "FastAPI + uvicorn", command: (port) => [uvicorn, "--port", String(port), ...args] }];
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

/** Requests a second of each target; rounds alternate, so that what else the machine does meets all alike. */
async function compare(running: readonly RunningTarget[]): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number[]>(running.map(({ target }) => [target.name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { target, port } of running) {
      const { goodPerSecond } = await load({ port, connections: CONNECTIONS, seconds: ROUND_SECONDS });
      // The first round warms up.
      if (round > 0) rates.get(target.name)?.push(goodPerSecond);
    }
  }
  return new Map([...rates].map(([name, values]) => [name, median(values)]));
}

async function main(): Promise<void> {
  mkdirSync(OUTPUT, { recursive: true });
  const targets = build();
  const resting = await RunningTarget.start(API, FIRST_PORT - 1, "/readyz");
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const restMib = resting.rssMib();
  await resting.stop();

  const running: RunningTarget[] = [];
  try {
    for (const [index, target] of targets.entries()) {
      running.push(await RunningTarget.start(target, FIRST_PORT + index));
    }
    const rates = await compare(running);
    const [api] = running;
    const peak = rates.get(API.name) ?? 0;
    if (api === undefined) throw new Error("the API was not started");
    const { port } = api;
    const half = await load({
      port,
      connections: Math.max(1, Math.round((peak / 2) * (HALF_LOAD_PAUSE_MS / 1000))),
      seconds: ROUND_SECONDS,
      pauseMs: HALF_LOAD_PAUSE_MS,
    });
    const overload = await load({ port, connections: 5 * CONNECTIONS, seconds: ROUND_SECONDS });
    const crowd = await load({ port, connections: 1900, seconds: ROUND_SECONDS });
    const figures: Record<keyof typeof LIMITS, number> = {
      "times FastAPI + uvicorn": peak / (rates.get("FastAPI + uvicorn") ?? NaN),
      "times node:http": peak / (rates.get("node:http") ?? NaN),
      "times plain Express": peak / (rates.get("plain Express") ?? NaN),
      "p99 at half load (ms)": half.p99,
      "goodput at 5 times the connections": overload.goodPerSecond / peak,
      "ready (ms)": resting.readyMs,
      "RSS at rest (MiB)": restMib,
    };
    console.table(
      Object.fromEntries([...rates].map(([name, rate]) => [name, { "requests/s": Math.round(rate) }])),
    );
    console.table(
      Object.fromEntries(
        Object.entries(figures).map(([name, value]) => [
          name,
          { measured: Math.round(value * 100) / 100, limit: LIMITS[name as keyof typeof LIMITS] },
        ]),
      ),
    );
    const crowded = { connections: 1900, ...crowd, rssMib: api.rssMib() };
    console.log(`With 1900 connections: ${JSON.stringify(crowded)}`);
    const report = {
      node: process.version,
      rates: Object.fromEntries(rates),
      half,
      overload,
      crowded,
      figures,
    };
    writeFileSync(path.join(OUTPUT, "service.json"), `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await Promise.all(running.map((target) => target.stop()));
  }
}

void main();
