/** What a deployed API must answer, checked over HTTP. */

export interface Target {
  /** Where the API answers, without a trailing slash. */
  readonly url: string;
  /** Full SHA of the commit that the API must be built from. */
  readonly commit: string;
}

export interface CheckResult {
  readonly name: string;
  /** What was wrong; undefined where the check passed. */
  readonly failure: string | undefined;
}

type Check = (target: Target) => Promise<void>;

const REQUEST_TIMEOUT_MS = 10_000;
const GREETING = "Automate all the things!";
/** How far the API's clock may be from this machine's, in seconds. */
const CLOCK_TOLERANCE = 300;

const CHECKS: Readonly<Record<string, Check>> = {
  "GET / greets with the time": async ({ url }) => {
    const { status, headers, body } = await request(url, "/");
    expectEqual("status", status, 200);
    expectEqual("content type", mediaType(headers), "application/json");
    const greeting = parseObject(body);
    expectEqual("keys", Object.keys(greeting).sort().join(), "message,timestamp");
    expectEqual("message", greeting["message"], GREETING);
    const { timestamp } = greeting;
    if (!Number.isInteger(timestamp))
      throw new Error(`timestamp: got ${show(timestamp)}, allowed: an integer`);
    const distance = Math.abs(Number(timestamp) - Date.now() / 1000);
    if (distance > CLOCK_TOLERANCE) throw new Error(`timestamp: ${Math.round(distance)} s away from now`);
  },
  "GET /health is ok": async ({ url }) => {
    const { status, body } = await request(url, "/health");
    expectEqual("status", status, 200);
    expectEqual("status in the body", parseObject(body)["status"], "ok");
  },
  "GET /healthz is ok": expectStatus("/healthz", 200),
  "GET /readyz is ok": expectStatus("/readyz", 200),
  "GET /version/<commit> is the deployed commit": async ({ url, commit }) => {
    expectEqual(`status for ${commit}`, (await request(url, `/version/${commit}`)).status, 204);
  },
  "an unknown path is a problem": async ({ url }) => {
    const { status, headers, body } = await request(url, "/no-such-path");
    expectEqual("status", status, 404);
    expectEqual("content type", mediaType(headers), "application/problem+json");
    expectEqual("status in the body", parseObject(body)["status"], 404);
  },
  "a wrong method is refused": async ({ url }) => {
    const { status, headers } = await request(url, "/", "DELETE");
    expectEqual("status", status, 405);
    if (headers.get("allow")?.includes("GET") !== true)
      throw new Error(`allow: got ${show(headers.get("allow"))}`);
  },
  "responses name their request and nothing of the server": async ({ url }) => {
    const { headers } = await request(url, "/");
    if (!headers.get("x-request-id")) throw new Error("x-request-id: got nothing");
    expectEqual("x-powered-by", headers.get("x-powered-by"), null);
    expectEqual("x-content-type-options", headers.get("x-content-type-options"), "nosniff");
  },
};

/** Names of all checks. */
export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

/** Runs every check once. */
export async function runChecks(target: Target): Promise<CheckResult[]> {
  return Promise.all(
    Object.entries(CHECKS).map(async ([name, check]) => {
      try {
        await check(target);
        return { name, failure: undefined };
      } catch (error) {
        return { name, failure: describe(error) };
      }
    }),
  );
}

function expectStatus(path: string, expected: number): Check {
  return async ({ url }) => {
    expectEqual("status", (await request(url, path)).status, expected);
  };
}

async function request(url: string, path: string, method = "GET") {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const response = await fetch(`${url}${path}`, { method, signal, redirect: "error" });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function mediaType(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";")[0] ?? "";
}

function parseObject(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error(`body: got ${show(value)}, allowed: a JSON object`);
}

function expectEqual(what: string, got: unknown, allowed: unknown): void {
  if (got !== allowed) throw new Error(`${what}: got ${show(got)}, allowed: ${show(allowed)}`);
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** `fetch` hides the reason of a failed connection in `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
