import { Counter, Gauge, Registry } from "prom-client";
import type { RefusalReason } from "./admission";
import type { Lifecycle } from "./lifecycle";
import { type RequestLabel, RequestDurations } from "./requestDurations";
import { MACHINE_PATHS } from "./routes/routes";
import { Traffic } from "./traffic";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export interface MetricsArgs {
  readonly version: string;
  readonly commit: string;
  readonly lifecycle: Lifecycle;
}

/** Rate, errors and duration of requests. Every label has a bounded set of values, whatever clients send. */
export class Metrics {
  readonly registry = new Registry();
  readonly traffic = new Traffic();
  readonly #durations = new RequestDurations(this.registry);
  readonly #refused: Counter<"reason">;

  constructor({ version, commit, lifecycle }: MetricsArgs) {
    const registers = [this.registry];
    const durations = this.#durations;
    new Counter<RequestLabel>({
      name: "http_requests_total",
      help: "Requests answered, by method, route template and status code.",
      labelNames: ["method", "route", "status"],
      registers,
      // The histogram has counted them already: read at the scrape, so that a request is counted once.
      collect() {
        this.reset();
        for (const { labels, count } of durations.totals()) this.inc(labels, count);
      },
    });
    this.#refused = new Counter({
      name: "http_requests_refused_total",
      help: "Requests refused with 503, and connections closed, because there were too many; by the limit.",
      labelNames: ["reason"],
      registers,
    });
    new Gauge({
      name: "http_requests_in_flight",
      help: "Requests being answered now.",
      registers,
      collect() {
        this.set(lifecycle.inFlight);
      },
    });
    new Gauge({
      name: "http_requests_receiving",
      help: "Requests whose body has not arrived yet.",
      registers,
      collect() {
        this.set(lifecycle.receiving);
      },
    });
    new Gauge({
      name: "api_build_info",
      help: "Always 1; the labels say which build runs.",
      labelNames: ["version", "commit", "node"],
      registers,
    }).set({ version, commit, node: process.version }, 1);
  }

  /** Counts a request, or a connection that was dropped before it had sent one, as refused by the overload protection. */
  refused(reason: RefusalReason | "dropped" | "pipelined" | "bodies", method?: string): void {
    this.#refused.inc({ reason });
    if (method !== undefined) this.observe(method, "refused", 503, 0);
  }

  /** Counts one answered request. `route` is a route template or "unmatched", never a path that a client chose. */
  observe(method: string, route: string, status: number, seconds: number): void {
    this.#durations.observe(METHODS.has(method) ? method : "OTHER", route, status, seconds);
    if (!MACHINE_PATHS.has(route)) this.traffic.record(status);
  }
}
