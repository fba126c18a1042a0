import { randomUUID } from "node:crypto";
import { createServer, IncomingMessage, STATUS_CODES, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import type { Logger } from "pino";
import { problem, PROBLEM_CONTENT_TYPE } from "./respond";

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
  /** A connection is closed after so many requests, so that load spreads to new replicas. */
  readonly maxRequestsPerSocket: number;
}

export const HTTP_LIMITS: HttpLimits = {
  maxHeaderSize: 8 * 1024,
  maxHeadersCount: 100,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
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
  const requestId = randomUUID();
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

/** An HTTP server for the application, within the limits; it does not listen yet. */
export function createHttpServer(app: Express, logger: Logger, limits: HttpLimits = HTTP_LIMITS): Server {
  const { maxHeadersCount, maxRequestsPerSocket, ...options } = limits;
  const server = createServer({ ...options, ...prototypedClasses(app) }, app);
  server.maxHeadersCount = maxHeadersCount;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else refuse(socket, error.code, limits, logger);
  });
  return server;
}
