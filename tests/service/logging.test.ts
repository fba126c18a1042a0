import { connect } from "node:net";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import request from "supertest";
import type { AccessEntry } from "../../service/src/accessLog";
import { createTimestamp } from "../../service/src/logging";
import type { Route } from "../../service/src/routes/routes";
import { buildTestApi, eventually, VERSION } from "./support/api";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("the line of a request", () => {
  test("has exactly these fields, in this order", async () => {
    const { app, lines } = buildTestApi({ logLevel: "info" });
    await request(app).get("/?token=hidden").set("X-Request-Id", "abc").set("traceparent", TRACEPARENT);

    expect(lines()).toHaveLength(1);
    const line = lines()[0] ?? {};
    expect(line).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      service: "aks-platform-api",
      version: VERSION,
      request_id: "abc",
      trace_id: TRACE_ID,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      method: "GET",
      path: "/",
      status: 200,
      duration_ms: expect.any(Number) as number,
      msg: "request",
    });
    expect(Object.keys(line).slice(0, 2)).toEqual(["level", "time"]);
    expect(Math.abs(Date.now() - Date.parse(String(line.time)))).toBeLessThan(5000);
    expect(line.duration_ms).toBeGreaterThan(0);
    expect(line.duration_ms).toBeLessThan(5000);
  });

  test.each(["/health", "/healthz", "/readyz", "/metrics"])("%s is written at debug", async (path) => {
    const { app, lines } = buildTestApi();
    await request(app).get(path);
    expect(lines()).toMatchObject([{ level: "debug", path }]);
  });

  test("at info, probes are not written and all else is", async () => {
    const { app, lines } = buildTestApi({ logLevel: "info" });
    for (const path of ["/healthz", "/", "/readyz", "/nowhere", "/version"]) await request(app).get(path);
    expect(lines().map(({ path, status }) => [path, status])).toEqual([
      ["/", 200],
      ["/nowhere", 404],
      ["/version", 200],
    ]);
  });

  test("a path cannot break the line", async () => {
    const { app, lines } = buildTestApi();
    await request(app).get('/%0a"}{"level":"fatal"?a=1');
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ level: "info", status: 404 });
  });

  test("an absolute request target is logged without host and credentials", async () => {
    const { app, lines } = buildTestApi();
    const server = createServer(app);
    const socket = connect(await listen(server), "127.0.0.1");
    socket.end("GET http://user:pass@host/version?q=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const line = await eventually("the line", () => lines()[0]);
    server.close();
    expect(line).toMatchObject({ path: "/version", status: 200 });
  });

  test("a client that goes away is logged once, as 499", async () => {
    let arrived = false;
    const slow: Route = {
      path: "/slow",
      get: () => {
        arrived = true;
      },
    };
    const { app, lines, lifecycle } = buildTestApi({ routes: [slow] });
    const server = createServer(app);
    const socket = connect(await listen(server), "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    await eventually("the request", () => (arrived ? true : undefined));
    expect(lifecycle.inFlight).toBe(1);
    socket.destroy();
    await eventually("the line", () => lines()[0]);
    server.close();
    expect(lines()).toMatchObject([{ level: "info", path: "/slow", status: 499 }]);
    expect(lifecycle.inFlight).toBe(0);
  });
});

describe("the line that is put together by hand", () => {
  const entries: readonly AccessEntry[] = ["/", '/a"b\\c', "/\u0000\n\u2028é😀\ud800"].flatMap((path) =>
    [TRACE_ID].map((traceId) => ({
      level: "info",
      requestId: "r-1",
      trace: { traceId, spanId: "00f067aa0ba902b8", flags: "01" },
      method: "GET",
      path,
      status: 200,
      durationMs: 0.125,
    })),
  );

  test.each(entries)("is what pino would write: %j", (entry) => {
    const { accessLog, logger, lines, written } = buildTestApi();
    accessLog(entry);
    const { requestId, trace, method, path, status, durationMs } = entry;
    logger.info(
      {
        request_id: requestId,
        trace_id: trace.traceId,
        span_id: trace.spanId,
        method,
        path,
        status,
        duration_ms: durationMs,
      },
      "request",
    );
    const [byHand, byPino] = lines();
    expect({ ...byHand, time: "" }).toEqual({ ...byPino, time: "" });
    expect(Object.keys(byHand ?? {})).toEqual(Object.keys(byPino ?? {}));
    expect(written[0]).toMatch(/^[^\n]+\n$/);
  });
});

test("the time of a line is ISO 8601 to the millisecond, in every millisecond of a second", () => {
  jest.useFakeTimers({ doNotFake: ["performance"] });
  try {
    const timestamp = createTimestamp();
    for (const time of ["2026-02-28T23:59:59.000Z", "2026-02-28T23:59:59.009Z", "2026-03-01T00:00:00.120Z"]) {
      jest.setSystemTime(new Date(time));
      expect(timestamp()).toBe(`,"time":"${time}"`);
    }
  } finally {
    jest.useRealTimers();
  }
});
