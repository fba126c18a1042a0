/** A real Kubernetes on this machine, from `up` to `down`. The tests have it for themselves, in the order below. */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { type Manifest, apply } from "../../local/cluster/addons/manifest";
import { accessOf, bringDown, bringUp } from "../../local/cluster/cluster";
import { run } from "../../local/cluster/commands";
import { kubeconfigOf } from "../../local/cluster/credentials";
import { type RealCluster, findCluster } from "../../local/cluster/find";
import { buildImage } from "../../local/cluster/images";
import { kubectl } from "../../local/cluster/kubectl";
import { createClusterLayout } from "../../local/cluster/layout";
import { findMachine, runOn } from "../../local/cluster/machines";
import { endProcesses, findProcesses, waitUntil } from "../../local/cluster/processes";
import { NODES } from "../../local/cluster/topology";
import { machineState } from "./support/machineState";
import * as objects from "./support/objects";
import { answerOf } from "./support/requests";
import { whyNoClusterForTests } from "./support/requirements";

const layout = createClusterLayout();
const reason = whyNoClusterForTests(layout);
if (reason !== undefined) process.stderr.write(`The tests of the real cluster are skipped: ${reason}\n`);
const describeHere = reason === undefined ? describe : describe.skip;

const URL_HERE = `http://127.0.0.1:${objects.NODE_PORT}/`;
const ask = async (...args: string[]) =>
  kubectl(accessOf(layout), ["--namespace", objects.NAMESPACE, ...args]);
const create = async (...manifests: Manifest[]) => apply(layout, manifests);

/** Node of each pod of the servers' Deployment. */
async function serverNodes(): Promise<string[]> {
  const fields = "jsonpath={range .items[*]}{.spec.nodeName} {end}";
  return (await ask("get", "pods", "--selector", "app=server", "--output", fields)).trim().split(" ").sort();
}

/** What a URL answers to the client's pod; nothing where it does not answer. */
async function fetchFromClient(url: string): Promise<string | undefined> {
  return ask("exec", "client", "--", "/server", "fetch", url).catch(() => undefined);
}

/** Policies are asked about new connections alone. */
const opensHere = async () => (await answerOf(URL_HERE)) !== undefined;

async function findRunning(): Promise<RealCluster> {
  const search = await findCluster({}, layout);
  if ("reason" in search) throw new Error(search.reason);
  return search.cluster;
}

