import request from "supertest";
import { MAX_BODY_BYTES } from "../../service/src/problem";
import type { Route } from "../../service/src/routes/routes";
import { buildTestApi } from "./support/api";

const ID = "test-1";

function expectProblem(response: request.Response, status: number, title: string, detail: RegExp): void {
  expect(response.status).toBe(status);
  expect(response.headers["content-type"]).toBe("application/problem+json");
  expect(response.headers["x-request-id"]).toBe(ID);
  expect(response.body).toEqual({
    type: "about:blank",
    title,
    status,
    detail: expect.stringMatching(detail) as string,
    instance: ID,
  });
}

function failing(path: string, error: unknown): Route {
  return {
    path,
    get: () => {
      throw error;
    },
  };
}

const withStatus = (status: unknown): Error => Object.assign(new Error("the secret cause"), { status });

describe("refusals", () => {
  test.each(["/nowhere", "/health/more", "/%ff", "/..%2f"])("404 on %s", async (path) => {
    const response = await request(buildTestApi().app).get(path).set("X-Request-Id", ID);
    expectProblem(response, 404, "Not Found", /no such resource/);
  });

  test.each([
    ["post", "/"],
    ["put", "/version"],
    ["patch", "/readyz"],
    ["delete", "/healthz"],
    ["options", "/metrics"],
  ] as const)("405 on %s %s, with Allow", async (method, path) => {
    const response = await request(buildTestApi().app)[method](path).set("X-Request-Id", ID);
    expect(response.headers.allow).toBe("GET, HEAD");
    expectProblem(response, 405, "Method Not Allowed", /Allowed: GET, HEAD/);
  });

  test("400 on a body that is not JSON", async () => {
    const response = await request(buildTestApi().app)
      .post("/items")
      .set("X-Request-Id", ID)
      .set("Content-Type", "application/json")
      .send('{"secret": ');
    expectProblem(response, 400, "Bad Request", /^The request body is not valid JSON/);
  });

  test("413 on a body of one byte too many, and not on the largest allowed", async () => {
    const ofBytes = (bytes: number): string =>
      JSON.stringify("x".repeat(bytes - 4)).replace(/^(.*)$/, "[$1]");
    const { app } = buildTestApi();
    const send = (bytes: number): request.Test =>
      request(app)
        .post("/items")
        .set("X-Request-Id", ID)
        .set("Content-Type", "application/json")
        .send(ofBytes(bytes));

    expectProblem(await send(MAX_BODY_BYTES + 1), 413, "Payload Too Large", /larger than 16384 bytes/);
    expect((await send(MAX_BODY_BYTES)).status).toBe(404);
  });

  test.each([
    ["Content-Encoding", "lzma", /Content-Encoding is not supported/],
    ["Content-Type", "application/json; charset=koi8-r", /charset is not supported/],
  ])("415 on %s: %s", async (header, value, detail) => {
    const response = await request(buildTestApi().app)
      .post("/items")
      .set({ "X-Request-Id": ID, "Content-Type": "application/json", [header]: value })
      .send("{}");
    expectProblem(response, 415, "Unsupported Media Type", detail);
  });
});

describe("failures", () => {
  const routes = [
    failing("/throws", new Error("the secret cause")),
    failing("/string", "the secret cause"),
    failing("/null", null),
    failing("/claims-502", withStatus(502)),
    failing("/claims-200", withStatus(200)),
    failing("/claims-text", withStatus("404")),
    {
      path: "/rejects",
      get: async () => {
        await Promise.resolve();
        throw new Error("the secret cause");
      },
    },
  ];

  test.each(["/throws", "/string", "/claims-502", "/claims-200", "/claims-text", "/rejects"])(
    "500 on %s, saying nothing of the cause",
    async (path) => {
      const { app, lines } = buildTestApi({ routes });
      const response = await request(app).get(path).set("X-Request-Id", ID);
      expectProblem(response, 500, "Internal Server Error", /failed on the server/);
      expect(JSON.stringify([response.text, response.headers])).not.toMatch(/secret|\.ts|node_modules/);

      expect(lines()).toHaveLength(1);
      expect(lines()[0]).toMatchObject({ level: "error", status: 500, request_id: ID });
      expect(JSON.stringify(lines()[0])).toContain("the secret cause");
    },
  );

  test("an error of the client's is a problem of its own status, and no error in the log", async () => {
    const { app, lines } = buildTestApi({ routes: [failing("/gone", withStatus(410))] });
    const response = await request(app).get("/gone").set("X-Request-Id", ID);
    expectProblem(response, 410, "Gone", /^The request is malformed\.$/);
    expect(lines()).toMatchObject([{ level: "info", status: 410 }]);
    expect(lines()[0]).not.toHaveProperty("err");
  });

  test("a failure after the headers cuts the connection and is logged as a 500", async () => {
    const half: Route = {
      path: "/half",
      get: (_request, response) => {
        response.write("half");
        throw new Error("the secret cause");
      },
    };
    const { app, lines } = buildTestApi({ routes: [half] });
    await expect(request(app).get("/half")).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(lines()).toMatchObject([{ level: "error", status: 500, path: "/half" }]);
  });
});
