/** `starting` until the listener is bound, `ready` while it serves, `draining` from the first stop signal on. */
export type Phase = "starting" | "ready" | "draining";

/** What the process is doing, and how many requests it is answering. Phases only move forward. */
export class Lifecycle {
  #phase: Phase = "starting";
  #inFlight = 0;
  #onIdle: (() => void)[] = [];

  get phase(): Phase {
    return this.#phase;
  }

  /** Requests whose response is neither finished nor cut off. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Turns readiness on. A process told to stop while it was starting stays unready. */
  markReady(): void {
    if (this.#phase === "starting") this.#phase = "ready";
  }

  /** Turns readiness off for good. */
  startDraining(): void {
    this.#phase = "draining";
  }

  requestStarted(): void {
    this.#inFlight += 1;
  }

  requestEnded(): void {
    this.#inFlight -= 1;
    if (this.#inFlight > 0) return;
    const waiting = this.#onIdle;
    if (waiting.length === 0) return;
    this.#onIdle = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves once no request is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }
}
