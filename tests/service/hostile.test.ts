import { connect } from "node:net";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { Agent } from "node:http";
import { eventually } from "./support/api";
import { get, rawAnswer, RawConnection } from "./support/http";
import { buildService, ServerProcess } from "./support/process";

let server: ServerProcess;
let port: number;

beforeAll(async () => {
  buildService();
  server = new ServerProcess({ MAX_CONNECTIONS: "50" });
  port = await server.port();
}, 120_000);

afterAll(() => server.dispose());

/** After an attack the API still serves, has not crashed, and has written no line of a failure. */
async function expectUnharmed(): Promise<void> {
  const agent = new Agent();
  expect((await get(port, "/", agent)).status).toBe(200);
  expect(server.running).toBe(true);
  expect(server.stderr).toBe("");
  expect(server.lines.filter(({ level }) => level === "error" || level === "fatal")).toEqual([]);
}

const close = "Connection: close\r\n";

test.each([
  ["bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["an unknown method", `BREW / HTTP/1.1\r\nHost: x\r\n${close}\r\n`, 400],
  ["no host", `GET / HTTP/1.1\r\n${close}\r\n`, 400],
  ["a header without a colon", `GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n`, 400],
  ["a header folded over lines", `GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n${close}\r\n`, 400],
  ["a space before the colon", `GET / HTTP/1.1\r\nHost : x\r\n\r\n`, 400],
  ["two lengths", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  [
    "a length and chunks",
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ["a negative length", `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`, 400],
  [
    "a chunk of no size",
    `POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    400,
  ],
  ["two hosts", `GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n${close}\r\n`, 400],
  ["the same host twice", `GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n${close}\r\n`, 400],
  ["a host with a path", `GET / HTTP/1.1\r\nHost: x/y\r\n${close}\r\n`, 400],
  ["a host with credentials", `GET / HTTP/1.1\r\nHost: a@x\r\n${close}\r\n`, 400],
  ["a host with a space", `GET / HTTP/1.1\r\nHost: x y\r\n${close}\r\n`, 400],
  ["a port that is none", `GET / HTTP/1.1\r\nHost: x:http\r\n${close}\r\n`, 400],
  ["an unknown transfer coding", `GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n`, 400],
  ["an unknown expectation", `GET / HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n${close}\r\n`, 417],
  ["a tunnel", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 400],
  ["101 headers", `GET / HTTP/1.1\r\nHost: x\r\n${"X: a\r\n".repeat(100)}${close}\r\n`, 431],
  ["headers of 9 KiB", `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(9216)}\r\n\r\n`, 431],
  ["an address of 9 KiB", `GET /${"a".repeat(9216)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
])("%s: refused once, by status alone, under a request's id", async (_name, bytes, status) => {
  const answer = await rawAnswer(port, bytes);
  expect(answer.status).toBe(status);
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  expect(JSON.parse(answer.text)).toMatchObject({ status, instance: answer.headers["x-request-id"] });
  expect(answer.text).not.toMatch(/node_modules|\.js|\.ts|at [A-Z]/);
  await expectUnharmed();
});

test.each(["utf-7", "utf-16", "utf-32", "UTF-16LE", "latin1", "shift_jis", "none"])(
  "a body in the charset %s: refused",
  async (charset) => {
    const type = `Content-Type: application/json; charset=${charset}\r\nContent-Length: 14\r\n`;
    const answer = await rawAnswer(
      port,
      `POST /items HTTP/1.1\r\nHost: x\r\n${type}${close}\r\n{"name":"+AC"}`,
    );
    expect(answer.status).toBe(415);
    await expectUnharmed();
  },
);

test.each([
  ["/..%2f..%2fetc/passwd", 404],
  ["/../../etc/passwd", 404],
  ["//example.com/", 404],
  ["/%00", 404],
  ["/%ff", 404],
  ["/items/%ff", 400],
  ["/items/..%2f1", 404],
  ["/status.json%00.html", 404],
  ["/__proto__", 404],
  ["/constructor", 404],
  ["/?__proto__[a]=1&constructor=2", 200],
  ["*", 404],
  ["http://[::1", 404],
])("GET %s answers %i and no more", async (target, status) => {
  const answer = await rawAnswer(port, `GET ${target} HTTP/1.1\r\nHost: x\r\n${close}\r\n`);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toMatch(/root:|node_modules|\.js\b/);
  await expectUnharmed();
});

test("a body far over the limit is refused while it is sent", async () => {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString())).on("error", () => undefined);
  const megabytes = 64;
  socket.write(
    `POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${megabytes * 2 ** 20}\r\n\r\n`,
  );
  await eventually("the refusal", () => (received.startsWith("HTTP/1.1 413 ") ? true : undefined));
  socket.destroy();
  await expectUnharmed();
});

test("a small body that unpacks to a large one is refused", async () => {
  const bomb = gzipSync(Buffer.alloc(10 * 2 ** 20, " "));
  const head =
    `POST /items HTTP/1.1\r\nHost: x\r\n${close}Content-Type: application/json\r\nContent-Encoding: gzip\r\n` +
    `Content-Length: ${bomb.length}\r\n\r\n`;
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
  socket.write(head);
  socket.write(bomb);
  await once(socket, "close");
  expect(received).toMatch(/^HTTP\/1\.1 413 /);
  await expectUnharmed();
});

test("connections that send a byte now and then take no place from others, and are closed", async () => {
  const slow = await Promise.all(Array.from({ length: 40 }, () => RawConnection.open(port)));
  const started = performance.now();
  for (const connection of slow) connection.write("GET / HTTP/1.1\r\n");
  const drip = setInterval(() => {
    for (const connection of slow) connection.write("X-A: b\r\n");
  }, 500);
  try {
    expect((await get(port, "/", new Agent())).status).toBe(200);
    await eventually("their end", () => (slow.every(({ closed }) => closed) ? true : undefined), 30_000);
    expect(performance.now() - started).toBeGreaterThan(5000);
    for (const { received } of slow) expect(received).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    clearInterval(drip);
    for (const connection of slow) connection.destroy();
  }
  await expectUnharmed();
}, 60_000);
