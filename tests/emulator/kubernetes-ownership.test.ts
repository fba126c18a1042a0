/** Who owns which field, as server-side apply keeps it. */
import { at } from "../../local/provider/values";
import { nameOfId } from "../../local/kubernetes/translate";
import { kindNamed } from "../../local/kubernetes/kinds";
import type { Manager } from "../../local/kubernetes/ownership/managers";
import { asJson, type KubeObject } from "../../local/kubernetes/types";
import type { JsonObject } from "../../local/provider/backend";
import { failureOf, TestCluster, type TestResource } from "./support/kubernetes";
import { apps, CONFIG_MAP, deployment, DEPLOYMENT, NAMESPACE, settings } from "./support/kubernetesObjects";

const EDITOR: Manager = { name: "kubectl-edit", operation: "Update" };
const NAME = nameOfId(kindNamed("apps/v1", "Deployment"), "apps/api");
const MAP = nameOfId(kindNamed("v1", "ConfigMap"), "apps/settings");
const image = "mcr.microsoft.com/pause:1";
const IGNORED = ["spec.replicas"];
const FORCED = { "pulumi.com/patchForce": "true" };

let cluster: TestCluster;
let made: TestResource;

const wanted = (spec: JsonObject, annotations: JsonObject = {}): JsonObject => ({
  ...deployment("api", { container: { image }, spec }),
  metadata: { name: "api", namespace: "apps", annotations },
});

beforeEach(async () => {
  cluster = await TestCluster.start();
  await cluster.create(NAMESPACE, "apps", apps);
  made = await cluster.create(DEPLOYMENT, "api", wanted({ replicas: 4 }));
});

afterEach(() => cluster.stop());

const specOf = async (): Promise<JsonObject> => {
  const live = (await cluster.api.get(NAME)) as KubeObject;
  return at(asJson(live), "spec") as JsonObject;
};

/** Changes the live Deployment as a person would. */
async function edit(change: (text: string) => string): Promise<void> {
  const live = (await cluster.api.get(NAME)) as KubeObject;
  const record = cluster.store.list({ type: "apps/v1/Deployment" })[0]?.properties ?? {};
  const metadata = { ...live.metadata, managedFields: at(record, "metadata.managedFields") ?? [] };
  const object = JSON.parse(change(JSON.stringify({ ...live, metadata }))) as JsonObject;
  await cluster.api.replace(NAME, object, EDITOR);
}

test("a field that its only owner leaves out goes back to its default", async () => {
  await cluster.update(made, wanted({ replicas: null, revisionHistoryLimit: 5 }));
  expect(await specOf()).toMatchObject({ replicas: 1, revisionHistoryLimit: 5 });
});

test("a field that somebody else owns is a conflict, in the API server's words", async () => {
  await cluster.api.scale(NAME, 7);
  const failure = await failureOf(cluster.update(made, wanted({ replicas: 4, revisionHistoryLimit: 5 })));
  expect(failure.message).toBe(
    'Conflict: Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas',
  );
  expect(await specOf()).toMatchObject({ replicas: 7, revisionHistoryLimit: 10 });
});

test("conflicts with several owners are listed by owner", async () => {
  await cluster.api.scale(NAME, 7);
  await edit((text) => text.replaceAll(image, "mcr.microsoft.com/pause:2"));
  const failure = await failureOf(cluster.update(made, wanted({ replicas: 4, revisionHistoryLimit: 5 })));
  expect(failure.reason).toBe(
    [
      'Apply failed with 2 conflicts: conflicts with "kube-controller-manager" with subresource "scale" using apps/v1:',
      "- .spec.replicas",
      'conflicts with "kubectl-edit" using apps/v1:',
      '- .spec.template.spec.containers[name="api"].image',
    ].join("\n"),
  );
});

