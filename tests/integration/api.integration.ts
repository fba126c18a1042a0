/** What anyone can see of a deployed API, whatever it runs on: `make test-integration URL=https://...`. */
import { setTimeout as sleep } from "node:timers/promises";

import { type Answer, DELETE_POD, apiUrl, ask, connections, deletePod, percentile } from "./target";

const MESSAGE = "Automate all the things!";
/** Clocks differ by so much at most. */
const CLOCK_SKEW_SECONDS = 30;
/** For 95 of 100 requests, a network in between included. */
const P95_LIMIT_MILLISECONDS = 500;
/** A pod is told to stop, drains and is gone. */
const DELETION_SECONDS = 30;

interface Greeting {
  readonly message: string;
  readonly timestamp: number;
}

const greetingOf = ({ body }: Answer) => JSON.parse(body) as Greeting;

async function askInParallel(clients: number, requestsEach: number): Promise<Answer[]> {
  const agent = connections({ keepAlive: true, maxSockets: clients });
  const client = async () => {
    const answers: Answer[] = [];
    for (let count = 0; count < requestsEach; count += 1) answers.push(await ask("/", { agent }));
    return answers;
  };
  try {
    return (await Promise.all(Array.from({ length: clients }, client))).flat();
  } finally {
    agent.destroy();
  }
}

describe(`the API at ${apiUrl().href}`, () => {
  test("connectivity: it answers", async () => {
    expect((await ask("/")).status).toBe(200);
  });

  test("structure: a message, and the time in whole seconds", async () => {
    const answer = await ask("/");
    const greeting = greetingOf(answer);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(Object.keys(greeting)).toEqual(["message", "timestamp"]);
    expect(greeting.message).toBe(MESSAGE);
    expect(Number.isInteger(greeting.timestamp)).toBe(true);
  });

  test("freshness: the time is now, and nothing in between keeps an answer", async () => {
    const answer = await ask("/");
    expect(Math.abs(greetingOf(answer).timestamp - Date.now() / 1000)).toBeLessThan(CLOCK_SKEW_SECONDS);
    expect(answer.headers["cache-control"]).toContain("no-store");
  });

  test("health: it is alive, and ready", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const { status, body } = await ask(path);
      expect([path, status, body]).toEqual([path, 200, '{"status":"ok"}']);
    }
  });

  test("errors: an unknown path and a wrong method are told as problems, without internals", async () => {
    const [missing, wrong] = [await ask("/no-such-path"), await ask("/", { method: "DELETE" })];
    expect([missing.status, wrong.status]).toEqual([404, 405]);
    for (const { headers, body } of [missing, wrong]) {
      expect(headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(body).not.toMatch(/node_modules|\.js:|Error:/);
    }
  });

  test("security: it does not say what it is made of, and nobody may guess a type or frame it", async () => {
    const { headers } = await ask("/");
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  test("tracing: each answer has an id of its own, and a caller's is kept", async () => {
    const ids = [await ask("/"), await ask("/")].map(({ headers }) => headers["x-request-id"]);
    expect(new Set(ids).size).toBe(2);
    const own = "integration-test-1";
    expect((await ask("/", { headers: { "X-Request-Id": own } })).headers["x-request-id"]).toBe(own);
  });

  test("performance: 95 of 100 answers come in time, over one connection", async () => {
    const answers = await askInParallel(1, 100);
    expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200));
    expect(answers.filter(({ isReused }) => isReused).length).toBeGreaterThan(90);
    expect(percentile(answers, 95)).toBeLessThan(P95_LIMIT_MILLISECONDS);
  }, 60_000);

  test("concurrency: fifty clients at once are all answered", async () => {
    const answers = await askInParallel(50, 20);
    expect(answers.map(({ status }) => status)).toEqual(Array(1000).fill(200));
    expect(new Set(answers.map((answer) => greetingOf(answer).message))).toEqual(new Set([MESSAGE]));
  }, 60_000);
});

// Only whoever deployed the API can delete a pod of it.
const describeOrSkip = DELETE_POD === "" ? describe.skip : describe;

describeOrSkip("availability (DELETE_POD is the command that deletes a pod)", () => {
  test("no request fails while a pod is deleted", async () => {
    const end = Date.now() + DELETION_SECONDS * 1000;
    const clients = Array.from({ length: 5 }, async () => askUntil(end));
    deletePod(DELETE_POD);
    const answers = (await Promise.all(clients)).flat();
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.length).toBeGreaterThan(1000);
  }, 90_000);
});

/** Asks over a connection that is kept, and over new ones, in turn. */
async function askUntil(end: number): Promise<Answer[]> {
  const [kept, fresh] = [connections({ keepAlive: true }), connections({ keepAlive: false })];
  const answers: Answer[] = [];
  while (Date.now() < end) {
    answers.push(await ask("/", { agent: kept }), await ask("/", { agent: fresh }));
    await sleep(20);
  }
  kept.destroy();
  return answers;
}
