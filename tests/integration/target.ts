/** The deployed API that the tests ask. */
import { execFileSync } from "node:child_process";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { request as requestTls, Agent as TlsAgent } from "node:https";

const TIMEOUT_MILLISECONDS = 10_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly milliseconds: number;
  /** Whether it came over a connection that had been used before. */
  readonly isReused: boolean;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
}

/** @throws Error that says how to name the API, where nobody has. */
export function apiUrl(): URL {
  const url = process.env["API_URL"];
  if (url !== undefined && URL.canParse(url)) return new URL(url);
  throw new Error(
    `API_URL: got "${url ?? ""}", allowed: the API's URL. Fix: make test-integration URL=http://...`,
  );
}

/** A client's own connections. */
export function connections(options: { readonly keepAlive: boolean; readonly maxSockets?: number }): Agent {
  return apiUrl().protocol === "https:" ? new TlsAgent(options) : new Agent(options);
}

/** One request, never tried again. */
export function ask(path: string, { method = "GET", headers = {}, agent }: AskOptions = {}): Promise<Answer> {
  const url = new URL(path, apiUrl());
  const send = url.protocol === "https:" ? requestTls : request;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers,
      timeout: TIMEOUT_MILLISECONDS,
      ...(agent === undefined ? {} : { agent }),
    };
    const sent = send(url, options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.once("error", reject);
      response.once("end", () => {
        const milliseconds = performance.now() - started;
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, body, milliseconds, isReused: sent.reusedSocket });
      });
    });
    sent.once("timeout", () =>
      sent.destroy(new Error(`${url.href}: no answer in ${TIMEOUT_MILLISECONDS / 1000} s`)),
    );
    sent.once("error", reject);
    sent.end();
  });
}

/** The value that `percent` of 100 answers took at most, in milliseconds. */
export function percentile(answers: readonly Answer[], percent: number): number {
  const sorted = answers.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.POSITIVE_INFINITY;
}

/** Command of a shell that deletes one of the API's pods, without waiting; empty: nobody said how. */
export const DELETE_POD = process.env["DELETE_POD"] ?? "";

export function deletePod(command: string): void {
  execFileSync("sh", ["-c", command], { stdio: ["ignore", "ignore", "inherit"] });
}
