import express, { type RequestHandler } from "express";
import { RETRY_AFTER_SECONDS } from "./admission";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { MAX_BODY_BYTES, requireUtf8, TOO_LARGE } from "./problem";
import { announcesBody } from "./requestFaults";
import { type ApiLocals, respondProblem } from "./respond";

type Handler = RequestHandler<object, unknown, unknown, unknown, ApiLocals>;

/**
 * Bodies that are waited for at a time. Nearly all come with their headers, and none of those counts. One more, and the
 * one that has waited longest is given up: whoever announces bodies and sends none takes no place from others, be it one
 * client or many, and however many proxies are in between.
 */
export const MAX_AWAITED_BODIES = 256;

/** Refuses a body that says it is too large before any of it has been read. (The parser would read it to its end first.) */
const limitBody: Handler = (request, response, next) => {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES)
    respondProblem(response, 413, TOO_LARGE);
  else next();
};

/** Reads the body as JSON, within the limits. For the routes that have one, and no others: those answer at once. */
export function readBody(lifecycle: Lifecycle, metrics: Pick<Metrics, "refused">): readonly Handler[] {
  const awaitBody: Handler = (request, response, next) => {
    if (announcesBody(request)) {
      if (request.headers.expect !== undefined) response.writeContinue();
      lifecycle.bodyAwaited(response);
      giveUpOldest(lifecycle, metrics);
    }
    next();
  };
  const haveBody: Handler = (_request, response, next) => {
    lifecycle.bodyArrived(response);
    next();
  };
  const parse = express.json({ limit: MAX_BODY_BYTES, verify: requireUtf8 });
  return [limitBody, awaitBody, parse, haveBody];
}

function giveUpOldest(lifecycle: Lifecycle, metrics: Pick<Metrics, "refused">): void {
  const oldest = lifecycle.receiving > MAX_AWAITED_BODIES ? lifecycle.oldestReceiving() : undefined;
  if (oldest === undefined) return;
  lifecycle.bodyArrived(oldest);
  metrics.refused("bodies");
  respondProblem(
    oldest,
    503,
    "The API waits for more request bodies than it can. Try again, and send it at once.",
    ["Retry-After", String(RETRY_AFTER_SECONDS)],
  );
}
