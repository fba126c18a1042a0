/** The probes of one run of a container, over time: startup, then readiness and liveness. */
import type { Probe } from "../types";
import { attempt, type ProbeTarget } from "./probe";

/** Between attempts until the first success: nobody shall wait longer than the container itself takes. */
const EAGER_MS = 50;

/** A container without probes counts as ready when it has lived this long. */
const SETTLE_MS = 300;

export interface Probes {
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export interface ProberEvents {
  /** Called when readiness changes, and with each failed attempt of a container that is not ready. */
  readiness(ready: boolean, failure: string | undefined): void;
  /** The container must be restarted. */
  unhealthy(message: string): void;
}

/**
 * Timings are those of the spec with one exception: `initialDelaySeconds` and `periodSeconds` do not hold back
 * the first success. They are upper bounds for a container that is not up yet; here it is asked often, so that
 * a rollout takes as long as the process needs and no longer.
 */
export class Prober {
  private stopped = false;
  private answered = false;
  private readonly timers = new Set<NodeJS.Timeout>();

  public constructor(
    private readonly probes: Probes,
    private readonly target: ProbeTarget,
    private readonly events: ProberEvents,
  ) {}

  public start(): void {
    void this.run();
  }

  public stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private async run(): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.probes;
    if (startupProbe !== undefined && !(await this.awaitStartup(startupProbe))) return;
    if (livenessProbe !== undefined) void this.watchLiveness(livenessProbe);
    if (readinessProbe !== undefined) await this.watchReadiness(readinessProbe);
    else {
      await this.pause(startupProbe === undefined ? SETTLE_MS : 0);
      if (!this.isStopped()) this.events.readiness(true, undefined);
    }
  }

  private async awaitStartup(probe: Probe): Promise<boolean> {
    const allowed = secondsOf(probe.initialDelaySeconds, 0) + budget(probe);
    const deadline = Date.now() + allowed * 1000;
    while (!this.isStopped()) {
      const failure = await attempt(probe, this.target);
      if (this.isStopped()) return false;
      if (failure === undefined) return true;
      this.events.readiness(false, `Startup probe failed: ${failure}`);
      if (Date.now() > deadline) {
        this.events.unhealthy(`Startup probe failed: ${failure}`);
        return false;
      }
      await this.pause(EAGER_MS);
    }
    return false;
  }

  private async watchReadiness(probe: Probe): Promise<void> {
    let ready = false;
    let failures = 0;
    let successes = 0;
    while (!this.isStopped()) {
      const failure = await attempt(probe, this.target);
      if (this.isStopped()) return;
      failures = failure === undefined ? 0 : failures + 1;
      successes = failure === undefined ? successes + 1 : 0;
      if (!ready && successes >= (probe.successThreshold ?? 1)) {
        ready = this.answered = true;
        this.events.readiness(true, undefined);
      } else if (failure !== undefined && (!ready || failures >= (probe.failureThreshold ?? 3))) {
        ready = false;
        this.events.readiness(false, `Readiness probe failed: ${failure}`);
      }
      await this.pause(ready ? secondsOf(probe.periodSeconds, 10) * 1000 : EAGER_MS);
    }
  }

  private async watchLiveness(probe: Probe): Promise<void> {
    const patience = Date.now() + secondsOf(probe.initialDelaySeconds, 0) * 1000;
    while (!this.answered && Date.now() < patience && !this.isStopped()) await this.pause(EAGER_MS);
    let failures = 0;
    while (!this.isStopped()) {
      const failure = await attempt(probe, this.target);
      if (this.isStopped()) return;
      failures = failure === undefined ? 0 : failures + 1;
      if (failure !== undefined && failures >= (probe.failureThreshold ?? 3)) {
        this.events.unhealthy(`Liveness probe failed: ${failure}`);
        return;
      }
      await this.pause(secondsOf(probe.periodSeconds, 10) * 1000);
    }
  }

  /** A method, so that a check after a wait is not taken for one that was made before it. */
  private isStopped(): boolean {
    return this.stopped;
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, milliseconds);
      this.timers.add(timer);
    });
  }
}

function secondsOf(value: number | undefined, fallback: number): number {
  return value ?? fallback;
}

/** How long a probe may fail before it counts. */
function budget(probe: Probe): number {
  return secondsOf(probe.periodSeconds, 10) * (probe.failureThreshold ?? 3);
}
