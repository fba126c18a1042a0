import { setTimeout as sleep } from "node:timers/promises";
import { load, type LoadResult } from "./load";
import { RunningTarget, type Target } from "./target";
import { freePort } from "./tools";

const CONNECTIONS = 32;
const REST_MS = 10_000;
const HALF_LOAD_PAUSE_MS = 10;

/** How thorough a run is. */
export interface Effort {
  readonly rounds: number;
  /** Of each load in each round. */
  readonly seconds: number;
}

/** Of one server. */
export interface Throughput {
  /** Answers a second; what else the machine does takes from them. */
  readonly perSecond: number;
  /** Answers for each second that the server had the processor: what one core answers, whoever else used it. */
  readonly perCoreSecond: number;
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

interface Sample extends LoadResult {
  readonly perCoreSecond: number;
}

async function measure(
  target: RunningTarget,
  connections: number,
  seconds: number,
  pauseMs?: number,
): Promise<Sample> {
  const before = target.processorSeconds();
  const result = await load({
    port: target.port,
    connections,
    seconds,
    ...(pauseMs === undefined ? {} : { pauseMs }),
  });
  const used = target.processorSeconds() - before;
  return { ...result, perCoreSecond: (result.goodPerSecond * seconds) / used };
}

/** Medians of each server; rounds alternate, so that what else the machine does meets all alike. */
export async function compare(
  targets: readonly Target[],
  { rounds, seconds }: Effort,
): Promise<ReadonlyMap<string, Throughput>> {
  const running: RunningTarget[] = [];
  try {
    for (const target of targets) running.push(await RunningTarget.start(target, await freePort()));
    const samples = new Map<string, Sample[]>(targets.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const server of running) {
        const sample = await measure(server, CONNECTIONS, seconds);
        // The first round warms up.
        if (round > 0) samples.get(server.target.name)?.push(sample);
      }
    }
    return new Map(
      [...samples].map(([name, list]) => [
        name,
        {
          perSecond: median(list.map(({ goodPerSecond }) => goodPerSecond)),
          perCoreSecond: median(list.map(({ perCoreSecond }) => perCoreSecond)),
        },
      ]),
    );
  } finally {
    await Promise.all(running.map((server) => server.stop()));
  }
}

export interface UnderLoad {
  /** Milliseconds. */
  readonly p99AtHalfLoad: number;
  /** Answers of status 2xx for each second of processor, at five times the connections, as a share of those at the peak. */
  readonly goodputAtFiveTimes: number;
  /** The same with more connections than the API takes, of clients that try again at once, whatever Retry-After says. */
  readonly goodputWithTooMany: number;
  /** The most memory that the process had in all this, in MiB. */
  readonly peakMib: number;
}

/** More than MAX_CONNECTIONS is by default, so that some are refused all the time. */
const TOO_MANY = 2400;

/** The API at half of its peak, at five times what reaches the peak, and beyond its limit of connections. */
export async function underLoad(api: Target, { rounds, seconds }: Effort): Promise<UnderLoad> {
  const server = await RunningTarget.start(api, await freePort());
  try {
    await measure(server, CONNECTIONS, seconds);
    const [p99, fiveTimes, tooMany]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const { goodPerSecond: peak, perCoreSecond } = await measure(server, CONNECTIONS, seconds);
      const half = Math.max(1, Math.round((peak / 2) * (HALF_LOAD_PAUSE_MS / 1000)));
      p99.push((await measure(server, half, seconds, HALF_LOAD_PAUSE_MS)).p99);
      fiveTimes.push((await measure(server, 5 * CONNECTIONS, seconds)).perCoreSecond / perCoreSecond);
      tooMany.push((await measure(server, TOO_MANY, seconds)).perCoreSecond / perCoreSecond);
    }
    return {
      p99AtHalfLoad: median(p99),
      goodputAtFiveTimes: median(fiveTimes),
      goodputWithTooMany: median(tooMany),
      peakMib: server.memoryMib("VmHWM"),
    };
  } finally {
    await server.stop();
  }
}

export interface AtRest {
  /** Milliseconds from the start to the first 200 of `/readyz`. */
  readonly readyMs: number;
  readonly restMib: number;
}

export async function atRest(api: Target, { rounds }: Effort): Promise<AtRest> {
  const times: number[] = [];
  let restMib = NaN;
  for (let start = 0; start < rounds; start++) {
    const server = await RunningTarget.start(api, await freePort(), "/readyz");
    times.push(server.readyMs);
    if (start === rounds - 1) {
      await sleep(REST_MS);
      restMib = server.memoryMib("VmRSS");
    }
    await server.stop();
  }
  return { readyMs: median(times), restMib };
}
