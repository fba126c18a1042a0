import type { CloudRecord } from "../../local/cloud/store";
import type { JsonObject } from "../../local/provider/backend";
import { TestCluster } from "./support/kubernetes";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  NAMESPACE,
  SERVICE,
  typed,
  apps,
  settings,
} from "./support/kubernetesObjects";
import { clusterNamed } from "./support/kubernetesPlatform";

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  cluster.timings.rolloutSeconds = 0.1;
});

afterEach(() => cluster.stop());

describe("names", () => {
  test("an object without a name gets the logical one with 8 hex digits, and keeps it", async () => {
    const inputs = await cluster.check(CONFIG_MAP, "settings", { data: { a: "1" } });
    const { name, namespace, annotations } = inputs["metadata"] as JsonObject;
    expect(name).toMatch(/^settings-[0-9a-f]{8}$/);
    expect(namespace).toBe("default");
    expect(annotations).toEqual({ "pulumi.com/autonamed": "true" });
    const request = {
      ...cluster.named(CONFIG_MAP, "settings", "one"),
      ...{ olds: inputs, news: typed(CONFIG_MAP, { data: { a: "2" } }), randomSeed: new Uint8Array([9]) },
    };
    expect((await cluster.backend.check(request)).inputs["metadata"]).toMatchObject({ name });
  });

  test("a given name is left alone, and the provider's namespace is the default", async () => {
    await cluster.connect("one", { namespace: "apps" });
    const inputs = await cluster.check(CONFIG_MAP, "settings", { metadata: { name: "given" } });
    expect(inputs["metadata"]).toEqual({ name: "given", namespace: "apps" });
    const global = await cluster.check(NAMESPACE, "n", { metadata: { name: "n" } });
    expect(global["metadata"]).toEqual({ name: "n" });
  });

  test("what is wrong is reported with the property", async () => {
    const news = typed(DEPLOYMENT, { metadata: { name: "x" }, spec: { replica: 1 } });
    const request = {
      ...cluster.named(DEPLOYMENT, "x", "one"),
      olds: {},
      news,
      randomSeed: new Uint8Array(),
    };
    const { failures } = await cluster.backend.check(request);
    expect(failures.map(({ property }) => property)).toEqual(["spec.replica"]);
  });
});

describe("objects", () => {
  test("are made with the server's metadata, and only once", async () => {
    const { state } = await cluster.create(NAMESPACE, "apps", apps);
    expect(state.id).toBe("apps");
    expect(state.outputs).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "apps" }, generation: 1 },
      status: { phase: "Active" },
    });
    expect((state.outputs["metadata"] as JsonObject)["uid"]).toMatch(/^[0-9a-f-]{36}$/);
    await expect(cluster.create(NAMESPACE, "apps", apps)).rejects.toThrow(
      'AlreadyExists: namespaces "apps" already exists',
    );
    await expect(cluster.create(NAMESPACE, "d", { metadata: { name: "default" } })).rejects.toThrow(
      'AlreadyExists: namespaces "default" already exists',
    );
  });

  test("need their namespace", async () => {
    await expect(cluster.create(CONFIG_MAP, "s", settings())).rejects.toThrow(
      'NotFound: namespaces "apps" not found',
    );
  });

  test("keep the fields of the server over an update, and count generations", async () => {
    const selector = { a: "b" };
    const spec = { ports: [{ port: 80 }], selector, type: "ClusterIP" };
    await cluster.create(NAMESPACE, "apps", apps);
    await cluster
      .create(SERVICE, "s", { metadata: { name: "s", namespace: "apps" }, spec })
      .catch(() => undefined);
    const [record] = cluster.store.list({ type: "v1/Service" }) as [CloudRecord];
    const inputs = await cluster.check(SERVICE, "s", { metadata: { name: "s", namespace: "apps" }, spec });
    const old = { type: SERVICE, name: "s", inputs, state: { id: "apps/s", outputs: record.properties } };
    const changed = { metadata: { name: "s", namespace: "apps" }, spec: { ...spec, clusterIP: "10.0.9.9" } };
    await expect(cluster.update(old, changed)).rejects.toThrow(
      'spec.clusterIP: Invalid value: "10.0.9.9": field is immutable',
    );
    const { clusterIP: before } = record.properties["spec"] as JsonObject;
    const headless = { ...spec, ports: [{ port: 81 }] };
    await cluster
      .update(old, { metadata: { name: "s", namespace: "apps" }, spec: headless })
      .catch(() => undefined);
    const [after] = cluster.store.list({ type: "v1/Service" }) as [CloudRecord];
    expect(after.properties["spec"]).toMatchObject({ clusterIP: before, ports: [{ port: 81 }] });
    expect(after.properties["metadata"]).toMatchObject({
      uid: (record.properties["metadata"] as JsonObject)["uid"] ?? null,
      generation: 2,
    });
  });

  test("that nobody may change are not changed", async () => {
    await cluster.create(NAMESPACE, "apps", apps);
    const created = await cluster.create(CONFIG_MAP, "s", { ...settings(), immutable: true });
    await expect(cluster.update(created, { ...settings({ a: "2" }), immutable: true })).rejects.toThrow(
      "field is immutable when `immutable` is set",
    );
  });

  test("of a kind that is not served say how to add it", async () => {
    await expect((async () => cluster.check("kubernetes:batch/v1:CronJob", "x", {}))()).rejects.toThrow(
      /no matches for kind "CronJob" in version "batch\/v1".*To add a kind: .*kinds.ts/,
    );
    await expect(cluster.backend.invoke("kubernetes:helm:template", {}, "one")).rejects.toThrow(
      "has no function kubernetes:helm:template",
    );
  });

  test("of the vertical pod autoscaler need its add-on", async () => {
    const token = "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler";
    const inputs = {
      metadata: { name: "v", namespace: "apps" },
      spec: { targetRef: { kind: "Deployment", name: "a" } },
    };
    await cluster.create(NAMESPACE, "apps", apps);
    expect((await cluster.create(token, "v", inputs)).state.id).toBe("apps/v");
    cluster.platform.clusters = [clusterNamed("one", { verticalPodAutoscaler: false })];
    const other = { ...inputs, metadata: { name: "w", namespace: "apps" } };
    await expect(cluster.create(token, "w", other)).rejects.toThrow(
      'no matches for kind "VerticalPodAutoscaler" in version "autoscaling.k8s.io/v1"',
    );
  });

  test("deleted twice are no error, and a namespace takes its objects along", async () => {
    const namespace = await cluster.create(NAMESPACE, "apps", apps);
    const map = await cluster.create(CONFIG_MAP, "s", settings());
    await cluster.delete(namespace);
    expect(cluster.store.list({ cloud: "kubernetes" })).toEqual([]);
    await expect(cluster.delete(map)).resolves.toBeUndefined();
  });
});

describe("two clusters", () => {
  test("have their own objects, and one takes its own along", async () => {
    cluster.platform.clusters = [clusterNamed("one"), clusterNamed("two")];
    await cluster.connect("two");
    const first = await cluster.create(NAMESPACE, "apps", apps);
    await cluster.create(NAMESPACE, "apps", apps, "two");
    await cluster.create(CONFIG_MAP, "s", settings(), "two");
    await cluster.delete(first);
    const under = clusterNamed("two").id;
    expect(cluster.store.list({ cloud: "kubernetes" }).map(({ id }) => id)).toEqual([
      `${under}/kubernetes/v1/Namespace/-/apps`,
      `${under}/kubernetes/v1/ConfigMap/apps/settings`,
    ]);
    expect(cluster.store.list({ under })).toHaveLength(2);
  });
});
