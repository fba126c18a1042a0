import type { Request, RequestHandler } from "express";
import type { AccessEntry, AccessLog } from "./accessLog";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import type { ApiLocals } from "./respond";
import { requestIdFrom, traceIdFrom } from "./requestId";

export interface ObserveArgs {
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /** Route templates of probes and scrapes, which are logged at `debug`. */
  readonly quietRoutes: ReadonlySet<string>;
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
 * The first middleware: gives the request its id, and when the response is over writes its one log line and counts it.
 */
export function observeRequests({
  accessLog,
  metrics,
  lifecycle,
  quietRoutes,
}: ObserveArgs): RequestHandler<object, unknown, unknown, unknown, ApiLocals> {
  return (request, response, next) => {
    const startedAt = performance.now();
    const requestId = requestIdFrom(request.headers["x-request-id"]);
    response.locals.requestId = requestId;
    // Node.js turns this into `Connection: close`, and ends the connection after the response.
    if (lifecycle.phase === "draining") response.shouldKeepAlive = false;

    lifecycle.requestStarted();
    response.on("close", () => {
      lifecycle.requestEnded();
      const { error } = response.locals;
      const cutOff = error === undefined ? CLIENT_CLOSED_REQUEST : 500;
      const status = response.writableFinished ? response.statusCode : cutOff;
      const route = routeOf(request as Request);
      const milliseconds = performance.now() - startedAt;
      metrics.observe(request.method, route, status, milliseconds / 1000);
      accessLog({
        level: levelOf(status, quietRoutes.has(route) && error === undefined),
        requestId,
        traceId: traceIdFrom(request.headers.traceparent),
        method: request.method,
        path: pathOf(request.originalUrl),
        status,
        durationMs: Math.round(milliseconds * 1000) / 1000,
        error,
      });
    });
    next();
  };
}
