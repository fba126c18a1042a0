import { createServer, IncomingMessage, STATUS_CODES, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import type { Logger } from "pino";
import { Admission, type AdmissionLimits, type RefusalReason, RETRY_AFTER_SECONDS } from "./admission";
import { Connections } from "./connections";
import { enforceDeadline } from "./deadline";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { type ApiResponse, localsOf, problem, PROBLEM_CONTENT_TYPE, respondProblem } from "./respond";
import { continueTrace } from "./trace";

/** Bounds on what one connection may cost. Times are in milliseconds, sizes in bytes. */
export interface HttpLimits {
  readonly maxHeaderSize: number;
  readonly maxHeadersCount: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeout: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeout: number;
  /** How often the two timeouts above are looked at. */
  readonly connectionsCheckingInterval: number;
  /** Idle time of a connection. Longer than proxies keep theirs (60 s in ingress-nginx), so that they close first. */
  readonly keepAliveTimeout: number;
  /** From the headers of a request to the last byte of its response; longer than `requestTimeout`. */
  readonly responseTimeout: number;
  /** A connection is closed after so many requests, so that load spreads to new replicas. */
  readonly maxRequestsPerSocket: number;
}

export const HTTP_LIMITS: HttpLimits = {
  maxHeaderSize: 8 * 1024,
  maxHeadersCount: 100,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  responseTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 75_000,
  maxRequestsPerSocket: 10_000,
};

/**
 * Classes of the server's own requests and responses that already have the application's prototypes.
 *
 * Express gives every request and response its prototypes when it arrives. Changing the prototype of a living object
 * makes the engine drop what it has optimised for it, which costs more than the rest of a small response; on objects
 * born this way Express's step changes nothing.
 */
function prototypedClasses(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class ApiRequest extends IncomingMessage {}
  class ApiResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(ApiRequest.prototype, app.request);
  Object.setPrototypeOf(ApiResponse.prototype, app.response);
  app.request = ApiRequest.prototype as typeof app.request;
  app.response = ApiResponse.prototype as typeof app.response;
  return { IncomingMessage: ApiRequest, ServerResponse: ApiResponse };
}

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/** Error codes of the HTTP parser: https://nodejs.org/api/http.html#event-clienterror */
function refusalOf(code: string | undefined, limits: HttpLimits): Refusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, detail: `The request's headers are larger than ${limits.maxHeaderSize} bytes.` };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, detail: "The request did not arrive in time." };
    default:
      return { status: 400, detail: "The request is not valid HTTP." };
  }
}

/** Answers what never became a request, and so never reaches the application. */
function refuse(socket: Duplex, code: string | undefined, limits: HttpLimits, logger: Logger): void {
  const { status, detail } = refusalOf(code, limits);
  const requestId = continueTrace(undefined).traceId;
  logger.info({ request_id: requestId, status, code }, "connection refused");
  const body = JSON.stringify(problem(status, detail, requestId));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Connection: close",
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      "",
      body,
    ].join("\r\n"),
  );
}

export interface HttpServerArgs {
  readonly app: Express;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly metrics: Pick<Metrics, "refused">;
  readonly admission: AdmissionLimits;
  /** @default HTTP_LIMITS */
  readonly limits?: HttpLimits;
}

export interface HttpServer {
  readonly server: Server;
  readonly connections: Connections;
}

/** How many connections beyond `maxConnections` still get an answer, and not just closed, as a factor. */
const ANSWERED_EXCESS = 1.25;

/** An HTTP server for the application, within the limits; it does not listen yet. */
export function createHttpServer(args: HttpServerArgs): HttpServer {
  const { app, logger, lifecycle, metrics, limits = HTTP_LIMITS } = args;
  const { maxHeadersCount, maxRequestsPerSocket, responseTimeout, ...options } = limits;
  const server = createServer({ ...options, ...prototypedClasses(app) });
  server.maxHeadersCount = maxHeadersCount;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxConnections = Math.ceil(args.admission.maxConnections * ANSWERED_EXCESS);
  server.on("drop", () => {
    metrics.refused("dropped");
  });
  const connections = new Connections(server);
  const admission = new Admission({ limits: args.admission, lifecycle, connections, logger });
  server.on("request", (request, response) => {
    const reason = admission.refusalOf(request);
    if (reason === undefined) {
      app(request, response);
      return;
    }
    metrics.refused(reason, request.method);
    refuseOverload(response as ApiResponse, reason, lifecycle);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else refuse(socket, error.code, limits, logger);
  });
  server.once("close", enforceDeadline({ lifecycle, logger, timeoutMs: responseTimeout }));
  return { server, connections };
}

/** Answers before Express has spent anything on the request. */
function refuseOverload(response: ApiResponse, reason: RefusalReason, { phase }: Lifecycle): void {
  response.locals = localsOf(response.req, performance.now());
  if (reason === "connections" || phase === "draining") response.shouldKeepAlive = false;
  respondProblem(response, 503, "The API has more requests than it can answer. Try again.", [
    "Retry-After",
    String(RETRY_AFTER_SECONDS),
  ]);
}
