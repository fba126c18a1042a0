import { once } from "node:events";
import { Agent, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpServer, HTTP_LIMITS, type HttpLimits } from "../../service/src/httpServer";
import { loadConfig } from "../../service/src/config";
import type { Route } from "../../service/src/routes/routes";
import { buildTestApi, eventually, type TestApi } from "./support/api";
import { get, RawConnection } from "./support/http";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(
  limits: Partial<HttpLimits> = {},
  routes: readonly Route[] = [],
): Promise<TestApi & { server: Server; port: number }> {
  const api = buildTestApi({ routes });
  const { server } = createHttpServer({
    ...api,
    admission: loadConfig({}).admission,
    limits: { ...HTTP_LIMITS, ...limits },
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { ...api, server, port: (server.address() as AddressInfo).port };
}

async function answerTo(port: number, bytes: string): Promise<string> {
  const connection = await RawConnection.open(port);
  connection.write(bytes);
  await eventually("the connection's end", () => (connection.closed ? true : undefined));
  return connection.received;
}

function problemIn(answer: string): unknown {
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")));
}

test("the server has the documented limits", async () => {
  const { server } = await serve();
  expect(server).toMatchObject({
    maxHeadersCount: 100,
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 310_000,
    maxRequestsPerSocket: 10_000,
  });
});

test("requests and responses are born with the application's prototypes", async () => {
  const seen: unknown[] = [];
  const echo: Route = {
    path: "/echo",
    get: (request, response) => {
      response.status(201).json({ agent: request.get("user-agent"), query: request.query });
    },
  };
  const { app, server, port } = await serve({}, [echo]);
  server.prependListener("request", (request, response) => {
    seen.push(
      Object.getPrototypeOf(request) === app.request,
      Object.getPrototypeOf(response) === app.response,
    );
  });
  const agent = new Agent();
  const answer = await get(port, "/echo?a=1", agent);
  agent.destroy();

  expect(seen).toEqual([true, true]);
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.body)).toEqual({ query: { a: "1" } });
});

test("what is not HTTP gets a 400 problem and a log line", async () => {
  const { port, lines } = await serve();
  const answer = await answerTo(port, "\x16\x03\x01 not http\r\n\r\n");
  expect(answer).toMatch(
    /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application\/problem\+json\r\n/,
  );
  expect(problemIn(answer)).toMatchObject({ status: 400, detail: "The request is not valid HTTP." });
  expect(lines()).toMatchObject([{ level: "info", msg: "connection refused", status: 400 }]);
});

test("headers of more than 8 KiB get a 431 problem, 7 KiB pass", async () => {
  const { port } = await serve();
  const withHeader = (bytes: number): string =>
    `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: ${"x".repeat(bytes)}\r\n\r\n`;
  expect(problemIn(await answerTo(port, withHeader(8 * 1024)))).toMatchObject({
    status: 431,
    title: "Request Header Fields Too Large",
    detail: "The request's headers are larger than 8192 bytes.",
  });
  expect(await answerTo(port, withHeader(7 * 1024))).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a request whose headers never end gets a 408 problem", async () => {
  const { port } = await serve({ headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 });
  expect(problemIn(await answerTo(port, "GET / HTTP/1.1\r\nHost:"))).toMatchObject({ status: 408 });
});

test("a connection closes after its last allowed request", async () => {
  const { port } = await serve({ maxRequestsPerSocket: 2 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const connections: (string | undefined)[] = [];
  for (let count = 0; count < 4; count++) connections.push((await get(port, "/", agent)).headers.connection);
  agent.destroy();
  expect(connections).toEqual(["keep-alive", "close", "keep-alive", "close"]);
});
