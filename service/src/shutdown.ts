import type { Server } from "node:http";
import { Server as TcpServer } from "node:net";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Connections } from "./connections";
import type { Lifecycle } from "./lifecycle";

export interface ShutdownArgs {
  readonly server: Server;
  readonly connections: Connections;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** Milliseconds of serving on after readiness went off. */
  readonly delayMs: number;
  /** Milliseconds from the signal to a forced exit. */
  readonly timeoutMs: number;
  /** Writes out what is still to be logged and ends the process. */
  readonly exit: (code: number) => void;
}

/** Milliseconds without a byte after which a connection counts as out of use. */
const QUIET_MS = 1000;
/** Milliseconds between two looks at the connections. */
const SWEEP_MS = 50;

/**
 * Readiness off; serve on until load balancers have noticed, telling each client to close its connection; stop
 * listening; let the requests in flight finish; close the connections that are left as their clients fall silent.
 *
 * A client that reuses a connection at the moment the server closes it loses a request. So a connection is closed
 * with the response to one more request, which tells the client, and only one that has been silent for long without:
 * `server.close` of Node.js would reset all idle connections at once.
 */
async function drain({ server, connections, lifecycle, logger, delayMs }: ShutdownArgs): Promise<void> {
  lifecycle.startDraining();
  await sleep(delayMs);
  // Only the listener, while `server.close` would reset idle connections and stop the request timeouts.
  TcpServer.prototype.close.call(server);
  const { inFlight, receiving } = lifecycle;
  logger.info({ in_flight: inFlight, receiving, connections: connections.count }, "listener closed");
  while (connections.count > 0) {
    connections.endQuiet(lifecycle.busySockets(), QUIET_MS);
    await sleep(SWEEP_MS);
  }
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
      const { inFlight, receiving } = lifecycle;
      logger.error({ in_flight: inFlight, receiving, timeout_ms: timeoutMs }, "drain timed out, exiting");
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
