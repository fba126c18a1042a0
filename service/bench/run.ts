import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { atRest, compare, type Effort, underLoad } from "./scenarios";
import { BENCH_TOOLS, requireTools, runMeasurement } from "./tools";
import { API, BARE_NODE, buildApi, buildRivals, FAST_API, OUTPUT, PLAIN_EXPRESS } from "./targets";

const HELP = `npm run bench -w service -- [--rounds N] [--seconds N] [--json] [--check]

Compares the API, its log and metrics on, with servers that answer the same greeting with less; then overloads it. The
server has one processor and the load (wrk) another. Ends with 1 where a target is missed.

  --rounds N   rounds of each comparison, of which the median counts (default 5)
  --seconds N  of each load (default 4)
  --check      only looks for the tools
  --json       the report alone, as JSON; it is written to .local/bench/service.json in any case

Ratios of throughput are of answers for each second that a server had the processor, so that other programs on the
machine do not decide them; the load average is reported. Needs two processors, Linux, wrk, taskset and Python 3 with
venv, which FastAPI is installed in.
`;

/** A figure and what it is held to. */
interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly target: string;
  readonly met: boolean;
}

function atLeast(name: string, measured: number, limit: number): Figure {
  return { name, measured, target: `>= ${limit}`, met: measured >= limit };
}

function atMost(name: string, measured: number, limit: number): Figure {
  return { name, measured, target: `<= ${limit}`, met: measured <= limit };
}

/** The least memory that a profile of the platform gives to the pod, in MiB. */
const MEMORY_LIMIT_MIB = 192;
const MIB_IN_70_MB = 70e6 / 2 ** 20;

async function measureAll(effort: Effort) {
  buildApi();
  const rivals = buildRivals();
  const rest = await atRest(API, effort);
  const rates = await compare([API, ...rivals], effort);
  const loaded = await underLoad(API, effort);
  const times = (rival: string): number =>
    (rates.get(API.name)?.perCoreSecond ?? NaN) / (rates.get(rival)?.perCoreSecond ?? NaN);
  const figures: readonly Figure[] = [
    atLeast(`throughput, times ${FAST_API} with its access log`, times(FAST_API), 5),
    atLeast(`throughput, times ${BARE_NODE} without log and metrics`, times(BARE_NODE), 0.65),
    atLeast(`throughput, times ${PLAIN_EXPRESS} without log and metrics`, times(PLAIN_EXPRESS), 1),
    atMost("p99 at half load, ms", loaded.p99AtHalfLoad, 10),
    atLeast("goodput at 5 times the connections, of the peak", loaded.goodputAtFiveTimes, 0.8),
    atLeast("goodput beyond MAX_CONNECTIONS, of the peak", loaded.goodputWithTooMany, 0.7),
    atMost("memory under overload, MiB", loaded.peakMib, MEMORY_LIMIT_MIB),
    atMost("ready after the start, ms", rest.readyMs, 300),
    atMost("memory at rest, MiB", rest.restMib, MIB_IN_70_MB),
  ];
  return { rates, figures };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "4" },
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const effort = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (!Object.values(effort).every((number) => Number.isInteger(number) && number > 0)) {
    throw new Error(
      `--rounds and --seconds: got ${values.rounds} and ${values.seconds}; allowed: whole numbers from 1.`,
    );
  }
  requireTools(BENCH_TOOLS);
  if (values.check) return;
  const [loadBefore = NaN] = loadavg();
  const { rates, figures } = await measureAll(effort);
  const machine = { processors: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0] };
  const report = { machine, rates: Object.fromEntries(rates), figures };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  writeFileSync(join(OUTPUT, "service.json"), text);
  process.exitCode = figures.every(({ met }) => met) ? 0 : 1;
  if (values.json) {
    process.stdout.write(text);
    return;
  }
  console.log(machine);
  console.table(
    Object.fromEntries(
      [...rates].map(([name, { perSecond, perCoreSecond }]) => [
        name,
        { "requests/s": Math.round(perSecond), "requests/s of a whole core": Math.round(perCoreSecond) },
      ]),
    ),
  );
  console.table(
    Object.fromEntries(
      figures.map(({ name, measured, target, met }) => [
        name,
        { measured: rounded(measured), target, met: met ? "yes" : "NO" },
      ]),
    ),
  );
}

runMeasurement("bench", main);
