/**
 * Sends requests at a steady rate until its standard input closes: `loadGenerator.ts URL RATE`. Writes the number of
 * requests sent so far as a line each second, and the report as the last line.
 */
import { Agent, request } from "node:http";

import type { ClientReport, LoadReport } from "./load";

const TICK_MILLISECONDS = 5;
/** A client gives up on an answer after this long. */
const TIMEOUT_MILLISECONDS = 10_000;
/** So many connections are kept, and used in turn. */
const KEPT_CONNECTIONS = 50;
/** More than these are not under way at once: a machine that is too busy to answer gets fewer, later. */
const MOST_UNDER_WAY = 1000;
/** Of so many failures the time is reported; all are counted. */
const MOST_TIMED = 10;

type ClientKind = "keepAlive" | "newConnection";

const AGENTS: Readonly<Record<ClientKind, Agent>> = {
  keepAlive: new Agent({ keepAlive: true, maxSockets: KEPT_CONNECTIONS, scheduling: "fifo" }),
  newConnection: new Agent({ keepAlive: false }),
};

class Clients {
  public readonly latencies: number[] = [];
  public sent = 0;

  public constructor(
    private readonly kind: ClientKind,
    private readonly url: string,
    private readonly fail: (reason: string) => void,
  ) {}

  /** @param due when the request should be sent, on the clock of `performance.now()` */
  public send(due: number): void {
    this.sent += 1;
    let isOver = false;
    const end = (reason?: string): void => {
      if (isOver) return;
      isOver = true;
      if (reason === undefined) this.latencies.push(performance.now() - due);
      else this.fail(`${this.kind}: ${reason}`);
    };
    const sent = request(this.url, { agent: AGENTS[this.kind], timeout: TIMEOUT_MILLISECONDS }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text));
      answer.once("error", (error) => {
        end(`${error.message} in an answer`);
      });
      answer.once("end", () => {
        end(problemOf(answer.statusCode ?? 0, body));
      });
    });
    sent.once("timeout", () => sent.destroy(new Error(`no answer in ${TIMEOUT_MILLISECONDS / 1000} s`)));
    sent.once("error", ({ message }) => {
      end(`${message} on a ${sent.reusedSocket ? "used" : "new"} connection`);
    });
    sent.end();
  }

  public get settled(): number {
    return this.latencies.length;
  }

  public report(): ClientReport {
    const sorted = this.latencies.toSorted((one, other) => one - other);
    const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
    return { sent: this.sent, succeeded: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}

function problemOf(status: number, body: string): string | undefined {
  if (status !== 200) return `status ${status}`;
  return body.includes('"message"') ? undefined : "an answer without the message";
}

async function main(url: string, ratePerSecond: number): Promise<void> {
  const failures: Record<string, number> = {};
  const firstFailures: string[] = [];
  let failed = 0;
  const fail = (reason: string): void => {
    failed += 1;
    failures[reason] = (failures[reason] ?? 0) + 1;
    if (failed <= MOST_TIMED) firstFailures.push(`${new Date().toISOString()} ${reason}`);
  };
  const clients = {
    keepAlive: new Clients("keepAlive", url, fail),
    newConnection: new Clients("newConnection", url, fail),
  };
  const inTurn = [clients.keepAlive, clients.newConnection] as const;
  const settled = () => clients.keepAlive.settled + clients.newConnection.settled + failed;
  const started = performance.now();
  let count = 0;
  const ticker = setInterval(() => {
    const wanted = ((performance.now() - started) / 1000) * ratePerSecond;
    for (; count < wanted && count - settled() < MOST_UNDER_WAY; count += 1) {
      inTurn[count % 2 === 0 ? 0 : 1].send(started + (count / ratePerSecond) * 1000);
    }
  }, TICK_MILLISECONDS);
  const reporter = setInterval(() => process.stdout.write(`${count}\n`), 1000);
  await new Promise((resolve) => process.stdin.once("close", resolve).resume());
  clearInterval(ticker);
  clearInterval(reporter);
  const seconds = (performance.now() - started) / 1000;
  while (settled() < count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const report: LoadReport = {
    seconds: Math.round(seconds),
    keepAlive: clients.keepAlive.report(),
    newConnection: clients.newConnection.report(),
    failures,
    firstFailures,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  for (const agent of Object.values(AGENTS)) agent.destroy();
}

void main(process.argv[2] ?? "", Number(process.argv[3]));
