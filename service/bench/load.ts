import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const LOAD_CORE = 1;
const UNITS_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

export interface LoadResult {
  /** Answers of status 2xx a second. */
  readonly goodPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly socketErrors: number;
}

export interface LoadArgs {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /**
   * Milliseconds that each connection waits between an answer and its next request.
   * @default 0: as fast as the server answers
   */
  readonly pauseMs?: number;
}

/** Runs `wrk` (Debian's package of that name) on a processor of its own. */
export async function load({ port, connections, seconds, pauseMs = 0 }: LoadArgs): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "wrk-"));
  try {
    const script = join(folder, "pause.lua");
    writeFileSync(script, `function delay() return ${pauseMs} end\n`);
    const { stdout } = await promisify(execFile)("taskset", [
      ...["-c", String(LOAD_CORE), "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency"],
      ...(pauseMs === 0 ? [] : ["-s", script]),
      `http://127.0.0.1:${port}/`,
    ]);
    return parse(stdout, seconds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function parse(report: string, seconds: number): LoadResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(report)?.[1] ?? 0);
  const percentile = (rank: string): number => {
    const [, value, unit = ""] = new RegExp(`${rank}%\\s+([\\d.]+)(us|ms|s)`).exec(report) ?? [];
    return Number(value) * (UNITS_MS[unit] ?? NaN);
  };
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report);
  const refused = number(/Non-2xx or 3xx responses: (\d+)/);
  return {
    goodPerSecond: (number(/(\d+) requests in/) - refused) / seconds,
    p50: percentile("50"),
    p99: percentile("99"),
    socketErrors: (errors ?? []).slice(1).reduce((sum, count) => sum + Number(count), 0),
  };
}
