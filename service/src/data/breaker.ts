/** A dependency does not answer. The API says 503 and Retry-After; the cause is logged. */
export class DependencyUnavailable extends Error {
  constructor(
    readonly dependency: string,
    readonly retryAfterSeconds: number,
    cause?: unknown,
  ) {
    super(`${dependency} is unavailable`, { cause });
    this.name = "DependencyUnavailable";
  }
}

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 5000;

/**
 * Circuit breaker: after five failures in a row a dependency is left alone for five seconds, in which calls fail at
 * once; then one call tries whether it is back.
 */
export class Breaker {
  #failures = 0;
  #openUntil = 0;

  constructor(private readonly dependency: string) {}

  /** @throws {DependencyUnavailable} when the call fails, or is not made */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const now = performance.now();
    if (now < this.#openUntil) {
      throw new DependencyUnavailable(this.dependency, Math.ceil((this.#openUntil - now) / 1000));
    }
    // Others that arrive while one call tries find the breaker still open.
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = now + OPEN_MS;
    try {
      const result = await call();
      this.#failures = 0;
      this.#openUntil = 0;
      return result;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = performance.now() + OPEN_MS;
      throw new DependencyUnavailable(this.dependency, 1, error);
    }
  }
}
