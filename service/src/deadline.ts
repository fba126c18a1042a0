import type { Logger } from "pino";
import { RETRY_AFTER_SECONDS } from "./admission";
import type { Lifecycle } from "./lifecycle";
import { type ApiResponse, respondProblem } from "./respond";

/** How often overdue responses are looked for, in milliseconds. */
const SWEEP_MS = 1000;

export interface DeadlineArgs {
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** From the headers of a request to the last byte of its response, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Holds every response to a deadline: what was not begun in time is refused, what was begun and not taken by the
 * client in time is cut off. One timer looks at all of them, for a timer each would cost more than a small response.
 *
 * @returns a function that stops it
 */
export function enforceDeadline({ lifecycle, logger, timeoutMs }: DeadlineArgs): () => void {
  const timer = setInterval(
    () => {
      for (const response of lifecycle.responsesBefore(performance.now() - timeoutMs)) {
        giveUp(response, logger.child({ request_id: response.locals.requestId, timeout_ms: timeoutMs }));
      }
    },
    Math.min(SWEEP_MS, timeoutMs),
  ).unref();
  return () => {
    clearInterval(timer);
  };
}

function giveUp(response: ApiResponse, logger: Logger): void {
  if (response.headersSent) {
    logger.info("the client does not take the response, connection cut");
    response.destroy();
    return;
  }
  logger.error("no response in time");
  respondProblem(response, 503, "The API did not answer in time. Try again.", [
    "Retry-After",
    String(RETRY_AFTER_SECONDS),
  ]);
}
