import request from "supertest";
import { buildApp } from "../../service/src/app";
import { Lifecycle } from "../../service/src/lifecycle";
import { buildTestApi, COMMIT, VERSION } from "./support/api";

const TRACE_ID = /^[0-9a-f]{32}$/;

describe("GET /", () => {
  test("answers the message and the time in whole seconds", async () => {
    const before = Math.floor(Date.now() / 1000);
    const response = await request(buildTestApi().app).get("/");
    const after = Math.floor(Date.now() / 1000);

    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toBe("application/json; charset=utf-8");
    const body = JSON.parse(response.text) as { message: string; timestamp: number };
    expect(Object.keys(body)).toEqual(["message", "timestamp"]);
    expect(body.message).toBe("Automate all the things!");
    expect(Number.isInteger(body.timestamp)).toBe(true);
    expect(body.timestamp).toBeGreaterThanOrEqual(before);
    expect(body.timestamp).toBeLessThanOrEqual(after);
  });

  test("answers HEAD with the same headers and no body", async () => {
    const response = await request(buildTestApi().app).head("/");
    expect(response.status).toBe(200);
    expect(response.headers["content-length"]).toBe("61");
    expect(response.text).toBeFalsy();
  });

  test("never says 304, because nothing may be stored", async () => {
    const response = await request(buildTestApi().app).get("/").set("If-None-Match", "*");
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty("etag");
  });
});

describe("health", () => {
  test.each(["/health", "/healthz"])("%s is alive in every phase", async (path) => {
    const { app, lifecycle } = buildTestApi();
    const ready = await request(app).get(path);
    lifecycle.startDraining();
    const draining = await request(app).get(path);
    for (const response of [ready, draining]) {
      expect(response.status).toBe(200);
      expect(response.body).toEqual({ status: "ok" });
    }
  });

  test("/readyz is 503 while starting, 200 when ready, 503 while draining and from then on", async () => {
    const { accessLog, metrics } = buildTestApi();
    const lifecycle = new Lifecycle();
    const app = buildApp({ config: { version: VERSION, commit: COMMIT }, accessLog, metrics, lifecycle });

    const starting = await request(app).get("/readyz");
    expect([starting.status, starting.body]).toMatchObject([503, { detail: "The API is starting." }]);
    lifecycle.markReady();
    const ready = await request(app).get("/readyz");
    expect([ready.status, ready.body]).toEqual([200, { status: "ok" }]);
    lifecycle.startDraining();
    lifecycle.markReady();
    const draining = await request(app).get("/readyz");
    expect([draining.status, draining.body]).toMatchObject([503, { detail: "The API is draining." }]);
  });
});

test("/version says which build answers", async () => {
  const response = await request(buildTestApi().app).get("/version");
  expect(response.body).toEqual({ version: VERSION, commit: COMMIT, node: process.version });
});

describe("headers of every response", () => {
  test.each(["/", "/healthz", "/metrics", "/nowhere"])("%s", async (path) => {
    const response = await request(buildTestApi().app).get(path);
    expect(response.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.stringMatching(TRACE_ID) as string,
    });
    expect(response.headers).not.toHaveProperty("x-powered-by");
  });

  test("keep connections while ready, close them while draining", async () => {
    const { app, lifecycle } = buildTestApi();
    const ready = await request(app).get("/").set("Connection", "keep-alive");
    lifecycle.startDraining();
    const draining = await request(app).get("/").set("Connection", "keep-alive");
    expect([ready.headers.connection, draining.headers.connection]).toEqual(["keep-alive", "close"]);
  });
});

describe("request ids", () => {
  test.each(["a", "A-1_b.c", "x".repeat(64)])("keeps %j", async (id) => {
    const response = await request(buildTestApi().app).get("/").set("X-Request-Id", id);
    expect(response.headers["x-request-id"]).toBe(id);
  });

  test.each(["x".repeat(65), "-a", "a b", 'a"b', "a/b", "é"])("replaces %j", async (id) => {
    const response = await request(buildTestApi().app).get("/").set("X-Request-Id", id);
    expect(response.headers["x-request-id"]).toMatch(TRACE_ID);
  });
});
