/** Clients of the API that send at a steady rate, in a process of their own, and count what fails. */
import { spawn } from "node:child_process";
import * as path from "node:path";

import { driverEnvironment } from "../../support/driver";

const GENERATOR = path.join(__dirname, "loadGenerator.ts");

/** How one kind of client fared. */
export interface ClientReport {
  readonly sent: number;
  /** Answers that were 200 with the API's message. */
  readonly succeeded: number;
  /** Milliseconds from when a request was due to the last byte of its answer. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface LoadReport {
  readonly seconds: number;
  readonly keepAlive: ClientReport;
  readonly newConnection: ClientReport;
  /** What went wrong, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** When the first of them happened, to be found in the logs of pods and nodes. */
  readonly firstFailures: readonly string[];
}

export interface Load {
  /** Requests sent so far. */
  sent(): number;
  /** Sends no more, waits for the last answers. */
  stop(): Promise<LoadReport>;
}

/**
 * Starts to send GET requests to a URL: half of them over connections that are kept, half over new ones. A client never
 * tries again: what a person's client would have hidden counts as failed.
 *
 * @param ratePerSecond of both kinds of clients together
 */
export function startLoad(url: string, ratePerSecond: number): Load {
  const child = spawn(
    process.execPath,
    ["--require", "@swc-node/register", GENERATOR, url, String(ratePerSecond)],
    { env: driverEnvironment(), stdio: ["pipe", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<LoadReport>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(lastLine(output)) as LoadReport);
      else reject(new Error(`the load generator ended with ${code}: ${output}`));
    });
  });
  // Whoever stops the load is told; before that nobody listens.
  ended.catch(() => undefined);
  return {
    sent: () => Number(/(\d+)\n[^\n]*$/.exec(output)?.[1] ?? 0),
    stop: async () => {
      child.stdin.end();
      return ended;
    },
  };
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
