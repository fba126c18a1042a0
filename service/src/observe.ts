import type { Request, RequestHandler } from "express";
import type { Logger } from "pino";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { requestIdFrom, traceIdFrom } from "./requestId";

/** What one request carries from the first middleware to its log line. */
export interface ApiLocals extends Record<string, unknown> {
  requestId: string;
  /** What made the response a 5xx. Logged, never sent. */
  error?: unknown;
}

export interface ObserveArgs {
  readonly logger: Logger;
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

function levelOf(status: number, quiet: boolean): "debug" | "info" | "error" {
  if (quiet) return "debug";
  return status >= 500 ? "error" : "info";
}

/**
 * The first middleware: gives the request its id and the response the headers that every response has, and when the
 * response is over writes its one log line and counts it.
 */
export function observeRequests({
  logger,
  metrics,
  lifecycle,
  quietRoutes,
}: ObserveArgs): RequestHandler<object, unknown, unknown, unknown, ApiLocals> {
  return (request, response, next) => {
    const startedAt = performance.now();
    const requestId = requestIdFrom(request.headers["x-request-id"]);
    response.locals.requestId = requestId;
    response.setHeader("X-Request-Id", requestId);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.setHeader("X-Content-Type-Options", "nosniff");
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
      logger[levelOf(status, quietRoutes.has(route) && error === undefined)](
        {
          request_id: requestId,
          trace_id: traceIdFrom(request.headers.traceparent),
          method: request.method,
          path: pathOf(request.originalUrl),
          status,
          duration_ms: Math.round(milliseconds * 1000) / 1000,
          err: error,
        },
        "request",
      );
    });
    next();
  };
}
