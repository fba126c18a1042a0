/** Share of requests that have to be answered without a 5xx. */
export const OBJECTIVE = 0.999;
const WINDOW_SECONDS = 3600;
const RATE_SECONDS = 10;

export interface TrafficSummary {
  /** Requests a second over the last ten seconds. */
  readonly requestsPerSecond: number;
  /** Of the last hour, or since the start where that is shorter. */
  readonly requests: number;
  /** Those of them that ended with a 5xx. */
  readonly errors: number;
  /** Share of the hour's error budget that is left, from 0 to 1; 1 where there were no requests. */
  readonly errorBudgetLeft: number;
}

/** Counts the last hour's requests by the second, probes and scrapes aside. For people; alerts use the metrics. */
export class Traffic {
  readonly #second = new Uint32Array(WINDOW_SECONDS);
  readonly #requests = new Uint32Array(WINDOW_SECONDS);
  readonly #errors = new Uint32Array(WINDOW_SECONDS);

  record(status: number): void {
    const second = Math.floor(Date.now() / 1000);
    const slot = second % WINDOW_SECONDS;
    if (this.#second[slot] !== second) {
      this.#second[slot] = second;
      this.#requests[slot] = 0;
      this.#errors[slot] = 0;
    }
    this.#requests[slot] = (this.#requests[slot] ?? 0) + 1;
    if (status >= 500) this.#errors[slot] = (this.#errors[slot] ?? 0) + 1;
  }

  summary(): TrafficSummary {
    const now = Math.floor(Date.now() / 1000);
    let [requests, errors, recent] = [0, 0, 0];
    this.#second.forEach((second, slot) => {
      const age = now - second;
      if (age >= WINDOW_SECONDS) return;
      requests += this.#requests[slot] ?? 0;
      errors += this.#errors[slot] ?? 0;
      // The second that is not over yet would make the rate too low.
      if (age >= 1 && age <= RATE_SECONDS) recent += this.#requests[slot] ?? 0;
    });
    const allowed = requests * (1 - OBJECTIVE);
    return {
      requestsPerSecond: recent / RATE_SECONDS,
      requests,
      errors,
      errorBudgetLeft: allowed === 0 ? 1 : Math.max(0, 1 - errors / allowed),
    };
  }
}
