/** Several clusters of one stack: each is a world of its own, on one node of this machine. */
import { pruneNode } from "../../local/kubernetes";
import { TestCluster, type TestResource } from "./support/kubernetes";
import {
  apps,
  CONFIG_MAP,
  DEPLOYMENT,
  deployment,
  loadBalancer,
  NAMESPACE,
  SERVICE,
  settings,
} from "./support/kubernetesObjects";
import { clusterNamed } from "./support/kubernetesPlatform";
import { ask } from "./support/node";
import { at, each } from "../../local/provider/values";

// Processes are started for real: a machine under load takes its time.
jest.setTimeout(30_000);

const INGRESS = "status.loadBalancer.ingress[].ip";
const REGIONS = ["one", "one2"] as const;
type Region = (typeof REGIONS)[number];

let clusters: TestCluster;

beforeEach(async () => {
  clusters = await TestCluster.start();
  clusters.platform.clusters = REGIONS.map((name) => clusterNamed(name));
  await clusters.connect("one2");
  for (const region of REGIONS) {
    const { id, name } = clusterNamed(region);
    clusters.store.put({
      ...{ id, cloud: "azure", type: "Microsoft.ContainerService/managedClusters" },
      ...{ properties: { name }, createdAt: "2026-01-01T00:00:00Z", seconds: 0 },
    });
    await clusters.create(NAMESPACE, "apps", apps, region);
  }
});

afterEach(async () => {
  await clusters.stop();
});

/** The API in both clusters at once, under the same names; says its region. */
async function deploy(): Promise<Record<Region, TestResource>> {
  const inRegion = async (region: Region): Promise<TestResource> => {
    const container = { env: [{ name: "GREETING", value: region }] };
    const [service] = await Promise.all([
      clusters.create(SERVICE, "api", loadBalancer("api"), region),
      clusters.create(DEPLOYMENT, "api", deployment("api", { container }), region),
    ]);
    return service;
  };
  const [one, two] = await Promise.all([inRegion("one"), inRegion("one2")]);
  return { one, one2: two };
}

async function portOf(region: Region): Promise<number | undefined> {
  const { services } = await clusters.node.status();
  const found = services.find(({ cluster }) => cluster === clusterNamed(region).id);
  return found?.urls[0] === undefined ? undefined : Number(new URL(found.urls[0]).port);
}

async function greetings(): Promise<(string | undefined)[]> {
  const ports = await Promise.all(REGIONS.map(portOf));
  return Promise.all(
    ports.map(async (port) => (port === undefined ? undefined : (await ask(port)).greeting)),
  );
}

const dataOf = async (object: TestResource, region: Region) =>
  at((await clusters.read(object, region))?.outputs, "data");

test("objects of one name do not mix, and go alone", async () => {
  const first = await clusters.create(CONFIG_MAP, "settings", settings({ region: "one" }), "one");
  const second = await clusters.create(CONFIG_MAP, "settings", settings({ region: "one2" }), "one2");
  expect(first.state.id).toBe(second.state.id);
  expect(await dataOf(first, "one")).toEqual({ region: "one" });
  expect(await dataOf(first, "one2")).toEqual({ region: "one2" });
  await clusters.update(second, settings({ region: "changed" }), "one2");
  expect(await dataOf(first, "one")).toEqual({ region: "one" });
  await clusters.delete(first, "one");
  expect(await clusters.read(first, "one")).toBeUndefined();
  expect(await dataOf(second, "one2")).toEqual({ region: "changed" });
});

test("a namespace takes what is in it along, in its own cluster", async () => {
  await clusters.create(CONFIG_MAP, "settings", settings(), "one");
  const other = await clusters.create(CONFIG_MAP, "settings", settings(), "one2");
  const state = { id: "apps", outputs: {} };
  await clusters.delete({ type: NAMESPACE, name: "apps", inputs: apps, state }, "one");
  expect(await dataOf(other, "one2")).toEqual({ a: "1" });
});

test("pods of both run at once, each behind a port of its own that stays", async () => {
  const services = await deploy();
  const addresses = REGIONS.map((region) => each(services[region].state.outputs, INGRESS)[0]);
  expect(new Set(addresses).size).toBe(2);
  const before = await Promise.all(REGIONS.map(portOf));
  expect(new Set(before).size).toBe(2);
  expect(await greetings()).toEqual(["one", "one2"]);

  const changed = { ...loadBalancer("api"), metadata: { ...metadataOf(), labels: { changed: "true" } } };
  await Promise.all(REGIONS.map((region) => clusters.update(services[region], changed, region)));
  expect(await Promise.all(REGIONS.map(portOf))).toEqual(before);
  const { pid } = await clusters.node.status();
  process.kill(pid, "SIGKILL");
  expect(await Promise.all(REGIONS.map(portOf))).toEqual(before);
  expect(await clusters.node.url()).toBe(`http://127.0.0.1:${Math.min(...before.map(Number))}`);
});

test("a cluster that is gone leaves the other's pods where they are", async () => {
  await deploy();
  const port = await portOf("one2");
  const { id } = clusterNamed("one");
  for (const record of clusters.store.list({ under: id })) clusters.store.remove(record.id);
  clusters.store.remove(id);
  await pruneNode(clusters.store, clusters.node);
  const { workloads } = await clusters.node.status();
  expect(workloads).toHaveLength(1);
  expect(await greetings()).toEqual([undefined, "one2"]);
  expect(await portOf("one2")).toBe(port);

  process.kill((await clusters.node.status()).pid, "SIGKILL");
  expect(await portOf("one2")).toBe(port);
  clusters.platform.clusters = [clusterNamed("one2")];
  await expect(clusters.create(CONFIG_MAP, "settings", settings(), "one")).rejects.toThrow("no such host");
});

function metadataOf() {
  return { name: "api", namespace: "apps" };
}
