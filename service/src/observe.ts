import type { Request, RequestHandler } from "express";
import type { AccessEntry, AccessLog } from "./accessLog";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { type ApiLocals, type ApiResponse, type HeaderList, localsOf } from "./respond";
import { MACHINE_PATHS } from "./routes/routes";

export interface ObserveArgs {
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /** Headers of every response. */
  readonly headers: HeaderList;
}

/** Recorded when the client went away before the response was complete (the code nginx logs for it). */
const CLIENT_CLOSED_REQUEST = 499;

/** The path without the query, whose values may be secrets, and without an absolute target's authority. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  const target = query === -1 ? url : url.slice(0, query);
  return target.startsWith("/") ? target : target.replace(/^[a-z]+:\/\/[^/]*/i, "");
}

function routeOf(request: Request): string {
  const route: unknown = (request.route as { path?: unknown } | undefined)?.path;
  return typeof route === "string" ? route : "unmatched";
}

function levelOf(status: number, quiet: boolean): AccessEntry["level"] {
  if (quiet) return "debug";
  return status >= 500 ? "error" : "info";
}

/**
 * The first middleware: gives the request its id and its place in the trace, and when the response is over writes its
 * one log line and counts it.
 */
export function observeRequests({
  accessLog,
  metrics,
  lifecycle,
  headers,
}: ObserveArgs): RequestHandler<object, unknown, unknown, unknown, ApiLocals> {
  /** One function for all responses, which is `this`: a closure for each would be garbage after each. */
  function onClose(this: ApiResponse): void {
    lifecycle.requestEnded(this);
    const { req: request, locals } = this;
    const { error } = locals;
    const cutOff = error === undefined ? CLIENT_CLOSED_REQUEST : 500;
    const status = this.writableFinished ? this.statusCode : cutOff;
    const route = routeOf(request);
    const milliseconds = performance.now() - locals.startedAt;
    metrics.observe(request.method, route, status, milliseconds / 1000);
    accessLog({
      level: levelOf(status, MACHINE_PATHS.has(route) && error === undefined),
      requestId: locals.requestId,
      trace: locals.trace,
      method: request.method,
      path: pathOf(request.originalUrl),
      status,
      durationMs: Math.round(milliseconds * 1000) / 1000,
      error,
    });
  }
  return (request, response, next) => {
    const startedAt = performance.now();
    response.locals = localsOf(request, startedAt, headers, lifecycle.unsent);
    // Node.js turns this into `Connection: close`, and ends the connection after the response.
    if (lifecycle.phase === "draining") response.shouldKeepAlive = false;
    lifecycle.requestStarted(response, startedAt);
    response.on("close", onClose);
    next();
  };
}