test("who wants what is there shares it, and it stays when one of them lets it go", async () => {
  await cluster.api.scale(NAME, 7);
  const shared = await cluster.update(made, wanted({ replicas: 7 }));
  await cluster.update(shared, wanted({ replicas: null, revisionHistoryLimit: 5 }));
  expect(await specOf()).toMatchObject({ replicas: 7 });
});

test("by force, the program takes back what others changed, and nothing else", async () => {
  const forced = await cluster.update(made, wanted({ replicas: 4 }, FORCED));
  await edit((text) =>
    text.replaceAll(image, "mcr.microsoft.com/pause:2").replace('"minReadySeconds":0', '"minReadySeconds":3'),
  );
  await edit((text) => text.replace('"revisionHistoryLimit":10', '"revisionHistoryLimit":3'));
  await cluster.update(forced, wanted({ replicas: 5 }, FORCED));
  const spec = await specOf();
  expect(spec).toMatchObject({ replicas: 5, revisionHistoryLimit: 3 });
  expect(at(spec, "template.spec.containers")).toMatchObject([{ image }]);
});

test("what the program ignores stays its owner's, by force too", async () => {
  const forced = await cluster.update(made, wanted({ replicas: 4 }, FORCED), "one", IGNORED);
  await cluster.api.scale(NAME, 7);
  const ignoring = await cluster.update(
    forced,
    wanted({ replicas: 4, revisionHistoryLimit: 5 }, FORCED),
    "one",
    IGNORED,
  );
  expect(await specOf()).toMatchObject({ replicas: 7, revisionHistoryLimit: 5 });
  await cluster.update(ignoring, wanted({ replicas: 4, revisionHistoryLimit: 5 }, FORCED));
  expect(await specOf()).toMatchObject({ replicas: 4 });
});

test("items of a list are told apart by their keys: another's stay, the program's own go with it", async () => {
  const variable = (name: string) => ({ name, value: "1" });
  const withEnv = (...names: string[]): JsonObject =>
    deployment("api", { container: { image, env: names.map(variable) }, spec: { replicas: 1 } });
  const first = await cluster.update(made, withEnv("A", "B"));
  await edit((text) => text.replace('"env":[', '"env":[{"name":"C","value":"1"},'));
  await cluster.update(first, withEnv("B", "D"));
  const [container] = at(await specOf(), "template.spec.containers") as JsonObject[];
  expect(container?.["env"]).toEqual(["B", "D", "C"].map(variable));
});

test("entries of a map belong to who gave them", async () => {
  const map = await cluster.create(CONFIG_MAP, "s", settings({ a: "1", b: "1" }));
  const live = (await cluster.api.get(MAP)) as KubeObject;
  const record = cluster.store.list({ type: "v1/ConfigMap" })[0]?.properties ?? {};
  const added = { ...asJson(live), metadata: at(record, "metadata") ?? {}, data: { a: "1", b: "1", c: "1" } };
  await cluster.api.replace(MAP, added, EDITOR);
  await cluster.update(map, settings({ a: "1" }));
  expect(at(asJson((await cluster.api.get(MAP)) as KubeObject), "data")).toEqual({ a: "1", c: "1" });
});

test("owners are kept as the API server keeps them, and shown to nobody", async () => {
  await cluster.api.scale(NAME, 7);
  const record = cluster.store.list({ type: "apps/v1/Deployment" })[0]?.properties ?? {};
  expect(at(record, "metadata.managedFields")).toEqual([
    expect.objectContaining({
      ...{ manager: "pulumi-kubernetes", operation: "Apply", apiVersion: "apps/v1", fieldsType: "FieldsV1" },
      fieldsV1: expect.objectContaining({
        "f:spec": expect.not.objectContaining({ "f:replicas": {} }) as object,
      }) as object,
    }),
    {
      ...{ manager: "kube-controller-manager", operation: "Update", apiVersion: "apps/v1" },
      ...{ subresource: "scale", fieldsType: "FieldsV1", time: expect.any(String) as string },
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    },
  ]);
  expect((await cluster.api.get(NAME))?.metadata).not.toHaveProperty("managedFields");
});
