import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { load } from "./load";
import { RunningTarget } from "./target";
import { API, buildApi, OUTPUT } from "./targets";

const HELP = `npm run soak -w service -- [--minutes N] [--json]

Puts a constant load on the API and watches its memory. Ends with 1 where it grows: where the line through the samples
after the warm-up rises by more than --mib-per-hour, and by more than 3 MiB in the time measured.

  --minutes N        how long, without the warm-up (default 30)
  --mib-per-hour N   growth that is let pass (default 5)
  --json             the report alone; it is written to .local/bench/soak.json in any case
`;

const PORT = 18_090;
/** At full speed, after which the heap is as large as it gets for what it does. */
const WARM_UP_SECONDS = 30;
const SAMPLE_SECONDS = 5;
/** 50 connections that each wait 20 ms between requests: some 2,000 requests a second. */
const LOAD = { port: PORT, connections: 50, pauseMs: 20 };
/** What the memory of a process that does not grow may rise by in a short run: the garbage collector's own pace. */
const NOISE_MIB = 3;

interface Sample {
  readonly minute: number;
  /** Resident memory of the process. */
  readonly rssMib: number;
  /** Used in the heap of JavaScript, garbage included. */
  readonly heapMib: number;
}

/** One figure of the process, from its own metrics, in MiB. */
function mebibytes(exposition: string, metric: string): number {
  return Number(new RegExp(`^${metric} (\\S+)`, "m").exec(exposition)?.[1] ?? NaN) / 2 ** 20;
}

async function sample(since: number): Promise<Sample> {
  const exposition = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text();
  return {
    minute: (performance.now() - since) / 60_000,
    rssMib: mebibytes(exposition, "process_resident_memory_bytes"),
    heapMib: mebibytes(exposition, "nodejs_heap_size_used_bytes"),
  };
}

/** Slope of the line through the samples by least squares, in MiB an hour. */
function growthPerHour(samples: readonly Sample[], field: "rssMib" | "heapMib"): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const minute = mean(samples.map((each) => each.minute));
  const size = mean(samples.map((each) => each[field]));
  const covariance = mean(samples.map((each) => (each.minute - minute) * (each[field] - size)));
  return (covariance / mean(samples.map((each) => (each.minute - minute) ** 2))) * 60;
}

async function soak(
  minutes: number,
): Promise<{ samples: readonly Sample[]; answered: number; errors: number }> {
  buildApi();
  const server = await RunningTarget.start(API, PORT);
  try {
    const seconds = Math.ceil(minutes * 60);
    await load({ port: PORT, connections: LOAD.connections, seconds: WARM_UP_SECONDS });
    const running = load({ ...LOAD, seconds });
    const since = performance.now();
    const samples: Sample[] = [];
    while (performance.now() - since < seconds * 1000) {
      samples.push(await sample(since));
      await sleep(SAMPLE_SECONDS * 1000);
    }
    const { goodPerSecond, socketErrors } = await running;
    return { samples, answered: goodPerSecond, errors: socketErrors };
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "30" },
      "mib-per-hour": { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const minutes = Number(values.minutes);
  const allowed = Number(values["mib-per-hour"]);
  if (!(minutes > 0 && allowed > 0)) {
    throw new Error(
      `--minutes and --mib-per-hour: got ${values.minutes} and ${values["mib-per-hour"]}; allowed: numbers above 0.`,
    );
  }
  const { samples, answered, errors } = await soak(minutes);
  const [rss, heap] = [growthPerHour(samples, "rssMib"), growthPerHour(samples, "heapMib")];
  const grows = Math.max(rss, heap) > allowed && (Math.max(rss, heap) * minutes) / 60 > NOISE_MIB;
  const summary = {
    minutes,
    requestsPerSecond: Math.round(answered),
    socketErrors: errors,
    firstRssMib: samples[0]?.rssMib,
    lastRssMib: samples.at(-1)?.rssMib,
    rssMibPerHour: rss,
    heapMibPerHour: heap,
    allowedMibPerHour: allowed,
    grows,
  };
  mkdirSync(OUTPUT, { recursive: true });
  const text = `${JSON.stringify({ ...summary, samples }, null, 2)}\n`;
  writeFileSync(join(OUTPUT, "soak.json"), text);
  if (values.json) process.stdout.write(text);
  else console.log(summary);
  process.exitCode = grows || errors > 0 ? 1 : 0;
}

void main();
