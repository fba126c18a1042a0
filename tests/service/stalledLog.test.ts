import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { reservePort } from "../support/ports";
import { eventually, type LogLine, sample } from "./support/api";
import { get } from "./support/http";
import { buildService, serverCommand } from "./support/process";

/** Some lines of these fill any pipe. */
const LONG_PATH = `/${"x".repeat(6000)}`;
const REQUESTS = 600;

let child: ChildProcess;
let port: number;
const agent = new Agent({ keepAlive: true });

beforeAll(buildService, 120_000);

beforeEach(async () => {
  port = await reservePort();
  child = spawn(process.execPath, serverCommand.args, {
    cwd: serverCommand.folder,
    env: { NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await eventually("the start", async () =>
    get(port, "/readyz", new Agent()).then(
      ({ status }) => (status === 200 ? true : undefined),
      () => undefined,
    ),
  );
});

afterEach(async () => {
  agent.destroy();
  child.kill("SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
});

async function ask(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) expect((await get(port, LONG_PATH, agent)).status).toBe(404);
}

const dropped = async (): Promise<number> =>
  sample((await get(port, "/metrics", agent)).body, "log_lines_dropped_total") ?? NaN;

test("a log that nobody reads holds up no request and no probe; what was dropped is counted, and told", async () => {
  await ask(REQUESTS);
  expect((await get(port, "/healthz", agent)).status).toBe(200);
  const lost = await eventually("dropped lines", async () => {
    const count = await dropped();
    return count > 0 ? count : undefined;
  });
  expect(lost).toBeLessThan(REQUESTS);
  let written = "";
  child.stdout?.on("data", (chunk: Buffer) => (written += chunk.toString()));
  const lines = (): readonly LogLine[] =>
    written
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  const told = await eventually("the line that tells", () => lines().find((line) => "dropped" in line));
  expect(told).toMatchObject({ level: "warn", msg: "log lines dropped, nobody read them" });
  expect(told["dropped"]).toBe(await dropped());
  await ask(1);
  await eventually("the lines kept", () =>
    lines().filter(({ path }) => path === LONG_PATH).length === REQUESTS + 1 - Number(told["dropped"])
      ? true
      : undefined,
  );
}, 30_000);

test("a process whose log nobody reads still stops in time", async () => {
  await ask(REQUESTS);
  const since = performance.now();
  child.kill("SIGTERM");
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(performance.now() - since).toBeLessThan(5000);
}, 30_000);

test("a process whose log's reader has gone serves on", async () => {
  child.stdout?.destroy();
  await ask(100);
  expect((await get(port, "/readyz", agent)).status).toBe(200);
}, 30_000);
