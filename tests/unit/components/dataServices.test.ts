import * as resources from "@pulumi/azure-native/resources";

import { DataServices } from "../../../components/data/dataServices";
import type { DataSettings } from "../../../config";
import type { RegisteredResource } from "../../support/pulumi";
import { data, identityOf, regions, render, serviceArgs, valueOf } from "./dataFixture";

const NONE: DataSettings = { cosmos: null, redis: null, postgresql: null, storage: null };
const ALL_KEYS = ["cosmos", "postgresql", "storage"] as const;

async function rendered(settings: DataSettings): Promise<readonly RegisteredResource[]> {
  const { resources: registered } = await render(() => {
    const services = new DataServices("data", { ...serviceArgs(), data: settings, regions });
    services.grant("westus2-api", identityOf("westus2"));
  });
  return registered.filter(({ name }) => name !== "group" && name !== "logs");
}

function byName(registered: readonly RegisteredResource[]): Record<string, RegisteredResource> {
  return Object.fromEntries(registered.map((resource) => [resource.name, resource]));
}

test("without a service, there is nothing to create, to reach or to lock", async () => {
  expect.assertions(2);
  const { resources: registered } = await render(() => {
    const services = new DataServices("data", { ...serviceArgs(), data: NONE, regions });
    expect([
      services.privateTargets,
      services.environment,
      services.ports,
      services.lockable,
      services.grant("westus2-api", identityOf("westus2")),
    ]).toEqual([[], {}, [], [], []]);
  });
  expect(registered.map(({ name }) => name).sort()).toEqual(["data", "group", "logs"]);
});

test.each(ALL_KEYS)("%s comes and goes without a change in the others", async (key) => {
  const all = await rendered(data);
  const without = await rendered({ ...data, [key]: null });
  const others = all.filter(
    ({ name }) => !name.startsWith(`data-${key}`) && name !== `westus2-api-${key}` && name !== "data",
  );
  expect(others.length).toBeLessThan(all.length - 3);
  expect(byName(without.filter(({ name }) => name !== "data"))).toEqual(byName(others));
});

test("what the services need, together", async () => {
  expect.assertions(4);
  await render(async () => {
    const services = new DataServices("data", { ...serviceArgs(), data, regions });
    expect(services.ports).toEqual([443, 5432]);
    expect(services.privateTargets.map(({ key }) => key)).toEqual(["cosmos", "postgresql", "blob"]);
    expect(services.lockable.map(({ key }) => key)).toEqual([...ALL_KEYS]);
    expect(Object.keys(await valueOf(services.environmentFor(identityOf("westus2")))).sort()).toEqual([
      "BLOB_CONTAINER",
      "BLOB_ENDPOINT",
      "COSMOS_CONTAINER",
      "COSMOS_DATABASE",
      "COSMOS_ENDPOINT",
      "PGDATABASE",
      "PGHOST",
      "PGPORT",
      "PGSSLMODE",
      "PGUSER",
    ]);
  });
});

test("a grant waits for what its stamp writes to the services", async () => {
  const { dependenciesOf } = await render(() => {
    const services = new DataServices("data", { ...serviceArgs(), data, regions });
    const endpoint = new resources.ResourceGroup("endpoint");
    const grants = services.grant("westus2-api", identityOf("westus2"), { dependsOn: endpoint });
    expect(grants).toHaveLength(3);
  });
  for (const key of ALL_KEYS) expect(dependenciesOf(`westus2-api-${key}`)).toContain("endpoint");
  expect(dependenciesOf("westus2-api-cosmos")).toContain("data-cosmos-container");
});

test("nothing that the services tell holds a secret", async () => {
  const text = JSON.stringify(await rendered(data));
  expect(text).toContain("disableLocalAuth");
  expect(text).not.toMatch(/password(?!Auth)|accountKey|connectionString|sharedKey(?!Access)/i);
});
