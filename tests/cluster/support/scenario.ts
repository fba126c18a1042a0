/** A change of what runs, while clients send requests. */
import { wait } from "../../../local/cluster/commands";
import { type LoadReport, startLoad } from "./load";

/** Requests that a scenario sends at least, and how many of them a second. */
const LEAST_REQUESTS = 100_000;
const RATE_PER_SECOND = 1000;
/** What 95 of 100 answers take at most on a machine that has nothing else to do: printed, because it tells of both. */
const P95_TARGET_MILLISECONDS = 200;
/** The load that is measured before the change. */
const SECONDS_BEFORE = 5;

/** Expects each of many requests to be answered while `change` runs, and what `change` gave. */
export async function expectNoFailure<Outcome>(
  name: string,
  url: string,
  change: () => Promise<Outcome>,
): Promise<Outcome> {
  const { report, outcome } = await underLoad(name, url, change);
  const { keepAlive, newConnection, failures, firstFailures } = report;
  expect({ failures, firstFailures }).toEqual({ failures: {}, firstFailures: [] });
  expect(keepAlive.succeeded + newConnection.succeeded).toBeGreaterThanOrEqual(LEAST_REQUESTS);
  return outcome;
}

/** Sends requests while `change` runs, and on until there were enough of them; prints what came of them. */
async function underLoad<Outcome>(name: string, url: string, change: () => Promise<Outcome>) {
  const load = startLoad(url, RATE_PER_SECOND);
  let report: LoadReport;
  let outcome: Outcome;
  try {
    await wait(SECONDS_BEFORE * 1000);
    outcome = await change();
    while (load.sent() < LEAST_REQUESTS) await wait(200);
  } finally {
    report = await load.stop();
  }
  process.stderr.write(`${name}: ${describeLoad(report)}\n`);
  return { report, outcome };
}

/** One line for people. */
function describeLoad({ seconds, keepAlive, newConnection, failures }: LoadReport): string {
  const sent = keepAlive.sent + newConnection.sent;
  const failed = sent - keepAlive.succeeded - newConnection.succeeded;
  const kinds = [
    `kept connections p95 ${keepAlive.p95} ms, p99 ${keepAlive.p99} ms`,
    `new connections p95 ${newConnection.p95} ms, p99 ${newConnection.p99} ms`,
  ];
  const isMet = Math.max(keepAlive.p95, newConnection.p95) < P95_TARGET_MILLISECONDS;
  const target = `p95 under ${P95_TARGET_MILLISECONDS} ms: ${isMet ? "yes" : "NO"}`;
  const reasons = failed === 0 ? [] : [JSON.stringify(failures)];
  return [`${sent} requests in ${seconds} s, ${failed} failed`, ...kinds, target, ...reasons].join("; ");
}
