import type { Socket } from "node:net";
import type { ApiResponse, Unsent } from "./respond";

/** `starting` until the listener is bound, `ready` while it serves, `draining` from the first stop signal on. */
export type Phase = "starting" | "ready" | "draining";

/** What the process is doing, and which requests it is answering. Phases only move forward. */
export class Lifecycle {
  #phase: Phase = "starting";
  /** When each response was begun, on the clock of `performance.now()`; the oldest first. */
  readonly #responses = new Map<ApiResponse, number>();
  /** Those whose request's body is still to come; the oldest first. */
  readonly #receiving = new Set<ApiResponse>();
  readonly unsent: Unsent = { bytes: 0 };

  get phase(): Phase {
    return this.#phase;
  }

  /** Requests that are there with their body, and whose response is neither finished nor cut off. */
  get inFlight(): number {
    return this.#responses.size - this.#receiving.size;
  }

  /** Requests whose body is still to come. */
  get receiving(): number {
    return this.#receiving.size;
  }

  /** Turns readiness on. A process told to stop while it was starting stays unready. */
  markReady(): void {
    if (this.#phase === "starting") this.#phase = "ready";
  }

  /** Turns readiness off for good. */
  startDraining(): void {
    this.#phase = "draining";
  }

  requestStarted(response: ApiResponse, at: number): void {
    this.#responses.set(response, at);
  }

  requestEnded(response: ApiResponse): void {
    this.#responses.delete(response);
    this.#receiving.delete(response);
    this.unsent.bytes -= response.locals.bodyBytes;
  }

  /** The request's body is waited for: the request is not in flight until it is there. */
  bodyAwaited(response: ApiResponse): void {
    if (this.#responses.has(response)) this.#receiving.add(response);
  }

  bodyArrived(response: ApiResponse): void {
    this.#receiving.delete(response);
  }

  /** Of the requests whose body is waited for, the one that has waited longest. */
  oldestReceiving(): ApiResponse | undefined {
    const [oldest] = this.#receiving;
    return oldest;
  }

  /** Of the responses begun before `at` that are complete, but that their clients do not read, the oldest. */
  oldestUnread(at: number): ApiResponse | undefined {
    for (const [response, startedAt] of this.#responses) {
      if (startedAt >= at) break;
      if (response.writableEnded && !response.req.socket.destroyed) return response;
    }
    return undefined;
  }

  /** Connections on which a request is being answered. */
  busySockets(): ReadonlySet<Socket> {
    const sockets = [...this.#responses.keys()].map((response) => response.req.socket);
    return new Set(sockets);
  }

  /** Responses begun before `at` and not over yet. */
  responsesBefore(at: number): readonly ApiResponse[] {
    const found: ApiResponse[] = [];
    for (const [response, startedAt] of this.#responses) {
      if (startedAt >= at) break;
      found.push(response);
    }
    return found;
  }
}
