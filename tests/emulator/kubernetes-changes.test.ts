import type { CloudRecord } from "../../local/cloud/store";
import { UNKNOWN, type JsonObject } from "../../local/provider/backend";
import { TestCluster } from "./support/kubernetes";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  deployment,
  NAMESPACE,
  SECRET,
  apps,
  settings,
} from "./support/kubernetesObjects";
import { clusterNamed, kubeconfig, kubeloginUser } from "./support/kubernetesPlatform";

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start();
  cluster.timings.rolloutSeconds = 0.1;
});

afterEach(() => cluster.stop());

/** Changes an object behind Pulumi's back, as kubectl would. */
function tamper(type: string, change: (object: JsonObject) => JsonObject): void {
  const [record] = cluster.store.list({ type }) as [CloudRecord];
  cluster.store.put({ ...record, properties: change(structuredClone(record.properties)) });
}

describe("differences", () => {
  const secret = (value: string): JsonObject => ({
    metadata: { name: "keys", namespace: "apps" },
    stringData: { key: value },
  });

  beforeEach(async () => {
    await cluster.create(NAMESPACE, "apps", apps);
  });

  test("none where nothing changed, an update where a label did", async () => {
    const created = await cluster.create(CONFIG_MAP, "s", settings());
    expect((await cluster.diff(created, settings())).changes).toEqual({});
    const labelled = { ...settings(), metadata: { name: "settings", namespace: "apps", labels: { a: "b" } } };
    expect((await cluster.diff(created, labelled)).changes).toEqual({ "metadata.labels": "add" });
  });

  test("another name or namespace is another object", async () => {
    const created = await cluster.create(CONFIG_MAP, "s", settings());
    const moved = await cluster.diff(created, {
      ...settings(),
      metadata: { name: "other", namespace: "apps" },
    });
    expect(moved).toEqual({ changes: { "metadata.name": "update-replace" }, deleteBeforeReplace: false });
  });

  test("data of a ConfigMap or a Secret needs a new one, which cannot be there beside the old one of the name", async () => {
    const map = await cluster.create(CONFIG_MAP, "s", settings());
    expect(await cluster.diff(map, settings({ a: "2" }))).toEqual({
      changes: { "data.a": "update-replace" },
      deleteBeforeReplace: true,
    });
    const created = await cluster.create(SECRET, "keys", secret("one"));
    expect((await cluster.diff(created, secret("two"))).changes).toEqual({
      "stringData.key": "update-replace",
    });
    await cluster.connect("one", { enableConfigMapMutable: "true", enableSecretMutable: "true" });
    expect((await cluster.diff(map, settings({ a: "2" }))).changes).toEqual({ "data.a": "update" });
    expect((await cluster.diff(created, secret("two"))).changes).toEqual({ "stringData.key": "update" });
  });

  test("an object that was named by Pulumi can be made before the old one goes", async () => {
    const unnamed = (value: string): JsonObject => ({ metadata: { namespace: "apps" }, data: { a: value } });
    const created = await cluster.create(CONFIG_MAP, "s", unnamed("1"));
    expect((await cluster.diff(created, unnamed("2"))).deleteBeforeReplace).toBe(false);
  });

  test("another selector is another Deployment, more replicas are not", async () => {
    const inputs = await cluster.check(DEPLOYMENT, "api", deployment("api"));
    const old = { type: DEPLOYMENT, name: "api", inputs, state: { id: "apps/api", outputs: inputs } };
    const scaled = await cluster.diff(old, deployment("api", { spec: { replicas: 3 } }));
    expect(scaled.changes).toEqual({ "spec.replicas": "update" });
    const selector = { matchLabels: { app: "api", tier: "web" } };
    const moved = await cluster.diff(old, deployment("api", { spec: { selector }, labels: { tier: "web" } }));
    expect(moved.changes).toMatchObject({ "spec.selector.matchLabels.tier": "add-replace" });
    expect(moved.deleteBeforeReplace).toBe(true);
  });

  test("another cluster is another provider", async () => {
    const to = (name: string): JsonObject => ({ kubeconfig: kubeconfig(clusterNamed(name).fqdn) });
    const same = { kubeconfig: kubeconfig(clusterNamed("one").fqdn, kubeloginUser("spn")) };
    expect((await cluster.backend.diffConfig?.(to("one"), to("two")))?.changes).toEqual({
      kubeconfig: "update-replace",
    });
    expect((await cluster.backend.diffConfig?.(to("one"), same))?.changes).toEqual({ kubeconfig: "update" });
  });
});

