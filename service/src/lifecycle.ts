import type { Socket } from "node:net";
import type { ApiResponse } from "./respond";

/** `starting` until the listener is bound, `ready` while it serves, `draining` from the first stop signal on. */
export type Phase = "starting" | "ready" | "draining";

/** What the process is doing, and which requests it is answering. Phases only move forward. */
export class Lifecycle {
  #phase: Phase = "starting";
  /** When each response was begun, on the clock of `performance.now()`; the oldest first. */
  readonly #responses = new Map<ApiResponse, number>();

  get phase(): Phase {
    return this.#phase;
  }

  /** Requests whose response is neither finished nor cut off. */
  get inFlight(): number {
    return this.#responses.size;
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
