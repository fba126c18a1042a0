import type { RequestHandler } from "express";
import type { Operation } from "../openapi/types";
import type { ApiLocals } from "../respond";

export type ApiHandler = RequestHandler<Record<string, string>, unknown, unknown, unknown, ApiLocals>;

/**
 * What probes and scrapers call every few seconds: logged at `debug`, answered under overload, and without passing
 * through a Front Door.
 */
export const MACHINE_PATHS: ReadonlySet<string> = new Set(["/health", "/healthz", "/readyz", "/metrics"]);

export type Method = "get" | "post" | "delete";

/** A resource: what answers each of its methods. Handlers answer through `respond`. */
export interface Route extends Readonly<Partial<Record<Method, ApiHandler>>> {
  /** As Express writes it: `/items/:id` */
  readonly path: string;
  /** What the OpenAPI document says of each method. HEAD is answered, and described, as GET without the body. */
  readonly operations?: Readonly<Partial<Record<Method, Operation>>>;
}

/** The methods that a resource answers, as `Allow` names them. */
export function methodsOf(route: Route): readonly string[] {
  return [
    ...(route.get === undefined ? [] : ["GET", "HEAD"]),
    ...(route.post === undefined ? [] : ["POST"]),
    ...(route.delete === undefined ? [] : ["DELETE"]),
  ];
}
