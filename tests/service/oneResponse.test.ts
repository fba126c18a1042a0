import { buildService, ServerProcess } from "./support/process";
import { get, RawConnection } from "./support/http";
import { Agent } from "node:http";
import { eventually } from "./support/api";

/** Each request gets one response, and only what is complete leaves the connection open. */
let server: ServerProcess;
let port: number;

beforeAll(async () => {
  buildService();
  server = new ServerProcess();
  port = await server.port();
}, 120_000);

afterAll(() => server.dispose());

const statusesIn = (received: string): readonly number[] =>
  [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

const json = "Content-Type: application/json\r\n";

test.each([
  ["an unknown coding", "POST /nowhere", "Transfer-Encoding: xchunked\r\n", "", 400],
  ["a coding before chunks", "POST /items", `${json}Transfer-Encoding: gzip, chunked\r\n`, "0\r\n\r\n", 400],
  ["a body too large, of which one byte comes", "POST /items", `${json}Content-Length: 100000\r\n`, "{", 413],
  ["a body where none is read, of which one byte comes", "POST /", "Content-Length: 10\r\n", "a", 405],
  ["a body for an unknown path, which never comes", "PUT /nowhere", "Content-Length: 10\r\n", "", 404],
  [
    "chunks for an unknown path, which are none",
    "POST /nowhere",
    "Transfer-Encoding: chunked\r\n",
    "zz\r\n",
    404,
  ],
  ["chunks that are none", "POST /items", `${json}Transfer-Encoding: chunked\r\n`, "zz\r\n", 400],
  ["a body of GET that never comes", "GET /", "Content-Length: 10\r\n", "", 200],
  [
    "a body announced and refused before it is sent",
    "POST /items",
    `${json}Expect: 100-continue\r\nContent-Length: 100000\r\n`,
    "",
    413,
  ],
])("%s: one response, the last of its connection", async (_name, line, headers, body, status) => {
  const connection = await RawConnection.open(port, { allowHalfOpen: true });
  connection.write(`${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n${body}`);
  await eventually("the end of the connection", () => (connection.ended ? true : undefined));
  // A client that goes on sends into the void.
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3));
  await get(port, "/", new Agent());
  connection.destroy();
  expect(statusesIn(connection.received)).toEqual([status]);
  expect(connection.received).toMatch(/\r\nConnection: close\r\n/i);
  expect(connection.received).toMatch(/\r\nX-Request-Id: [0-9a-f]{32}\r\n/);
});

test("a client that goes on sending after its last response is closed", async () => {
  const connection = await RawConnection.open(port, { allowHalfOpen: true });
  connection.write("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
  const drip = setInterval(() => {
    connection.write("a");
  }, 100);
  await eventually("its close", () => (connection.closed ? true : undefined)).finally(() => {
    clearInterval(drip);
  });
  expect(statusesIn(connection.received)).toEqual([405]);
});

test("the answers before an invalid request come first", async () => {
  const connection = await RawConnection.open(port);
  connection.write(
    "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n",
  );
  await eventually("the end", () => (connection.closed ? true : undefined));
  expect(statusesIn(connection.received)).toEqual([200, 200, 400]);
});

test("what is sent on a connection after its last response is no request", async () => {
  const connection = await RawConnection.open(port);
  const last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  connection.write(last + "DELETE /items/1 HTTP/1.1\r\nHost: x\r\n\r\n" + "nonsense\r\n\r\n");
  await eventually("the end", () => (connection.closed ? true : undefined));
  expect(statusesIn(connection.received)).toEqual([200]);
  expect(server.lines.filter(({ path }) => path === "/items/1")).toEqual([]);
});

test("a client that still sends a body that is refused is not reset, and reads why", async () => {
  // Half open: the client's own stream does not end when the server's does, so that only the server could break it.
  const connection = await RawConnection.open(port, { allowHalfOpen: true });
  connection.write(`POST /items HTTP/1.1\r\nHost: x\r\n${json}Content-Length: ${256 * 1024}\r\n\r\n`);
  await eventually("the end of the answer", () => (connection.ended ? true : undefined));
  for (let sent = 0; sent < 16; sent += 1) {
    connection.write("x".repeat(1024));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(statusesIn(connection.received)).toEqual([413]);
  expect(connection.failure).toBeUndefined();
  connection.destroy();
});

test("100 Continue comes where the body is wanted, and the connection is kept", async () => {
  const connection = await RawConnection.open(port);
  connection.write(
    `POST /items HTTP/1.1\r\nHost: x\r\n${json}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
  );
  await eventually("the consent", () => (connection.received.includes("\r\n\r\n") ? true : undefined));
  expect(connection.received).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  connection.write("{}GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await eventually("both answers", () => (statusesIn(connection.received).length === 3 ? true : undefined));
  expect(statusesIn(connection.received)).toEqual([100, 404, 200]);
  connection.destroy();
  expect((await get(port, "/", new Agent())).status).toBe(200);
});
