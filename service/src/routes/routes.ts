import type { RequestHandler } from "express";
import type { ApiLocals } from "../respond";

export type ApiHandler = RequestHandler<object, unknown, unknown, unknown, ApiLocals>;

/**
 * What probes and scrapers call every few seconds: logged at `debug`, answered under overload, and without passing
 * through a Front Door.
 */
export const MACHINE_PATHS: ReadonlySet<string> = new Set(["/health", "/healthz", "/readyz", "/metrics"]);

/** A resource that can be read, at a fixed path. */
export interface Route {
  readonly path: string;
  /** Answers GET, and HEAD without the body, through `respond`. */
  readonly get: ApiHandler;
}
