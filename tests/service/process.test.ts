import { Agent } from "node:http";
import { reservePort } from "../support/ports";
import { get, RawConnection } from "./support/http";
import { buildService, ServerProcess } from "./support/process";
import { eventually, sample } from "./support/api";

const started: ServerProcess[] = [];
const agents: Agent[] = [];
/** Set when a load balancer would have taken the server out, and after every test: clients stop. */
let endpointRemoved = false;

function start(environment: Record<string, string> = {}): ServerProcess {
  const server = new ServerProcess(environment);
  started.push(server);
  return server;
}

function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true });
  agents.push(agent);
  return agent;
}

/** A request that stays unanswered until `FINISH` is written: its JSON body lacks the last byte. */
const UNFINISHED =
  "POST /items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{";
const FINISH = "}";

beforeAll(buildService, 60_000);

afterEach(async () => {
  endpointRemoved = true;
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(started.splice(0).map((server) => server.dispose()));
});

test("serves what the image serves, with the process's own metrics", async () => {
  const server = start({ APP_VERSION: "9.8.7", GIT_SHA: "abc1234" });
  const port = await server.port();
  const agent = keepAliveAgent();
  expect(JSON.parse((await get(port, "/version", agent)).body)).toEqual({
    version: "9.8.7",
    commit: "abc1234",
    node: process.version,
  });
  const { body } = await get(port, "/metrics", agent);
  expect(sample(body, "process_resident_memory_bytes")).toBeGreaterThan(1e6);
});

test("a flood of connections keeps no probe out of the port for probes, which answers nothing else", async () => {
  const healthPort = await reservePort();
  const server = start({
    MAX_CONNECTIONS: "4",
    HEALTH_PORT: String(healthPort),
    SHUTDOWN_DELAY_SECONDS: "5",
  });
  const port = await server.port();
  const flood = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(port)));
  await eventually("the drops", () => (flood.filter(({ closed }) => closed).length >= 15 ? true : undefined));
  const probe = new Agent({ keepAlive: false });
  await expect(get(port, "/readyz", probe)).rejects.toThrow();
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    expect((await get(healthPort, path, probe)).status).toBe(200);
  }
  const other = await get(healthPort, "/", probe);
  expect([other.status, other.headers["x-request-id"]]).toEqual([
    404,
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
  server.signal("SIGTERM");
  await server.line("draining");
  expect((await get(healthPort, "/readyz", probe)).status).toBe(503);
  expect((await get(healthPort, "/healthz", probe)).status).toBe(200);
  for (const connection of flood) connection.destroy();
});

