import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import type { Connections } from "./connections";
import type { Lifecycle } from "./lifecycle";
import { MACHINE_PATHS } from "./routes/routes";

/** Bounds on what the process takes on. What exceeds one is refused with 503 and Retry-After. */
export interface AdmissionLimits {
  /**
   * Open connections; each costs memory, used or not. `MAX_CONNECTIONS`
   * @default 2000
   */
  readonly maxConnections: number;
  /**
   * Requests being answered, waiting for the data tier included. `MAX_IN_FLIGHT`
   * @default 1000
   */
  readonly maxInFlight: number;
  /**
   * Milliseconds that a request may have waited behind others for the processor. `MAX_QUEUE_DELAY_MS`
   * @default 250
   */
  readonly maxQueueDelayMs: number;
}

export type RefusalReason = "connections" | "in_flight" | "queue_delay";

/** Bytes of response bodies that clients may leave unread, all together; so much of the heap at most. */
export const MAX_UNREAD_BYTES = 16 * 2 ** 20;

/** Seconds after which a refused client may try again. */
export const RETRY_AFTER_SECONDS = 1;

const LOG_INTERVAL_MS = 5000;

/** Milliseconds after which an answer that its client has not taken may be cut off, where others need its place. */
const UNREAD_MS = 250;

/** Share of the longest delay that must have gone into requests of the turn for it to count as a queue. */
const LEAST_WORK_SHARE = 0.2;

/** Share of the longest delay by which the processor time at a turn's start may be old. */
const USAGE_AGE_SHARE = 0.08;

/** One turn of the event loop. */
interface Turn {
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Processor time of the process until then. */
  readonly usage: NodeJS.CpuUsage;
  /** Whether so much of the turn was work that it counts as a queue; this only ever turns true. */
  isQueue: boolean;
  /** When that was last looked at, on the clock of `performance.now()`. */
  checkedAt: number;
}

export interface AdmissionArgs {
  readonly limits: AdmissionLimits;
  readonly lifecycle: Pick<Lifecycle, "inFlight" | "unsent" | "oldestUnread">;
  readonly connections: Pick<Connections, "count" | "isBeyond" | "unanswered">;
  readonly logger: Logger;
}

/**
 * Decides at a request's arrival whether it is taken on.
 *
 * The event loop reads all sockets that have become readable in one turn. A request that comes late in its turn may have
 * waited since the turn's first request, or since the request before it on its connection: with thousands of connections a
 * turn goes over them many times. Past the limit, refusing the rest costs little and lets the next turn begin in time. So the
 * queue is as long as the processor can serve within the limit, however many clients wait.
 */
export class Admission {
  #turn: Turn | undefined;
  #usage = process.cpuUsage();
  #usageAt = performance.now();
  #refusedSinceLog = 0;
  #loggedAt = -Infinity;

  constructor(private readonly args: AdmissionArgs) {}

  /**
   * Why the request is refused; undefined when it is taken on. To be asked once for each request.
   *
   * @param now the clock of `performance.now()`
   * @param sentAfter a time on it before which the client cannot have sent the request
   */
  refusalOf(
    { url = "", socket }: IncomingMessage,
    now: number,
    sentAfter: number,
  ): RefusalReason | undefined {
    const { limits, lifecycle, connections } = this.args;
    const queueDelayMs = this.#queueDelayMs(now, sentAfter);
    if (lifecycle.unsent.bytes > MAX_UNREAD_BYTES) this.#cutOldestUnread();
    let reason: RefusalReason;
    if (queueDelayMs > limits.maxQueueDelayMs) reason = "queue_delay";
    else if (lifecycle.inFlight >= limits.maxInFlight && !this.#cutOldestUnread()) reason = "in_flight";
    else if (connections.isBeyond(limits.maxConnections, socket)) reason = "connections";
    else return undefined;
    // A prober waits for its answer: whoever sends on is none.
    if (MACHINE_PATHS.has(url) && connections.unanswered(socket) <= 1) return undefined;
    this.#logRefusal(reason, queueDelayMs);
    return reason;
  }

  /** Whoever does not read the answer gives way to those who ask; false where all read. */
  #cutOldestUnread(): boolean {
    const { lifecycle } = this.args;
    if (lifecycle.unsent.bytes === 0) return false;
    const unread = lifecycle.oldestUnread(performance.now() - UNREAD_MS);
    unread?.req.socket.destroy();
    return unread !== undefined;
  }

  /** None where the time passed without this process: then nobody waits behind others' requests, and a refusal frees nothing. */
  #queueDelayMs(now: number, sentAfter: number): number {
    if (this.#turn === undefined) {
      // Asking the kernel can cost more than a small request; a little older will do.
      if (now - this.#usageAt > this.args.limits.maxQueueDelayMs * USAGE_AGE_SHARE) {
        this.#usage = process.cpuUsage();
        this.#usageAt = now;
      }
      this.#turn = { startedAt: now, usage: this.#usage, isQueue: false, checkedAt: -Infinity };
      setImmediate(() => (this.#turn = undefined));
      return 0;
    }
    const delayMs = now - Math.max(this.#turn.startedAt, sentAfter);
    const { maxQueueDelayMs } = this.args.limits;
    if (delayMs <= maxQueueDelayMs) return delayMs;
    return this.#isQueue(this.#turn, now) ? delayMs : 0;
  }

  #isQueue(turn: Turn, now: number): boolean {
    const { maxQueueDelayMs } = this.args.limits;
    if (turn.isQueue || now - turn.checkedAt < maxQueueDelayMs * USAGE_AGE_SHARE) return turn.isQueue;
    turn.checkedAt = now;
    const { user, system } = process.cpuUsage(turn.usage);
    turn.isQueue = (user + system) / 1000 > maxQueueDelayMs * LEAST_WORK_SHARE;
    return turn.isQueue;
  }

  /** One line for many refusals: a line for each would make the overload worse. */
  #logRefusal(reason: RefusalReason, queueDelayMs: number): void {
    this.#refusedSinceLog += 1;
    const now = performance.now();
    if (now - this.#loggedAt < LOG_INTERVAL_MS) return;
    const { logger, lifecycle, connections } = this.args;
    logger.warn(
      {
        reason,
        refused: this.#refusedSinceLog,
        in_flight: lifecycle.inFlight,
        connections: connections.count,
        queue_delay_ms: Math.round(queueDelayMs),
      },
      "overloaded, refusing requests",
    );
    this.#loggedAt = now;
    this.#refusedSinceLog = 0;
  }
}
