import { Agent } from "node:http";
import { connect, type Socket } from "node:net";
import type { OpenApiDocument } from "../../service/src/openapi/types";
import { MAX_AWAITED_BODIES } from "../../service/src/body";
import { MAX_UNANSWERED } from "../../service/src/httpServer";
import { eventually, sample } from "./support/api";
import { get, RawConnection } from "./support/http";
import { buildService, ServerProcess } from "./support/process";

/** What a client without credentials can do to the API, started with the image's own limit of the heap. */
let server: ServerProcess;
let port: number;
const sockets: Socket[] = [];

beforeAll(() => {
  buildService();
}, 120_000);

beforeEach(async () => {
  server = new ServerProcess();
  port = await server.port();
}, 30_000);

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.dispose();
});

const metric = async (series: string): Promise<number | undefined> =>
  sample((await get(port, "/metrics", new Agent())).body, series);

/** Connections that send the bytes and never read an answer. */
function neverRead(connections: number, bytes: string): void {
  for (let count = 0; count < connections; count += 1) {
    const socket = connect(port, "127.0.0.1").pause();
    socket.on("error", () => undefined).write(bytes);
    sockets.push(socket);
  }
}

/** Right behind a flood a request may have waited too long, and is refused; the next one is served. */
async function expectServing(): Promise<void> {
  await eventually("an answer", async () => {
    const { status } = await get(port, "/", new Agent());
    return status === 200 ? true : undefined;
  });
}

const MB = 1e6;
/** Some 100 to 175 MB were measured; a profile gives the pod 192 MiB at least. */
const LEAST_LIMIT_MB = 200;

test("answers that nobody reads take no memory, on any route", async () => {
  const { body } = await get(port, "/openapi.json", new Agent());
  const { paths } = JSON.parse(body) as OpenApiDocument;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace("{id}", "1")} HTTP/1.1\r\n`),
  );
  expect(operations.length).toBeGreaterThan(15);
  const others = ["GET /nowhere HTTP/1.1\r\n", "PUT / HTTP/1.1\r\n"];
  for (const line of [...operations, ...others]) {
    neverRead(
      20,
      `${line}Host: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`.repeat(800),
    );
    neverRead(20, `${line}Host: x\r\n\r\n`.repeat(1600));
    await expectServing();
    expect(server.residentBytes / MB).toBeLessThan(LEAST_LIMIT_MB);
  }
  expect(await metric('http_requests_refused_total{reason="pipelined"}')).toBeGreaterThan(20);
  await eventually("the end of what was begun", async () =>
    (await metric("http_requests_in_flight")) === 1 ? true : undefined,
  );
  expect(server.stderr).toBe("");
}, 60_000);

test("a thousand such connections at once leave the heap room", async () => {
  neverRead(1000, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1600));
  await expectServing();
  expect(server.residentBytes / MB).toBeLessThan(LEAST_LIMIT_MB);
  expect(server.stderr).toBe("");
}, 60_000);

test("as many requests at once as are allowed are answered in turn, one more ends the connection", async () => {
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const patient = await RawConnection.open(port);
  const statuses = (): readonly string[] => patient.received.match(/HTTP\/1\.1 \d+/g) ?? [];
  patient.write(request("/nowhere") + request("/").repeat(MAX_UNANSWERED - 1));
  await eventually("all answers", () => (statuses().length === MAX_UNANSWERED ? true : undefined));
  expect(statuses()).toEqual(["HTTP/1.1 404", ...Array<string>(MAX_UNANSWERED - 1).fill("HTTP/1.1 200")]);
  patient.write(request("/").repeat(MAX_UNANSWERED + 1));
  await eventually("the end", () => (patient.closed ? true : undefined));
});

test("requests of a connection that goes away do not stay in flight", async () => {
  for (let count = 0; count < 40; count += 1) {
    const connection = await RawConnection.open(port);
    connection.write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30));
    connection.destroy();
  }
  await eventually("their end", async () =>
    (await metric("http_requests_in_flight")) === 1 ? true : undefined,
  );
  expect(server.running).toBe(true);
}, 30_000);

test("1,200 clients that announce a body and never send it keep nobody out", async () => {
  const announced = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
  const clients = await Promise.all(Array.from({ length: 1200 }, () => RawConnection.open(port)));
  for (const client of clients) client.write(announced("/items"));
  try {
    const awaited = "http_requests_receiving";
    await eventually("those that wait", async () =>
      (await metric(awaited)) === MAX_AWAITED_BODIES ? true : undefined,
    );
    const agent = new Agent({ keepAlive: true });
    for (let probe = 0; probe < 50; probe += 1) expect((await get(port, "/", agent)).status).toBe(200);
    agent.destroy();
    expect(await metric("http_requests_in_flight")).toBe(1);
    expect(await metric('http_requests_refused_total{reason="bodies"}')).toBeGreaterThan(0);
    // A slow machine may refuse some at once, by their wait for the processor.
    const refused = () =>
      clients.filter(({ received }) => /^HTTP\/1\.1 503 .*\r\n\r\n\{[^{}]*\}$/s.test(received)).length;
    await eventually("the refusals", () => (refused() >= 1200 - MAX_AWAITED_BODIES ? true : undefined));
    expect(clients.filter(({ received }) => received === "").length).toBeLessThanOrEqual(MAX_AWAITED_BODIES);
    // Whoever sends the body with the request is served among them.
    const sender = await RawConnection.open(port);
    sender.write(announced("/items").replace("100", "2") + "{}");
    await eventually("its answer", () => (sender.received.startsWith("HTTP/1.1 404 ") ? true : undefined));
    sender.destroy();
  } finally {
    for (const client of clients) client.destroy();
  }
}, 60_000);