describe("a refresh", () => {
  test("sees what somebody changed, and only that", async () => {
    await cluster.create(NAMESPACE, "apps", apps);
    const created = await cluster.create(CONFIG_MAP, "s", settings());
    expect((await cluster.read(created))?.inputs).toEqual(created.inputs);
    tamper("v1/ConfigMap", (object) => ({ ...object, data: { a: "changed", b: "added" } }));
    const seen = await cluster.read(created);
    expect(seen?.inputs).toEqual({ ...created.inputs, data: { a: "changed" } });
    expect(seen?.outputs["data"]).toEqual({ a: "changed", b: "added" });
  });

  test("sees through defaults and order in a Deployment", async () => {
    await cluster.create(NAMESPACE, "apps", apps);
    const image = "mcr.microsoft.com/pause:1";
    const created = await cluster.create(DEPLOYMENT, "api", deployment("api", { container: { image } }));
    expect((await cluster.read(created))?.inputs).toEqual(created.inputs);
    tamper("apps/v1/Deployment", (object) => {
      const text = JSON.stringify(object).replaceAll(image, "mcr.microsoft.com/pause:2");
      return JSON.parse(text) as JsonObject;
    });
    const inputs = (await cluster.read(created))?.inputs ?? {};
    expect(JSON.stringify(inputs)).toBe(
      JSON.stringify(created.inputs).replaceAll(image, "mcr.microsoft.com/pause:2"),
    );
  });

  test("decodes what was given as text, and marks it as secret", async () => {
    await cluster.create(NAMESPACE, "apps", apps);
    const secret = { metadata: { name: "keys", namespace: "apps" }, stringData: { key: "value" } };
    const created = await cluster.create(SECRET, "keys", secret);
    expect(created.state.outputs["data"]).toEqual({ key: Buffer.from("value").toString("base64") });
    expect(created.state.secrets).toEqual(["data", "stringData"]);
    expect((await cluster.read(created))?.inputs).toEqual(created.inputs);
  });

  test("finds nothing where the object is gone", async () => {
    const namespace = await cluster.create(NAMESPACE, "apps", apps);
    await cluster.delete(namespace);
    expect(await cluster.read(namespace)).toBeUndefined();
  });
});

describe("a preview", () => {
  const preview = async (inputs: JsonObject, connection = "one"): Promise<JsonObject> => {
    const request = { ...cluster.named(DEPLOYMENT, "api", connection), inputs, preview: true };
    return (await cluster.backend.create(request)).outputs;
  };

  test("promises inputs and defaults, and no status", async () => {
    const inputs = await cluster.check(DEPLOYMENT, "api", deployment("api"));
    const outputs = await preview(inputs);
    expect(outputs["status"]).toBe(UNKNOWN);
    expect(outputs["spec"]).toMatchObject({ strategy: { type: "RollingUpdate" } });
    expect(cluster.store.list()).toEqual([]);
  });

  test("of a cluster that does not exist yet needs none", async () => {
    await cluster.backend.configure("new", { kubeconfig: UNKNOWN });
    const inputs = await cluster.check(DEPLOYMENT, "api", deployment("api"), "new");
    expect((await preview(inputs, "new"))["kind"]).toBe("Deployment");
    const request = { ...cluster.named(DEPLOYMENT, "api", "new"), inputs, preview: false };
    await expect(cluster.backend.create(request)).rejects.toThrow(
      "the kubeconfig of its provider is not known",
    );
  });

  test("of an update keeps the status, so that what depends on it does not seem to change", async () => {
    const inputs = await cluster.check(DEPLOYMENT, "api", deployment("api"));
    const { outputs } = await cluster.backend.update({
      ...cluster.named(DEPLOYMENT, "api", "one"),
      ...{ id: "apps/api", oldInputs: inputs, newInputs: inputs, preview: true },
      oldOutputs: { status: { readyReplicas: 2 } },
    });
    expect(outputs["status"]).toEqual({ readyReplicas: 2 });
  });
});
