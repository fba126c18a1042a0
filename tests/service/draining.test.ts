import { Agent } from "node:http";
import { connect } from "node:net";
import { eventually } from "./support/api";
import { TcpBalancer } from "./support/balancer";
import { get, RawConnection } from "./support/http";
import { buildService, ServerProcess } from "./support/process";

const PROBE_PERIOD_MS = 500;
/** As the platform sets it: one period of the probe, and what the probe itself takes. */
const STOP = { SHUTDOWN_DELAY_SECONDS: "0.8", SHUTDOWN_TIMEOUT_SECONDS: "15" };
const REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

const cleanup: (() => unknown)[] = [];
let running = true;

beforeAll(buildService, 60_000);

afterEach(async () => {
  running = false;
  await Promise.all(cleanup.splice(0).map((step) => step()));
});

function start(): ServerProcess {
  const server = new ServerProcess(STOP);
  cleanup.push(() => server.dispose());
  return server;
}

interface Client {
  readonly answered: number;
  readonly failures: readonly unknown[];
}

/** Sends request after request on one connection, as fast as answers come; opens the next when it is told to. */
class FastClient implements Client {
  answered = 0;
  readonly failures: unknown[] = [];

  constructor(private readonly port: number) {
    this.#open();
  }

  #open(): void {
    const socket = connect({ port: this.port, host: "127.0.0.1", noDelay: true });
    cleanup.push(() => socket.destroy());
    let received = "";
    let told = false;
    socket.write(REQUEST);
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text;
      if (!received.endsWith("}")) return;
      if (received.startsWith("HTTP/1.1 200 OK\r\n")) this.answered += 1;
      else this.failures.push(received);
      told = received.includes("\r\nConnection: close\r\n");
      received = "";
      if (!told) socket.write(REQUEST);
    });
    socket.on("error", (error) => isRunning() && this.failures.push(error));
    socket.on("close", () => {
      if (!isRunning()) return;
      if (!told) this.failures.push("closed without an answer");
      this.#open();
    });
  }
}

/** Sends a request every `pauseMs`, as a client of Node.js does it: with its pool of connections or without. */
class SteadyClient implements Client {
  answered = 0;
  readonly failures: unknown[] = [];
  readonly #agent: Agent;

  constructor(
    private readonly port: number,
    keepAlive: boolean,
    private readonly pauseMs: number,
  ) {
    this.#agent = new Agent({ keepAlive, maxSockets: 1 });
    cleanup.push(() => {
      this.#agent.destroy();
    });
    void this.#run();
  }

  async #run(): Promise<void> {
    while (running) {
      try {
        const { status } = await get(this.port, "/", this.#agent);
        if (status === 200) this.answered += 1;
        else this.failures.push(status);
      } catch (error) {
        // The test's end cuts off what is under way.
        if (isRunning()) this.failures.push(error);
      }
      await new Promise((resolve) => setTimeout(resolve, this.pauseMs));
    }
  }
}

function isRunning(): boolean {
  return running;
}

test("stopping one of two instances behind a load balancer fails no request", async () => {
  running = true;
  const [stopped, staying] = [start(), start()];
  const balancer = await TcpBalancer.start([await stopped.port(), await staying.port()], PROBE_PERIOD_MS);
  cleanup.push(() => {
    balancer.stop();
  });
  const clients: readonly Client[] = [
    ...Array.from({ length: 16 }, () => new FastClient(balancer.port)),
    ...Array.from({ length: 4 }, () => new SteadyClient(balancer.port, false, 10)),
    // Often idle when the listener closes, and never idle for long.
    ...Array.from({ length: 40 }, (_, index) => new SteadyClient(balancer.port, true, 20 + 20 * index)),
  ];
  const answered = (): number => clients.reduce((sum, client) => sum + client.answered, 0);
  await eventually("traffic", () => (answered() > 1000 ? true : undefined), 30_000);

  const before = answered();
  stopped.signal("SIGTERM");
  expect(await stopped.exitCode()).toBe(0);
  const answeredMeanwhile = answered() - before;
  const after = answered();
  await eventually("traffic on the other instance", () => (answered() > after + 100 ? true : undefined));

  expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
  // In the two seconds that the stop takes: several thousand, or less on a machine that has other work.
  expect(answeredMeanwhile).toBeGreaterThan(100);
  expect(stopped.lines.filter(({ status }) => status === 499)).toEqual([]);
  expect(staying.running).toBe(true);
}, 90_000);

test("a connection that was idle when the listener closed still gets its next request answered", async () => {
  const server = start();
  const connection = await RawConnection.open(await server.port());
  connection.write(REQUEST);
  await eventually("the first answer", () => (connection.received.includes("\r\n\r\n{") ? true : undefined));

  server.signal("SIGTERM");
  await server.line("draining");
  // Used once more while draining, on another connection, so that this one stays idle until the listener is closed.
  const agent = new Agent({ keepAlive: true });
  cleanup.push(() => {
    agent.destroy();
  });
  const second = await RawConnection.open(await server.port());
  await server.line("listener closed");
  second.write(REQUEST);
  await eventually("the end of the connection", () => (second.closed ? true : undefined));
  expect(second.received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(second.received).toMatch(/\r\nConnection: close\r\n/);
  expect(await server.exitCode()).toBe(0);
});

test("a client that holds on to its connection does not hold the process", async () => {
  const server = start();
  const connection = await RawConnection.open(await server.port(), { allowHalfOpen: true });
  connection.write(REQUEST);
  await eventually("the answer", () => (connection.received === "" ? undefined : true));
  const since = performance.now();
  server.signal("SIGTERM");
  expect(await server.exitCode()).toBe(0);
  expect(performance.now() - since).toBeLessThan(8000);
});
