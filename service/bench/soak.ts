import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { heldMemory, type HeldMemory, inspected } from "./heldMemory";
import { load, type LoadResult } from "./load";
import { RunningTarget } from "./target";
import { API, buildApi, OUTPUT } from "./targets";
import { freePort, LOAD_TOOLS, requireTools, runMeasurement } from "./tools";

const HELP = `npm run soak -w service -- [--minutes N] [--json]

Puts a constant load on the API and compares what its memory holds after a full garbage collection, before and after.
Ends with 1 where that grew: by more than --mib-per-hour, and by more than 3 MiB.

  --minutes N        how long, without the warm-up (default 30)
  --mib-per-hour N   growth that is let pass (default 5)
  --json             the report alone; it is written to .local/bench/soak.json in any case
`;

/** At full speed, after which all that is compiled and cached is there. */
const WARM_UP_SECONDS = 60;
/** 50 connections that each wait 20 ms between requests: some 2,000 requests a second. */
const LOAD = { connections: 50, pauseMs: 20 };
/** What the memory of a process that does not grow may differ by: pages are not full. */
const NOISE_MIB = 3;

interface Soaked {
  readonly before: HeldMemory;
  readonly after: HeldMemory;
  readonly load: LoadResult;
}

async function soak(minutes: number): Promise<Soaked> {
  buildApi();
  const port = await freePort();
  const server = await RunningTarget.start(inspected(API), port);
  try {
    await load({ ...LOAD, port, pauseMs: 0, seconds: WARM_UP_SECONDS });
    const before = await heldMemory(server);
    const result = await load({ ...LOAD, port, seconds: Math.ceil(minutes * 60) });
    return { before, after: await heldMemory(server), load: result };
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
  requireTools(LOAD_TOOLS);
  const { before, after, load: result } = await soak(minutes);
  const grownMib = Math.max(after.rssMib - before.rssMib, after.heapMib - before.heapMib);
  const grows = grownMib > NOISE_MIB && (grownMib * 60) / minutes > allowed;
  const summary = {
    ...{ minutes, before, after },
    requestsPerSecond: Math.round(result.goodPerSecond),
    socketErrors: result.socketErrors,
    allowedMibPerHour: allowed,
    grows,
  };
  mkdirSync(OUTPUT, { recursive: true });
  const text = `${JSON.stringify(summary, null, 2)}\n`;
  writeFileSync(join(OUTPUT, "soak.json"), text);
  if (values.json) process.stdout.write(text);
  else console.log(summary);
  process.exitCode = grows || result.socketErrors > 0 ? 1 : 0;
}

runMeasurement("soak", main);
