import type { ErrorRequestHandler, RequestHandler } from "express";
import { DependencyUnavailable } from "./data/breaker";
import { type ApiLocals, respondProblem } from "./respond";

/** Largest JSON request body, in bytes. */
export const MAX_BODY_BYTES = 16 * 1024;

const INTERNAL_DETAIL = "The request failed on the server. Quote the instance when you report it.";

/** Body parser error types (https://github.com/expressjs/body-parser#errors) that deserve a sentence of their own. */
export const TOO_LARGE = `The request body is larger than ${MAX_BODY_BYTES} bytes. Send a smaller one.`;

const CLIENT_DETAILS: Readonly<Record<string, string>> = {
  "entity.parse.failed": "The request body is not valid JSON. Send one JSON object or array.",
  "entity.too.large": TOO_LARGE,
  "encoding.unsupported":
    "The request body's Content-Encoding is not supported. Send it as gzip, deflate, br or plain.",
  "charset.unsupported": "The request body's charset is not supported. Send it as UTF-8.",
  "request.size.invalid": "The request body is not as long as its Content-Length says.",
  "request.aborted": "The request was cut off before its body was complete.",
};

interface Classified {
  readonly status: number;
  readonly detail: string;
}

function property(error: unknown, name: "status" | "type"): unknown {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}

/** Only errors that carry a 4xx status are the client's; all others are ours, and say nothing about their cause. */
function classify(error: unknown): Classified {
  const status = property(error, "status");
  if (typeof status !== "number" || !Number.isInteger(status) || status < 400 || status > 499) {
    return { status: 500, detail: INTERNAL_DETAIL };
  }
  const type = property(error, "type");
  const detail = typeof type === "string" ? CLIENT_DETAILS[type] : undefined;
  return { status, detail: detail ?? "The request is malformed." };
}

/**
 * Refuses a body in another charset than JSON has (RFC 8259, section 8.1), for the parser to call before it decodes: it
 * would take all that start with `utf-`, and a fault of one of their decoders would end the process.
 *
 * @throws {Error} with the status 415
 */
export function requireUtf8(_request: unknown, _response: unknown, _body: Buffer, charset: string): void {
  if (charset === "utf-8") return;
  throw Object.assign(new Error("not UTF-8"), { status: 415, type: "charset.unsupported" });
}

/** Answers 404 to whatever no route took. */
export const notFound: RequestHandler<object, unknown, unknown, unknown, ApiLocals> = (
  _request,
  response,
) => {
  respondProblem(response, 404, "There is no such resource.");
};

/** Answers 405 on a path that exists, naming the methods that it has. */
export function methodNotAllowed(
  allow: readonly string[],
): RequestHandler<object, unknown, unknown, unknown, ApiLocals> {
  const allowed = allow.join(", ");
  return (_request, response) => {
    const detail = `This resource does not have the method. Allowed: ${allowed}.`;
    respondProblem(response, 405, detail, ["Allow", allowed]);
  };
}

/** Turns anything thrown or rejected into a problem document. The error itself goes to the request's log line. */
export const handleError: ErrorRequestHandler<object, unknown, unknown, unknown, ApiLocals> = (
  error: unknown,
  _request,
  response,
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- Express knows an error handler by its four parameters.
  _next,
) => {
  if (error instanceof DependencyUnavailable && !response.headersSent) {
    response.locals.error = error;
    const detail = "A service that the API depends on does not answer. Try again.";
    respondProblem(response, 503, detail, ["Retry-After", String(error.retryAfterSeconds)]);
    return;
  }
  // It has been answered, and the rest of the body cut off with the connection.
  if (response.writableEnded) return;
  const { status, detail } = classify(error);
  if (status >= 500) response.locals.error = error;
  if (response.headersSent) {
    // Too late for a status: cutting the connection is the only way to tell the client.
    response.destroy();
    return;
  }
  respondProblem(response, status, detail);
};
