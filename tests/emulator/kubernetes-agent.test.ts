import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPort, connectNodeAgent, NodeAgent } from "../../local/kubernetes";
import { addressFile, readAddress } from "../../local/kubernetes/node/address";
import { isPortFree } from "../../local/kubernetes/node/ports";
import { reservePort } from "../support/ports";
import {
  ask,
  childrenOf,
  isComplete,
  isRunning,
  NODE_SERVICE,
  until,
  waitFor,
  workload,
} from "./support/node";

// Processes are started for real: a machine under load takes its time.
jest.setTimeout(30_000);

let stateFolder: string;
let frontPort: number;
let node: NodeAgent;

beforeEach(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), "node-agent-"));
  frontPort = await reservePort();
  node = await connectNodeAgent({ stateFolder, frontPort });
});

afterEach(async () => {
  await node.shutdown();
  rmSync(stateFolder, { recursive: true, force: true });
});

describe("the agent", () => {
  test("is found again by a second client, and keeps its token to its owner", async () => {
    const again = await connectNodeAgent({ stateFolder, frontPort });
    expect((await again.status()).pid).toBe((await node.status()).pid);
    expect(statSync(addressFile(stateFolder)).mode & 0o077).toBe(0);
    const { port } = readAddress(stateFolder) ?? { port: 0 };
    const response = await fetch(`http://127.0.0.1:${port}/shutdown`, { method: "POST" });
    expect(response.status).toBe(401);
  });

  test("killed, leaves no container behind, and its successor takes up what ran", async () => {
    await node.applyWorkload(workload("r1"));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    const { pid } = await node.status();
    const children = childrenOf(pid);
    expect(children.length).toBeGreaterThanOrEqual(2);
    process.kill(pid, "SIGKILL");
    await waitFor(() => children.every((child) => !isRunning(child)));
    const somebody = new NodeAgent(stateFolder, await reservePort());
    expect(await somebody.url()).toBe(`http://127.0.0.1:${frontPort}`);
    expect((await node.status()).pid).not.toBe(pid);
    await until(node, isComplete);
    expect((await ask(frontPort)).greeting).toBe("r1");
  });

  test("takes no notice of an address that a dead agent left, whoever has its process id now", async () => {
    await node.shutdown();
    const stale = { pid: process.pid, port: await reservePort(), token: "stale" };
    writeFileSync(addressFile(stateFolder), JSON.stringify(stale));
    await node.connect();
    expect((await node.status()).pid).not.toBe(process.pid);
    expect(isRunning(process.pid)).toBe(true);
  });

  test("started twice at once is one agent", async () => {
    await node.shutdown();
    const clients = await Promise.all([1, 2, 3].map(() => connectNodeAgent({ stateFolder, frontPort })));
    const pids = await Promise.all(clients.map(async (client) => (await client.status()).pid));
    expect(new Set(pids).size).toBe(1);
  });

  test("ends with its containers when its state folder is removed", async () => {
    await node.applyWorkload(workload("r1"));
    await until(node, isComplete);
    const { pid } = await node.status();
    const children = childrenOf(pid);
    rmSync(stateFolder, { recursive: true, force: true });
    await waitFor(() => !isRunning(pid) && children.every((child) => !isRunning(child)));
    expect(children.filter(isRunning)).toEqual([]);
  });

  test("shut down, leaves nothing", async () => {
    await node.applyWorkload(workload("r1"));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    const { pid } = await node.status();
    const children = childrenOf(pid);
    await node.shutdown();
    await waitFor(() => !isRunning(pid) && children.every((child) => !isRunning(child)));
    expect(await isPortFree(frontPort)).toBe(true);
    expect(readAddress(stateFolder)).toBeUndefined();
  });

  test("keeps what is named and takes the rest away", async () => {
    await node.applyWorkload(workload("r1", { replicas: 1 }));
    await node.applyWorkload({ ...workload("r1", { replicas: 1 }), key: "other" });
    await node.exposeService(NODE_SERVICE);
    await node.retain(["other"]);
    const { workloads, services } = await node.status();
    expect(workloads.map(({ key }) => key)).toEqual(["other"]);
    expect(services).toEqual([]);
  });
});

describe("ports", () => {
  let holder: Server;

  afterEach(() => {
    holder.close();
  });

  async function hold(port: number): Promise<void> {
    holder = createServer();
    await new Promise<void>((resolve) => holder.listen({ host: "127.0.0.1", port }, resolve));
  }

  test("one in use is refused with the way out", async () => {
    await hold(frontPort);
    const message = `Port ${frontPort} of 127.0.0.1 is in use by another program`;
    await expect(checkPort(frontPort)).rejects.toThrow(message);
    await expect(checkPort(frontPort, stateFolder)).rejects.toThrow(`make up PORT=${frontPort + 1}`);
    await expect(node.exposeService(NODE_SERVICE)).rejects.toThrow(message);
  });

  test("one that is none is refused", async () => {
    await hold(await reservePort());
    await expect(checkPort(70000)).rejects.toThrow("expected a whole number from 1 to 65535");
  });

  test("the agent's own one is no conflict, and Services move to another", async () => {
    await hold(await reservePort());
    await node.applyWorkload(workload("r1", { replicas: 1 }));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    await expect(checkPort(frontPort, stateFolder)).resolves.toBeUndefined();
    const other = await reservePort();
    const moved = await connectNodeAgent({ stateFolder, frontPort: other });
    expect(await moved.url("apps/api")).toBe(`http://127.0.0.1:${other}`);
    expect(await isPortFree(frontPort)).toBe(true);
    expect((await fetch(`http://127.0.0.1:${other}`)).status).toBe(200);
  });

  test("a second Service gets the next free one", async () => {
    await hold(await reservePort());
    await node.exposeService(NODE_SERVICE);
    const second = await node.exposeService({ ...NODE_SERVICE, key: "s2", name: "web" });
    expect(await node.url("apps/api")).toBe(`http://127.0.0.1:${frontPort}`);
    expect(second.urls[0]).not.toBe(`http://127.0.0.1:${frontPort}`);
    expect(await node.url("apps/nobody")).toBeUndefined();
  });
});
