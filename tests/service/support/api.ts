import type { Express } from "express";
import { createAccessLog, type AccessLog } from "../../../service/src/accessLog";
import { buildApp } from "../../../service/src/app";
import type { Config, LogLevel } from "../../../service/src/config";
import type { ItemStore } from "../../../service/src/data/items";
import { Lifecycle } from "../../../service/src/lifecycle";
import { createLogger } from "../../../service/src/logging";
import { Metrics } from "../../../service/src/metrics";
import type { Logger } from "pino";
import type { Route } from "../../../service/src/routes/routes";

export type LogLine = Readonly<Record<string, unknown>>;

/** An API whose log lines are kept instead of written. */
export interface TestApi {
  readonly app: Express;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly accessLog: AccessLog;
  /** The lines so far, as written. */
  readonly written: readonly string[];
  /** The lines so far, parsed; a line that is not one JSON object throws. */
  readonly lines: () => readonly LogLine[];
}

export interface TestApiArgs {
  readonly logLevel?: LogLevel;
  readonly routes?: readonly Route[];
  readonly items?: ItemStore;
  readonly settings?: Partial<Pick<Config, "region" | "frontDoorId">>;
}

export const VERSION = "1.2.3";
export const COMMIT = "0123abc";

/** Builds the API as the server does, ready to serve. */
export function buildTestApi({
  logLevel = "debug",
  routes = [],
  items,
  settings = {},
}: TestApiArgs = {}): TestApi {
  const written: string[] = [];
  const destination = { write: (line: string) => written.push(line) };
  const logger = createLogger({ logLevel, version: VERSION }, destination);
  const accessLog = createAccessLog(logger, VERSION, destination);
  const lifecycle = new Lifecycle();
  const config = { version: VERSION, commit: COMMIT };
  const metrics = new Metrics({ ...config, lifecycle });
  const app = buildApp({ config: { ...config, ...settings }, accessLog, metrics, lifecycle, items, routes });
  lifecycle.markReady();
  return {
    app,
    lifecycle,
    metrics,
    logger,
    accessLog,
    written,
    lines: () => written.map((line) => JSON.parse(line) as LogLine),
  };
}

/** The value of one sample of the exposition, or undefined when there is no such line. */
export function sample(exposition: string, series: string): number | undefined {
  const line = exposition.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Waits until `read` gives something; for what happens just after a response has arrived. */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 5000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
