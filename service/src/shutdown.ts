import { once } from "node:events";
import type { Server } from "node:http";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Lifecycle } from "./lifecycle";

export interface ShutdownArgs {
  readonly server: Server;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Milliseconds of serving on after readiness went off. */
  readonly delayMs: number;
  /** Milliseconds from the signal to a forced exit. */
  readonly timeoutMs: number;
  /** Writes out what is still to be logged and ends the process. */
  readonly exit: (code: number) => void;
}

/**
 * Readiness off; serve on until load balancers have noticed, telling each client to close its connection; stop
 * listening; let the requests in flight finish; close what is left.
 */
async function drain({ server, lifecycle, logger, delayMs }: ShutdownArgs): Promise<void> {
  lifecycle.startDraining();
  await sleep(delayMs);
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  logger.info({ in_flight: lifecycle.inFlight }, "listener closed");
  await lifecycle.idle();
  // A connection that was opened ahead and never used does not count as idle, and would hold the process.
  server.closeAllConnections();
  await closed;
}

/**
 * Returns the handler for stop signals. The first one drains and exits with 0, or with 1 when the timeout passes
 * first; a second one exits at once with 128 plus the signal's number.
 */
export function createShutdown(args: ShutdownArgs): (signal: NodeJS.Signals) => void {
  const { lifecycle, logger, delayMs, timeoutMs, exit } = args;
  return (signal) => {
    if (lifecycle.phase === "draining") {
      logger.warn({ signal, in_flight: lifecycle.inFlight }, "second signal, exiting at once");
      exit(128 + constants.signals[signal]);
      return;
    }
    logger.info({ signal, delay_ms: delayMs, timeout_ms: timeoutMs }, "draining");
    setTimeout(() => {
      logger.error({ in_flight: lifecycle.inFlight, timeout_ms: timeoutMs }, "drain timed out, exiting");
      exit(1);
    }, timeoutMs);
    drain(args).then(
      () => {
        logger.info("stopped");
        exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, "drain failed, exiting");
        exit(1);
      },
    );
  };
}
