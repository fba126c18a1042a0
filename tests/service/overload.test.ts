import { once } from "node:events";
import { Agent, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { AdmissionLimits } from "../../service/src/admission";
import { createHttpServer, HTTP_LIMITS, type HttpLimits } from "../../service/src/httpServer";
import type { Route } from "../../service/src/routes/routes";
import { buildTestApi, eventually, sample, type TestApi } from "./support/api";
import { get, RawConnection } from "./support/http";
import { held, spin } from "./support/routes";

const UNLIMITED: AdmissionLimits = { maxConnections: 10_000, maxInFlight: 10_000, maxQueueDelayMs: 60_000 };
const cleanup: (() => unknown)[] = [];

afterEach(() => {
  for (const step of cleanup.splice(0)) step();
});

interface Served extends TestApi {
  readonly server: Server;
  readonly port: number;
  readonly metric: (series: string) => Promise<number | undefined>;
}

async function serve(
  admission: Partial<AdmissionLimits>,
  routes: readonly Route[] = [],
  limits: Partial<HttpLimits> = {},
): Promise<Served> {
  const api = buildTestApi({ routes, logLevel: "info" });
  const { server } = createHttpServer({
    ...api,
    admission: { ...UNLIMITED, ...admission },
    limits: { ...HTTP_LIMITS, ...limits },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const metric = async (series: string): Promise<number | undefined> =>
    sample(await api.metrics.registry.metrics(), series);
  return { ...api, server, port: (server.address() as AddressInfo).port, metric };
}

function pool(): Agent {
  const agent = new Agent({ keepAlive: true });
  cleanup.push(() => {
    agent.destroy();
  });
  return agent;
}

test("more requests in flight than allowed get a 503 with Retry-After; probes and scrapes never do", async () => {
  const { route, release } = held();
  const { port, lifecycle, lines, metric } = await serve({ maxInFlight: 2 }, [route]);
  const agent = pool();
  const taken = [get(port, "/held", agent), get(port, "/held", agent)];
  await eventually("both in flight", () => (lifecycle.inFlight === 2 ? true : undefined));

  const refused = [await get(port, "/", agent), await get(port, "/held", agent), await get(port, "/", agent)];
  for (const { status, headers, body } of refused) {
    expect(status).toBe(503);
    expect(headers).toMatchObject({ "retry-after": "1", "content-type": "application/problem+json" });
    expect(JSON.parse(body)).toMatchObject({ status: 503, instance: headers["x-request-id"] });
  }
  for (const path of ["/health", "/healthz", "/readyz", "/metrics"]) {
    expect((await get(port, path, agent)).status).toBe(200);
  }
  release();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([204, 204]);
  expect((await get(port, "/", agent)).status).toBe(200);

  expect(await metric('http_requests_refused_total{reason="in_flight"}')).toBe(3);
  expect(await metric('http_requests_total{method="GET",route="refused",status="503"}')).toBe(3);
  expect(lines().filter(({ level }) => level === "warn")).toMatchObject([
    { msg: "overloaded, refusing requests", reason: "in_flight", in_flight: 2 },
  ]);
});

test("requests that waited while the process had no processor are served: nobody is before them", async () => {
  const idle: Route = {
    path: "/idle",
    get: (_request, response) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      response.status(204).end();
    },
  };
  // A fifth of the limit may be work: so much that what this process collects as garbage meanwhile does not reach it.
  const { port } = await serve({ maxQueueDelayMs: 2000 }, [idle]);
  const agent = pool();
  await Promise.all(Array.from({ length: 6 }, () => get(port, "/", agent)));
  const answers = await Promise.all(Array.from({ length: 6 }, () => get(port, "/idle", agent)));
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(204));
});

test("requests that waited too long for the processor are refused, and the next turn serves again", async () => {
  const work: Route = {
    path: "/work",
    get: (_request, response) => {
      spin(10);
      response.status(204).end();
    },
  };
  const { port, metric } = await serve({ maxQueueDelayMs: 50 }, [work]);
  const agent = pool();
  // The queue that counts is that of open connections; new ones are taken one a turn.
  await Promise.all(Array.from({ length: 100 }, () => get(port, "/", agent)));
  const statuses = (await Promise.all(Array.from({ length: 100 }, () => get(port, "/work", agent)))).map(
    ({ status }) => status,
  );
  const served = statuses.filter((status) => status === 204).length;
  expect(new Set(statuses)).toEqual(new Set([204, 503]));
  expect(served).toBeGreaterThanOrEqual(1);
  expect(await metric('http_requests_refused_total{reason="queue_delay"}')).toBe(100 - served);
  expect((await get(port, "/work", agent)).status).toBe(204);
});

test("connections beyond the limit are answered 503 until there is room, far beyond it closed; those within are served on", async () => {
  const { port, metric } = await serve({ maxConnections: 8 });
  const agent = pool();
  await Promise.all(Array.from({ length: 8 }, () => get(port, "/", agent)));
  const ninth = new Agent({ keepAlive: true });
  const refused = await get(port, "/", ninth);
  expect([refused.status, refused.headers.connection]).toEqual([503, "keep-alive"]);
  const connections = await Promise.all(Array.from({ length: 6 }, () => RawConnection.open(port)));
  const closed = (): number => connections.filter((connection) => connection.closed).length;
  await eventually("the drops", () => (closed() >= 5 ? true : undefined));
  expect(closed()).toBe(5);
  // There are ten now. The eight from before are served on.
  const eight = await Promise.all(Array.from({ length: 8 }, () => get(port, "/", agent)));
  expect(eight.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
  expect(await metric('http_requests_refused_total{reason="dropped"}')).toBe(5);
  expect((await get(port, "/", ninth)).status).toBe(503);
  agent.destroy();
  await eventually("room", async () => ((await get(port, "/", ninth)).status === 200 ? true : undefined));
  ninth.destroy();
});

test("a turn that goes over many connections again and again is no queue", async () => {
  const work: Route = {
    path: "/work",
    get: (_request, response) => {
      spin(2);
      response.status(204).end();
    },
  };
  const { port, metric } = await serve({ maxQueueDelayMs: 100 }, [work]);
  // Each sends its next request as soon as it has the answer, so that there is always one to read.
  const client = async (agent: Agent): Promise<void> => {
    for (let count = 0; count < 40; count += 1) expect((await get(port, "/work", agent)).status).toBe(204);
  };
  await Promise.all(Array.from({ length: 8 }, () => client(pool())));
  expect(await metric('http_requests_refused_total{reason="queue_delay"}')).toBeUndefined();
});

test("a handler that never answers ends in a 503 at the deadline", async () => {
  const { route, release } = held();
  const { port, lines } = await serve({}, [route], { responseTimeout: 60 });
  const answer = await get(port, "/held", pool());
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
  release();
  expect((await get(port, "/", pool())).status).toBe(200);
  expect(lines()).toContainEqual(expect.objectContaining({ level: "error", msg: "no response in time" }));
});

test("a client that does not take its response is cut off", async () => {
  const large: Route = {
    path: "/large",
    get: (_request, response) => {
      response.end(Buffer.alloc(32 * 1024 * 1024));
    },
  };
  const { port, lifecycle, lines } = await serve({}, [large], { responseTimeout: 100 });
  const socket = connect(port, "127.0.0.1");
  cleanup.push(() => socket.destroy());
  let closed = false;
  socket.on("error", () => undefined).on("close", () => (closed = true));
  socket.pause();
  socket.write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  await eventually("the response", () => (lifecycle.inFlight === 1 ? true : undefined));
  await eventually("its end", () => (lifecycle.inFlight === 0 ? true : undefined));
  socket.resume();
  await eventually("the end of the connection", () => (closed ? true : undefined));
  expect(lines()).toContainEqual(expect.objectContaining({ status: 499, path: "/large" }));
});

test("at five times the capacity of a slow dependency, goodput stays above 80 % of the peak", async () => {
  const SERVICE_MS = 200;
  const WORKERS = 4;
  let [busy, answered] = [0, 0];
  const queue: (() => void)[] = [];
  const work = (): void => {
    const answer = busy < WORKERS ? queue.shift() : undefined;
    if (answer === undefined) return;
    busy += 1;
    setTimeout(() => {
      busy -= 1;
      answer();
      work();
    }, SERVICE_MS);
  };
  const dependent: Route = {
    path: "/dependent",
    get: (_request, response) => {
      queue.push(() => {
        answered += 1;
        response.status(204).end();
      });
      work();
    },
  };
  const { port, lifecycle } = await serve({ maxInFlight: 20 }, [dependent]);
  const agent = pool();
  /** Answers in three seconds at so many requests a second, whatever becomes of them. */
  const goodput = async (perSecond: number): Promise<number> => {
    const before = answered;
    const pending: Promise<unknown>[] = [];
    const since = performance.now();
    let most = 0;
    while (performance.now() - since < 3000) {
      const due = ((performance.now() - since) / 1000) * perSecond;
      while (pending.length < due) pending.push(get(port, "/dependent", agent));
      most = Math.max(most, lifecycle.inFlight, queue.length);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const count = answered - before;
    await Promise.all(pending);
    expect(most).toBeLessThanOrEqual(20);
    return count;
  };
  const capacity = (WORKERS * 1000) / SERVICE_MS;
  const peak = await goodput(capacity);
  const overloaded = await goodput(5 * capacity);
  expect(overloaded).toBeGreaterThan(0.8 * peak);
}, 30_000);
