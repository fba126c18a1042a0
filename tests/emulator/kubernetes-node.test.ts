import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent as HttpAgent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectNodeAgent, type NodeAgent } from "../../local/kubernetes";
import { reservePort } from "../support/ports";
import { ask, isComplete, NODE_SERVICE, until, workload } from "./support/node";

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

describe("rollouts", () => {
  test("a rolling update fails no request, on new and on kept connections", async () => {
    await node.applyWorkload(workload("r1"));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    const answers: string[] = [];
    const failures: string[] = [];
    let running = true;
    const keepAlive = new HttpAgent({ keepAlive: true, maxSockets: 1 });
    const kept = (): Promise<string> =>
      new Promise((resolve, reject) => {
        request({ agent: keepAlive, host: "127.0.0.1", port: frontPort }, (response) => {
          response.resume();
          response.on("end", () => {
            resolve(String(response.statusCode));
          });
        })
          .on("error", reject)
          .end();
      });
    const loop = async (once: () => Promise<string>): Promise<void> => {
      while (running) {
        await once().then(
          (answer) => answers.push(answer),
          (error: unknown) => failures.push(String(error)),
        );
        await sleep(2);
      }
    };
    const loops = [loop(async () => (await ask(frontPort)).greeting), loop(kept)];
    const before = answers.length;
    await node.applyWorkload(workload("r2"));
    await until(node, (status) => isComplete(status) && status.pods.length === 2);
    await sleep(100);
    running = false;
    await Promise.all(loops);
    keepAlive.destroy();
    expect(failures).toEqual([]);
    expect(answers.length - before).toBeGreaterThan(30);
    expect((await ask(frontPort)).greeting).toBe("r2");
  });

  test("a new revision that never gets ready takes no old pod away", async () => {
    await node.applyWorkload(workload("r1"));
    await until(node, isComplete);
    await node.applyWorkload(workload("r2", {}, { env: [{ name: "BEHAVIOUR", value: "never-ready" }] }));
    await sleep(500);
    const status = await until(node, () => true);
    expect(status).toMatchObject({ old: 2, updated: 1, ready: 0 });
    expect(status.pods.filter((pod) => pod.ready)).toHaveLength(2);
  });

  test("Recreate ends the old pods before it begins new ones", async () => {
    await node.applyWorkload(workload("r1", { recreate: true }));
    await until(node, isComplete);
    await node.applyWorkload(workload("r2", { recreate: true }));
    const revisions = new Set<string>();
    await until(node, (status) => {
      revisions.add([...new Set(status.pods.map((pod) => pod.revision))].sort().join("+"));
      return isComplete(status);
    });
    expect(revisions).not.toContain("r1+r2");
  });

  test("replicas are scaled up and down without touching the pods that stay", async () => {
    await node.applyWorkload(workload("r1", { replicas: 1 }));
    const [first] = (await until(node, isComplete)).pods;
    await node.applyWorkload(workload("r1", { replicas: 3 }));
    expect((await until(node, isComplete)).pods.map(({ name }) => name)).toContain(first?.name);
    await node.applyWorkload(workload("r1", { replicas: 0 }));
    expect((await until(node, (status) => status.pods.length === 0)).ready).toBe(0);
  });
});

describe("containers", () => {
  test("one that dies is started again while the others serve", async () => {
    await node.applyWorkload(workload("r1"));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    await ask(frontPort, "/die");
    await until(node, ({ pods }) => pods.some(({ restarts }) => restarts === 1));
    expect((await ask(frontPort)).greeting).toBe("r1");
    const { pods } = await until(node, isComplete);
    expect(pods.map(({ restarts }) => restarts).sort()).toEqual([0, 1]);
  });

  test("one that fails its liveness probe is restarted", async () => {
    const livenessProbe = { httpGet: { path: "/", port: 4242 }, periodSeconds: 1, failureThreshold: 1 };
    await node.applyWorkload(workload("r1", { replicas: 1 }, { livenessProbe }));
    const { pods } = await until(node, (status) => (status.pods[0]?.restarts ?? 0) > 0);
    expect(pods[0]?.message).toContain("Liveness probe failed");
  });

  test("one serves a second port that a variable tells it, for each pod another", async () => {
    const ports = [
      { name: "http", containerPort: 8080 },
      { name: "health", containerPort: 8081 },
    ];
    const readinessProbe = { httpGet: { path: "/", port: "health" }, periodSeconds: 1 };
    const env = [{ name: "HEALTH_PORT", value: "8081" }];
    await node.applyWorkload(workload("r1", {}, { ports, readinessProbe, env }));
    await until(node, isComplete);
    const targets = ["http", "health"].map((targetPort, index) => ({ port: 80 + index, targetPort }));
    const { urls } = await node.exposeService({ ...NODE_SERVICE, ports: targets });
    const [greeting, health] = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
    expect(greeting).toContain('"greeting":"hello"');
    expect(health).toBe("healthy");
    await node.applyWorkload(workload("r2", {}, { ports, readinessProbe }));
    const { pods } = await until(node, (status) => status.pods.some(({ message }) => message !== undefined));
    expect(pods.map(({ message = "" }) => message).join()).toContain("does not listen on port health");
  });

  test("one that ignores SIGTERM is killed when its grace period is over", async () => {
    const env = [{ name: "BEHAVIOUR", value: "stubborn" }];
    await node.applyWorkload(workload("r1", { replicas: 1, graceSeconds: 1 }, { env }));
    await until(node, isComplete);
    const begin = Date.now();
    await node.applyWorkload(workload("r1", { replicas: 0, graceSeconds: 1 }, { env }));
    await until(node, ({ pods }) => pods.length === 0);
    expect(Date.now() - begin).toBeGreaterThan(900);
  });

  test("a preStop hook holds SIGTERM back", async () => {
    await node.applyWorkload(workload("r1", { replicas: 1 }, { preStop: { sleep: { seconds: 1 } } }));
    await until(node, isComplete);
    const begin = Date.now();
    await node.applyWorkload(workload("r1", { replicas: 0 }));
    await until(node, ({ pods }) => pods.length === 0);
    expect(Date.now() - begin).toBeGreaterThan(1000);
  });

  test("they see their own environment and nothing of the agent's", async () => {
    process.env["PULUMI_CONFIG_PASSPHRASE"] ??= "not-for-pods";
    await node.applyWorkload(workload("r1"));
    await node.exposeService(NODE_SERVICE);
    await until(node, isComplete);
    expect((await ask(frontPort)).env.sort()).toEqual([
      "GREETING",
      "HOST",
      "HOSTNAME",
      "PATH",
      "POD_NAME",
      "PORT",
    ]);
  });

  test("their output is kept by pod", async () => {
    await node.applyWorkload(workload("r1", { replicas: 1 }));
    const [pod] = (await until(node, isComplete)).pods;
    const log = readFileSync(join(stateFolder, "logs", `${pod?.name ?? ""}.log`), "utf8");
    expect(log).toContain("listening for r1");
  });
});