test("on SIGTERM serves on, unready, telling clients to leave; then exits with 0 and no request failed", async () => {
  const server = start({ SHUTDOWN_DELAY_SECONDS: "0.8", SHUTDOWN_TIMEOUT_SECONDS: "10" });
  const port = await server.port();
  const failures: unknown[] = [];
  let answered = 0;
  endpointRemoved = false;
  const client = async (): Promise<void> => {
    const agent = keepAliveAgent();
    while (!endpointRemoved) {
      try {
        const { status } = await get(port, "/", agent);
        if (status === 200) answered += 1;
        else failures.push(status);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const clients = [client(), client(), client(), client()];
  const idle = keepAliveAgent();
  expect((await get(port, "/readyz", idle)).status).toBe(200);
  await eventually("traffic", () => (answered > 100 ? true : undefined));

  server.signal("SIGTERM");
  await server.line("draining");
  const prober = new Agent();
  agents.push(prober);
  const [ready, live, greeting] = [
    await get(port, "/readyz", prober),
    await get(port, "/healthz", prober),
    await get(port, "/", keepAliveAgent()),
  ];
  expect([ready.status, live.status, greeting.status]).toEqual([503, 200, 200]);
  expect(greeting.headers.connection).toBe("close");
  const answeredBefore = answered;
  await eventually("traffic while draining", () => (answered > answeredBefore + 20 ? true : undefined));
  endpointRemoved = true;
  await Promise.all(clients);

  expect(await server.exitCode()).toBe(0);
  expect(failures).toEqual([]);
  expect(server.stderr).toBe("");
  const messages = server.lines.map((line) => line.msg).filter((message) => message !== "request");
  expect(messages).toEqual(["listening", "draining", "listener closed", "stopped"]);
  const logged = server.lines.filter((line) => line.msg === "request" && line.path === "/");
  expect(logged).toHaveLength(answered + 1);
});

test("a request that is arriving when the listener closes is answered, and holds the process until then", async () => {
  const server = start({ SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_TIMEOUT_SECONDS: "10" });
  const port = await server.port();
  const connection = await RawConnection.open(port);
  connection.write(UNFINISHED);
  // Answered after the server has read what was written before it.
  expect((await get(port, "/", keepAliveAgent())).status).toBe(200);

  server.signal("SIGINT");
  expect(await server.line("listener closed")).toMatchObject({ in_flight: 0, receiving: 1 });
  await expect(get(port, "/", new Agent())).rejects.toThrow("ECONNREFUSED");
  expect(server.running).toBe(true);
  connection.write(FINISH);
  expect(await server.exitCode()).toBe(0);
  expect(connection.received).toMatch(/^HTTP\/1\.1 404 /);
});

test("a connection that never sent a request does not hold the process", async () => {
  const server = start({ SHUTDOWN_DELAY_SECONDS: "0", SHUTDOWN_TIMEOUT_SECONDS: "5" });
  const connection = await RawConnection.open(await server.port());
  server.signal("SIGTERM");
  expect(await server.exitCode()).toBe(0);
  expect(connection.received).toBe("");
});

test("a request that never ends is given up at the timeout, with exit code 1", async () => {
  const server = start({ SHUTDOWN_DELAY_SECONDS: "0.1", SHUTDOWN_TIMEOUT_SECONDS: "0.5" });
  const port = await server.port();
  const connection = await RawConnection.open(port);
  connection.write(UNFINISHED);
  expect((await get(port, "/", keepAliveAgent())).status).toBe(200);
  server.signal("SIGTERM");
  expect(await server.exitCode()).toBe(1);
  expect(server.lines.at(-1)).toMatchObject({
    level: "error",
    msg: "drain timed out, exiting",
    in_flight: 0,
    receiving: 1,
    timeout_ms: 500,
  });
});

test("a second signal ends the process at once", async () => {
  const server = start({ SHUTDOWN_DELAY_SECONDS: "20" });
  await server.port();
  server.signal("SIGTERM");
  await server.line("draining");
  const since = Date.now();
  server.signal("SIGTERM");
  expect(await server.exitCode()).toBe(143);
  expect(Date.now() - since).toBeLessThan(5000);
  expect(server.lines.at(-1)).toMatchObject({ level: "warn", signal: "SIGTERM" });
});

test("SIGUSR2 turns debug lines on, and off again", async () => {
  const server = start();
  const port = await server.port();
  const agent = keepAliveAgent();
  const probes = (): number => server.lines.filter(({ path }) => path === "/healthz").length;
  await get(port, "/healthz", agent);
  server.signal("SIGUSR2");
  expect(await server.line("log level changed")).toMatchObject({ level: "warn", level_now: "debug" });
  await get(port, "/healthz", agent);
  await eventually("the probe's line", () => (probes() === 1 ? true : undefined));
  server.signal("SIGUSR2");
  await eventually("the second change", () => server.lines.find((line) => line.level_now === "info"));
  await get(port, "/healthz", agent);
  server.signal("SIGTERM");
  await server.line("draining");
  expect(probes()).toBe(1);
});

test("a bad environment ends the start with one message, before anything listens", async () => {
  const server = start({ PORT: "abc" });
  expect(await server.exitCode()).toBe(1);
  expect(server.lines).toEqual([]);
  expect(server.stderr).toBe(
    "The environment of the API is invalid:\n" +
      '  PORT: got "abc"; allowed: an integer from 0 to 65535; fix: correct it, or unset it to get 8080.\n',
  );
});

test("a port in use ends the start with a fatal line", async () => {
  const first = start();
  const second = start({ PORT: String(await first.port()) });
  expect(await second.exitCode()).toBe(1);
  expect(second.lines).toMatchObject([{ level: "fatal", err: { code: "EADDRINUSE" } }]);
});