describeHere("a real cluster", () => {
  let folder: string;
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    // What an earlier run that was killed has left is none of this one's.
    await bringDown(layout);
    before = await machineState();
    folder = mkdtempSync(path.join(tmpdir(), "cluster-test-"));
    const [executable, archive] = [path.join(folder, "server"), path.join(folder, "server.tar")];
    const source = path.join(__dirname, "server", "main.go");
    const environment = { ...process.env, CGO_ENABLED: "0" };
    await run("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", executable, source], { environment });
    await buildImage(objects.IMAGE, executable, archive);
    await bringUp(layout, () => undefined);
    const cluster = await findRunning();
    await cluster.importImage(archive);
    await cluster.importImage(archive, objects.REFERENCE);
    await create(objects.namespace);
    await create(...objects.server, objects.client);
    const isReady = [
      "--for",
      "condition=Ready",
      "--timeout",
      "60s",
      "pod",
      "--selector",
      "app in (server, client)",
    ];
    await ask("wait", ...isReady);
  }, 900_000);

  afterAll(async () => {
    await bringDown(layout);
    rmSync(folder, { recursive: true, force: true });
  }, 180_000);

  test("has ready nodes of the pinned version, and a kubeconfig for its owner alone", async () => {
    const { nodes, kubeconfig, origin } = await findRunning();
    expect(origin).toBe("local");
    expect(nodes).toEqual(
      NODES.map(({ name, address }) => ({ name, address, isReady: true, version: `v${layout.version}` })),
    );
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  });

  test("starts nothing anew where it runs, and says nothing", async () => {
    // Others come and go: what starts a container ends when it runs.
    const daemons = () =>
      findProcesses(layout.folder)
        .filter(({ program }) => /^(etcd|kube|pause|containerd$|network)/.test(program))
        .map(({ pid }) => pid);
    const started = daemons();
    const lines: string[] = [];
    await bringUp(layout, (line) => lines.push(line));
    expect(lines).toEqual([]);
    expect(started.length).toBeGreaterThan(10);
    expect(daemons()).toEqual(started);
  });

  test("runs restricted pods on both nodes, and answers on node ports of this machine and of each node", async () => {
    expect(await serverNodes()).toEqual(NODES.map(({ name }) => name));
    const names = new Set<string>();
    // A node learns of a pod a moment after it is ready.
    const hasBoth = async () => {
      const answer = await answerOf(URL_HERE);
      if (answer !== undefined) names.add(answer.body);
      return names.size === 2 || `answers of ${[...names].join(", ")}`;
    };
    await waitUntil("the second server", hasBoth, { seconds: 20 });
    for (const { name } of NODES) {
      const fetchThere = () => runOn(layout, name, "curl", ["--silent", "--max-time", "3", URL_HERE]);
      const isAnswered = async () => names.has(await fetchThere().catch(String));
      await waitUntil(`an answer on ${name}`, isAnswered, { seconds: 20 });
    }
  });

  test("leaves all packets of a connection to one processor, as a network card does", async () => {
    const look = "mount -t sysfs sysfs /sys; cat /sys/class/net/eth0/queues/rx-0/rps_cpus";
    const processors = await run("sed", ["-n", "s/^Cpus_allowed:[[:space:]]*//p", "/proc/self/status"]);
    for (const { name } of NODES) {
      expect(await runOn(layout, name, "unshare", ["--mount", "sh", "-euc", look])).toBe(processors);
    }
  });

  test("refuses pods that are more than restricted", async () => {
    await expect(create(objects.privilegedPod)).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
  });

  test("knows a node by its certificate, and keeps it from what is another's", async () => {
    const asNode = { kubeconfig: kubeconfigOf(layout, "node-1"), kubectl: layout.program("kubectl") };
    await expect(kubectl(asNode, ["label", "node", "node-1", "of=itself"])).resolves.toMatch(/labeled/);
    const foreign = kubectl(asNode, ["label", "node", "node-2", "of=another"]);
    await expect(foreign).rejects.toThrow(/node 'node-1' cannot read 'node-2'/);
    const secrets = kubectl(asNode, ["get", "secrets", "--all-namespaces"]);
    await expect(secrets).rejects.toThrow(/User "system:node:node-1" cannot list resource "secrets"/);
  });

  test("closes and opens connections by network policies", async () => {
    const url = `http://server.${objects.NAMESPACE}.svc.cluster.local/`;
    const answers = (expected: boolean) => async () =>
      ((await fetchFromClient(url)) !== undefined) === expected;
    await waitUntil("the open connection", answers(true), { seconds: 60 });
    await create(objects.denyAll);
    try {
      await waitUntil("the closed connection", answers(false), { seconds: 60 });
      await waitUntil("the closed node port", async () => !(await opensHere()), { seconds: 60 });
      await create(...objects.allowClient);
      await waitUntil("the allowed connection", answers(true), { seconds: 60 });
      expect(await opensHere()).toBe(false);
    } finally {
      await ask("delete", "networkpolicy", "--all");
    }
    await waitUntil("the node port", opensHere, { seconds: 60 });
    expect(await fetchFromClient(url)).toMatch(/^server-/);
  }, 400_000);

  test("measures pods, so that an autoscaler sees their use and scales them", async () => {
    await create(objects.autoscaler);
    let isOver = false;
    const load = async () => {
      while (!isOver) await fetch(`${URL_HERE}work`).catch(() => undefined);
    };
    const users = [load(), load(), load()];
    const isScaled = async () => {
      if ((await serverNodes()).length === 3) return true;
      return `the autoscaler sees ${await ask("get", "hpa", "server", "--output", "jsonpath={.status}")}`;
    };
    try {
      await waitUntil("the third server", isScaled, { seconds: 300 });
    } finally {
      isOver = true;
      await Promise.all(users);
    }
    const use = "jsonpath={.status.currentMetrics[0].resource.current.averageUtilization}";
    expect(Number(await ask("get", "hpa", "server", "--output", use))).toBeGreaterThan(0);
    await ask("delete", "hpa", "server");
  }, 400_000);

  test("moves pods off a node that is drained, and goes on answering", async () => {
    const [drained, other] = NODES.map(({ name }) => name);
    const options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout", "60s"];
    await ask("drain", drained ?? "", ...options);
    const areMoved = async () => {
      const nodes = await serverNodes();
      return nodes.every((node) => node === other) ? true : `the servers are on ${nodes.join(", ")}`;
    };
    await waitUntil("the move", areMoved, { seconds: 60 });
    await ask("wait", "--for", "condition=Available", "--timeout", "60s", "deployment/server");
    await waitUntil("the node port", opensHere, { seconds: 20 });
    expect(new Set(await serverNodes())).toEqual(new Set([other]));
    await ask("uncordon", drained ?? "");
  }, 240_000);

  test("is incomplete when a node is lost, and `down` still leaves nothing of it", async () => {
    const lost = findMachine(layout, NODES[0]?.name ?? "");
    await endProcesses(layout.folder, ({ pid }) => pid === lost);
    const search = await findCluster({}, layout);
    expect("reason" in search ? search.reason : "").toMatch(
      /these do not run: node-1\/pause, node-1\/containerd/,
    );
    await bringDown(layout);
    expect(findProcesses(layout.folder)).toEqual([]);
    expect(existsSync(layout.folder)).toBe(false);
    expect(await machineState()).toEqual(before);
    await bringDown(layout);
    expect(await opensHere()).toBe(false);
  }, 180_000);
});
