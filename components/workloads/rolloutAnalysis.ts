import type { RolloutSettings } from "../../config";

/** Where the pods' measurements are asked for, and how often they are taken. */
export interface Measurements {
  /** URL of a Prometheus that scrapes the pods as `ProgressiveDelivery` sets it up. */
  readonly url: string;
  /** Seconds between scrapes. */
  readonly scrapeSeconds: number;
}

export interface AnalysisArgs {
  readonly limits: RolloutSettings["analysis"];
  /** Processor time that a pod may use, in thousandths of a core. */
  readonly cpuLimitMillicores: number;
  readonly measurements: Measurements;
}

/** Argument of a template: the hash by which Argo Rollouts labels the pods of one version. */
export const VERSION_ARGUMENT = "version";

/** One bad sample may be chance; the second ends the rollout. */
const FAILURE_LIMIT = 1;
/** A rate takes two scrapes, and one may fail. */
const SCRAPES_IN_WINDOW = 3;
/** Paths that kubelets and Prometheus ask: not what users see. */
const QUIET_ROUTES = "/health|/healthz|/readyz|/metrics";
/** How far back a pod must have been ready once to count as one that should be. */
const STARTED_WINDOW = "5m";

/** Seconds that a judgement by `samples` samples takes. */
export function judgementSeconds({ intervalSeconds, samples }: RolloutSettings["analysis"], delay: number) {
  return delay + samples * intervalSeconds;
}

/** Seconds until a pod that has just become ready is measured: found, scraped, and scraped again. */
export function firstSampleSeconds({ scrapeSeconds }: Measurements): number {
  return SCRAPES_IN_WINDOW * scrapeSeconds;
}

/** Spec of an AnalysisTemplate that judges a version by a number of samples, and then is done. */
export function judgementSpec(args: AnalysisArgs) {
  const { samples } = args.limits;
  const initialDelay = `${firstSampleSeconds(args.measurements)}s`;
  return analysisSpec(args, { count: samples, initialDelay });
}

/** Spec of an AnalysisTemplate that watches a version for as long as its rollout lasts. */
export function watchSpec(args: AnalysisArgs) {
  return analysisSpec(args, {});
}

function analysisSpec({ limits, cpuLimitMillicores, measurements }: AnalysisArgs, extent: object) {
  const window = `${SCRAPES_IN_WINDOW * measurements.scrapeSeconds}s`;
  const metric = (name: string, query: string, condition: string) => ({
    name,
    interval: `${limits.intervalSeconds}s`,
    ...extent,
    failureLimit: FAILURE_LIMIT,
    successCondition: `len(result) > 0 && result[0] ${condition}`,
    provider: { prometheus: { address: measurements.url, query } },
  });
  return {
    args: [{ name: VERSION_ARGUMENT }],
    metrics: [
      metric("ready-percent", readyPercent(), `>= ${limits.minReadyPercent}`),
      metric("error-percent", errorPercent(window), `<= ${limits.maxErrorPercent}`),
      metric("p95-milliseconds", p95Milliseconds(window), `<= ${limits.maxP95Milliseconds}`),
      metric("cpu-percent", cpuPercent(window, cpuLimitMillicores), `<= ${limits.maxCpuPercent}`),
    ],
  };
}

function series(...more: readonly string[]): string {
  return `{${[`rollouts_pod_template_hash="{{args.${VERSION_ARGUMENT}}}"`, ...more].join(",")}}`;
}

/**
 * Of the pods that were ready once, so that one that is only starting is no fault. Without any there is no result, and that
 * counts as bad: a version that nobody sees must not be promoted.
 */
function readyPercent(): string {
  const ready = series('ready="true"');
  const started = `count by (pod) (last_over_time(up${ready}[${STARTED_WINDOW}]))`;
  // By pod: while a pod becomes ready, Prometheus has a series of either kind for it.
  const expected = `count(count by (pod) (up${series()} and on (pod) ${started}))`;
  return `100 * (count(up${ready} == 1) or vector(0)) / ${expected}`;
}

/** Without requests there is no quotient (NaN): a version that nobody asks fails nobody. */
function errorPercent(window: string): string {
  const requests = (...more: string[]) =>
    `sum(rate(http_request_duration_seconds_count${series(`route!~"${QUIET_ROUTES}"`, ...more)}[${window}]))`;
  return orNothing(`100 * (${requests('status=~"5.."')} or vector(0)) / ${requests()}`);
}

function p95Milliseconds(window: string): string {
  const buckets = `rate(http_request_duration_seconds_bucket${series(`route!~"${QUIET_ROUTES}"`)}[${window}])`;
  return orNothing(`1000 * histogram_quantile(0.95, sum by (le) (${buckets}))`);
}

function cpuPercent(window: string, limitMillicores: number): string {
  const cores = `max(rate(process_cpu_seconds_total${series()}[${window}]))`;
  return orNothing(`${100 * (1000 / limitMillicores)} * ${cores}`);
}

/** Zero in place of no result and of NaN, which no comparison lets through. */
function orNothing(query: string): string {
  return `(${query}) >= 0 or vector(0)`;
}
