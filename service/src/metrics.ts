import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RefusalReason } from "./admission";
import type { Lifecycle } from "./lifecycle";
import { MACHINE_PATHS } from "./routes/routes";
import { Traffic } from "./traffic";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Upper bounds in seconds: half a millisecond, where a plain answer lies, to 10 seconds, where clients give up. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const DURATION_NAME = "http_request_duration_seconds";
const COUNT_NAME = `${DURATION_NAME}_count`;

type RequestLabel = "method" | "route" | "status";

export interface MetricsArgs {
  readonly version: string;
  readonly commit: string;
  readonly lifecycle: Lifecycle;
}

/** Rate, errors and duration of requests. Every label has a bounded set of values, whatever clients send. */
export class Metrics {
  readonly registry = new Registry();
  readonly traffic = new Traffic();
  readonly #duration: Histogram<RequestLabel>;
  readonly #refused: Counter<"reason">;

  constructor({ version, commit, lifecycle }: MetricsArgs) {
    const registers = [this.registry];
    const duration = new Histogram<RequestLabel>({
      name: DURATION_NAME,
      help: "Seconds from the request's headers to the end of its response.",
      labelNames: ["method", "route", "status"],
      buckets: DURATION_BUCKETS,
      registers,
    });
    this.#duration = duration;
    new Counter<RequestLabel>({
      name: "http_requests_total",
      help: "Requests answered, by method, route template and status code.",
      labelNames: ["method", "route", "status"],
      registers,
      // The histogram has counted them already: read at the scrape, so that a request is counted once.
      async collect() {
        this.reset();
        for (const { metricName, labels, value } of (await duration.get()).values) {
          if (metricName === COUNT_NAME) this.inc(labels, value);
        }
      },
    });
    this.#refused = new Counter({
      name: "http_requests_refused_total",
      help: "Requests refused with 503, and connections dropped, because there were too many; by the limit.",
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
      name: "api_build_info",
      help: "Always 1; the labels say which build runs.",
      labelNames: ["version", "commit", "node"],
      registers,
    }).set({ version, commit, node: process.version }, 1);
  }

  /** Counts a request, or a connection that was dropped before it had sent one, as refused by the overload protection. */
  refused(reason: RefusalReason | "dropped", method?: string): void {
    this.#refused.inc({ reason });
    if (method !== undefined) this.observe(method, "refused", 503, 0);
  }

  /** Counts one answered request. `route` is a route template or "unmatched", never a path that a client chose. */
  observe(method: string, route: string, status: number, seconds: number): void {
    const labels = { method: METHODS.has(method) ? method : "OTHER", route, status };
    this.#duration.observe(labels, seconds);
    if (!MACHINE_PATHS.has(route)) this.traffic.record(status);
  }
}
