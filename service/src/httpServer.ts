import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Express, Request } from "express";
import type { Logger } from "pino";
import { Admission, type AdmissionLimits, RETRY_AFTER_SECONDS } from "./admission";
import { ClientErrors } from "./clientErrors";
import { Connections } from "./connections";
import { enforceDeadline } from "./deadline";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { cutOff, ignoreRequests } from "./linger";
import { faultOf } from "./requestFaults";
import { type ApiResponse, COMMON_HEADERS, type HeaderList, localsOf, respondProblem } from "./respond";

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
  /**
   * Idle time of a connection. Longer than any entrance keeps its own, because a request that is sent while the other side
   * closes is lost: Front Door 90 s, Application Gateway 75 s
   * (https://learn.microsoft.com/azure/application-gateway/application-gateway-faq), Application Gateway for Containers 300 s
   * (https://learn.microsoft.com/azure/application-gateway/for-containers/application-gateway-for-containers-components).
   */
  readonly keepAliveTimeout: number;
  /** From the headers of a request to the last byte of its response; longer than `requestTimeout`. Infinity: no limit. */
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
  keepAliveTimeout: 310_000,
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

export interface HttpServerArgs {
  readonly app: Express;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly metrics: Pick<Metrics, "refused">;
  readonly admission: AdmissionLimits;
  /**
   * Headers of every response.
   * @default COMMON_HEADERS
   */
  readonly headers?: HeaderList;
  /** @default HTTP_LIMITS */
  readonly limits?: HttpLimits;
}

export interface HttpServer {
  readonly server: Server;
  readonly connections: Connections;
}

/** How many connections beyond `maxConnections` still get an answer, and not just closed, as a factor. */
const ANSWERED_EXCESS = 1.25;

/**
 * Requests of one connection that may be unanswered at a time. HTTP lets a client send on without waiting
 * (https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2), and each one costs memory until its client has read the answers
 * before it; no browser or proxy sends more than one. Closed, the connection gives all of it back.
 */
export const MAX_UNANSWERED = 32;

/** An HTTP server for the application, within the limits; it does not listen yet. */
export function createHttpServer(args: HttpServerArgs): HttpServer {
  const { app, logger, lifecycle, metrics, limits = HTTP_LIMITS, headers = COMMON_HEADERS } = args;
  const { maxHeadersCount, maxRequestsPerSocket, responseTimeout, ...options } = limits;
  const server = createServer({ ...options, ...prototypedClasses(app), requireHostHeader: false });
  server.maxHeadersCount = maxHeadersCount;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  server.maxConnections = Math.ceil(args.admission.maxConnections * ANSWERED_EXCESS);
  server.on("drop", () => {
    metrics.refused("dropped");
  });
  const connections = new Connections(server);
  const admission = new Admission({ limits: args.admission, lifecycle, connections, logger });
  const { maxHeaderSize } = limits;
  const errors = new ClientErrors({ connections, logger, maxHeaderSize, headers });
  const onRequest: RequestListener = (incoming, outgoing) => {
    const request = incoming as Request;
    const response = outgoing as ApiResponse;
    const { socket } = request;
    if (connections.isOver(socket)) {
      ignoreRequests(socket);
      return;
    }
    const now = performance.now();
    const sentAfter = connections.began(response, now);
    const unanswered = connections.unanswered(socket);
    if (unanswered > MAX_UNANSWERED) {
      metrics.refused("pipelined");
      cutOff(socket);
      return;
    }
    const fault = faultOf(request);
    if (fault !== undefined) {
      response.locals = localsOf(request, now, headers);
      response.shouldKeepAlive = false;
      respondProblem(response, 400, fault);
      return;
    }
    const reason = admission.refusalOf(request, now, sentAfter);
    if (reason === undefined) {
      app(request, response);
      return;
    }
    metrics.refused(reason, request.method);
    // Behind answers that are not read it would wait, and take memory, as long as they.
    if (unanswered > 1) {
      cutOff(socket);
      return;
    }
    response.locals = localsOf(request, now, headers);
    refuseOverload(response, lifecycle);
  };
  server.on("request", onRequest);
  // The application decides whether it wants the body.
  server.on("checkContinue", onRequest);
  server.on("checkExpectation", (request, response) => {
    connections.began(response as ApiResponse, performance.now());
    (response as ApiResponse).locals = localsOf(request, performance.now(), headers);
    respondProblem(response as ApiResponse, 417, "Of expectations the API knows 100-continue alone.");
  });
  server.on("connect", (request: IncomingMessage) => {
    errors.refuseTunnel(request.socket);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (socket instanceof Socket) errors.handle(error, socket);
  });
  if (Number.isFinite(responseTimeout)) {
    server.once("close", enforceDeadline({ lifecycle, logger, timeoutMs: responseTimeout }));
  }
  return { server, connections };
}

/**
 * Answers before Express has spent anything on the request. The connection stays: a client that tries again at once costs a
 * fifth on one that is open of what it costs on a new one.
 */
function refuseOverload(response: ApiResponse, { phase }: Lifecycle): void {
  if (phase === "draining") response.shouldKeepAlive = false;
  respondProblem(response, 503, "The API has more requests than it can answer. Try again.", [
    "Retry-After",
    String(RETRY_AFTER_SECONDS),
  ]);
}
