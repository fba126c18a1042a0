/** A change of what runs, while clients send requests. */
import { wait } from "../../../local/cluster/commands";
import { type LoadReport, startLoad } from "./load";

/** Requests that a scenario sends at least, and how many of them a second. */
export const LEAST_REQUESTS = 100_000;
const RATE_PER_SECOND = 1000;
/** Of 95 of 100 answers. */
export const P95_LIMIT_MILLISECONDS = 200;
/** The load that is measured before the change. */
const SECONDS_BEFORE = 5;

/** Sends requests while `change` runs, and on until there were enough of them; prints what came of them. */
export async function underLoad(name: string, url: string, change: () => Promise<void>): Promise<LoadReport> {
  const load = startLoad(url, RATE_PER_SECOND);
  let report: LoadReport;
  try {
    await wait(SECONDS_BEFORE * 1000);
    await change();
    while (load.sent() < LEAST_REQUESTS) await wait(200);
  } finally {
    report = await load.stop();
  }
  process.stderr.write(`${name}: ${describeLoad(report)}\n`);
  return report;
}

/** One line for people. */
function describeLoad({ seconds, keepAlive, newConnection, failures }: LoadReport): string {
  const sent = keepAlive.sent + newConnection.sent;
  const failed = sent - keepAlive.succeeded - newConnection.succeeded;
  const kinds = [
    `kept connections p95 ${keepAlive.p95} ms, p99 ${keepAlive.p99} ms`,
    `new connections p95 ${newConnection.p95} ms, p99 ${newConnection.p99} ms`,
  ];
  const reasons = failed === 0 ? [] : [JSON.stringify(failures)];
  return [`${sent} requests in ${seconds} s, ${failed} failed`, ...kinds, ...reasons].join("; ");
}
