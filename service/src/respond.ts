import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Response } from "express";
import { endGently } from "./linger";
import { announcesBody } from "./requestFaults";
import { requestIdFrom } from "./requestId";
import { continueTrace, traceparent, type TraceContext } from "./trace";

/** Bytes of responses that the operating system has not taken yet, because their clients do not read. */
export interface Unsent {
  bytes: number;
}

/** What one request carries from the first middleware to its log line. */
export interface ApiLocals extends Record<string, unknown> {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** When its headers had arrived, on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Headers that every response of the process has. */
  readonly headers: HeaderList;
  /** Where the bytes of its body are added up until they are sent; undefined for refusals, which are small. */
  readonly unsent: Unsent | undefined;
  /** Bytes of the response's body, once it is there. */
  bodyBytes: number;
  /** What made the response a 5xx. Logged, never sent. */
  error?: unknown;
}

/** What is known of a request as it arrives. */
export function localsOf(
  request: IncomingMessage,
  startedAt: number,
  headers: HeaderList,
  unsent?: Unsent,
): ApiLocals {
  const trace = continueTrace(request.headers.traceparent);
  return {
    requestId: requestIdFrom(request.headers["x-request-id"]) ?? trace.traceId,
    trace,
    startedAt,
    headers,
    unsent,
    bodyBytes: 0,
    error: undefined,
  };
}

export type ApiResponse = Response<unknown, ApiLocals>;

/** Body of an error response, RFC 9457. `type` is `about:blank`: the status code says what kind of error it is. */
export interface Problem {
  readonly type: "about:blank";
  /** The status code's registered phrase. */
  readonly title: string;
  readonly status: number;
  /** What went wrong, for a human; never holds internals. */
  readonly detail: string;
  /** The request's id, the same as in the `x-request-id` header and in the log. */
  readonly instance: string;
}

export const JSON_WITH_CHARSET = "application/json; charset=utf-8";
export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** Header names and values in turn. */
export type HeaderList = readonly string[];

/** What every response has, whatever the request. */
export const COMMON_HEADERS: HeaderList = ["Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"];

/** For a year the client asks for this host by HTTPS alone: https://www.rfc-editor.org/rfc/rfc6797 */
const STRICT_TRANSPORT: HeaderList = ["Strict-Transport-Security", "max-age=31536000"];

/** What every response of a deployment has. */
export function headersFor({ strictTransport = false }: { readonly strictTransport?: boolean }): HeaderList {
  return strictTransport ? [...COMMON_HEADERS, ...STRICT_TRANSPORT] : COMMON_HEADERS;
}

/** What every response has. */
function headersOf({ requestId, trace, headers }: ApiLocals, contentSecurityPolicy: string): string[] {
  return [
    "X-Request-Id",
    requestId,
    "Traceparent",
    traceparent(trace),
    "Content-Security-Policy",
    contentSecurityPolicy,
    ...headers,
  ];
}

/**
 * Where the body of the request has not been read, nobody will: the connection ends with this response, or what still
 * comes of the body would be taken for the next request, and time out.
 */
function leaveUnreadBody(response: ApiResponse): void {
  const { req: request } = response;
  if (request.complete || !announcesBody(request)) return;
  response.shouldKeepAlive = false;
  const { socket } = request;
  // Node.js calls this after the last response of a connection.
  socket.destroySoon = () => {
    endGently(socket);
  };
}

/** Content-Security-Policy of what is no page. */
const NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'";

/**
 * Ends the response; every route and every refusal answers through here, so that each response has the request's id
 * and the security headers.
 *
 * The headers go to Node.js as one list, which spares the bookkeeping of setting them one by one. `res.send` of
 * Express would moreover compute an entity tag and freshness, of no use to responses that must not be stored.
 */
export function respond(
  response: ApiResponse,
  status: number,
  contentType: string,
  body: string,
  extraHeaders: HeaderList = [],
  contentSecurityPolicy = NOTHING_ALLOWED,
): void {
  // The deadline has answered already; what comes later has no place to go.
  if (response.headersSent) return;
  leaveUnreadBody(response);
  const headers = headersOf(response.locals, contentSecurityPolicy);
  const length = Buffer.byteLength(body);
  const { locals } = response;
  locals.bodyBytes = length;
  if (locals.unsent !== undefined) locals.unsent.bytes += length;
  headers.push("Content-Type", contentType, "Content-Length", String(length), ...extraHeaders);
  response.writeHead(status, headers);
  // Of ASCII alone, as most bodies are, both encodings are the same bytes, and Latin-1 is copied without a look at each.
  response.end(body, length === body.length ? "latin1" : "utf8");
}

/** Ends the response with `body` as JSON. */
export function respondJson(
  response: ApiResponse,
  status: number,
  body: object,
  extraHeaders?: HeaderList,
): void {
  respond(response, status, JSON_WITH_CHARSET, JSON.stringify(body), extraHeaders);
}

/** Ends the response without a body. */
export function respondEmpty(response: ApiResponse, status: 204): void {
  if (response.headersSent) return;
  leaveUnreadBody(response);
  response.writeHead(status, headersOf(response.locals, NOTHING_ALLOWED));
  response.end();
}

export function problem(status: number, detail: string, requestId: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, instance: requestId };
}

/** Ends the response with a problem document. */
export function respondProblem(
  response: ApiResponse,
  status: number,
  detail: string,
  extraHeaders?: HeaderList,
): void {
  const body = problem(status, detail, response.locals.requestId);
  respond(response, status, PROBLEM_CONTENT_TYPE, JSON.stringify(body), extraHeaders);
}
