import { STATUS_CODES, type ServerResponse } from "node:http";

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

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/**
 * Ends the response with a body whose length is known.
 *
 * Written on the plain Node.js response: `res.send` of Express would also compute an entity tag and freshness, which
 * have no use for responses that must not be stored.
 */
export function respond(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  // Node.js would add it by itself, but not to the answer of a HEAD request.
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}

/** Ends the response with `body` as JSON. */
export function respondJson(response: ServerResponse, status: number, body: object): void {
  respond(response, status, "application/json; charset=utf-8", JSON.stringify(body));
}

export function problem(status: number, detail: string, requestId: string): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, instance: requestId };
}

/** Ends the response with a problem document. */
export function respondProblem(response: ServerResponse, body: Problem): void {
  respond(response, body.status, PROBLEM_CONTENT_TYPE, JSON.stringify(body));
}
