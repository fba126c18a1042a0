/** The data services on the real engine, in a cloud that writes down what is written to one service at a time. */
import { setTimeout as sleep } from "node:timers/promises";

import { DataServices } from "../../../components/data/dataServices";
import { ManagedRedis } from "../../../components/data/managedRedis";
import { diffInputs } from "../../../local/provider/diff";
import type { JsonObject, ProviderBackend } from "../../../local/provider/backend";
import { nameOf } from "../../../local/driver/state";
import { type EngineRun, ENGINE_TIMEOUT, withEngine } from "../../support/engine";
import { createShelf } from "../../support/shelf";
import { cosmos, data, identityOf, redis, regions, serviceArgs } from "./dataFixture";

/** Inputs that Azure can change by a new resource alone. */
const FIXED = [
  ...["accountName", "serverName", "clusterName", "databaseName", "containerName", "configurationName"],
  ...["objectId", "principalId", "roleAssignmentId", "accessPolicyAssignmentName", "user", "scope"],
];

/** Services that take one write at a time. */
const SERIAL = ["cosmosdb", "dbforpostgresql", "redisenterprise"];

interface Cloud extends ProviderBackend {
  /** Services that were written to by two resources at once. */
  readonly collisions: Set<string>;
}

/** Takes whatever it is given, slowly. */
function createCloud(): Cloud {
  const shelf = createShelf();
  const busy = new Map<string, number>();
  const collisions = new Set<string>();
  return {
    ...shelf,
    name: "azure-native",
    version: "3.28.0",
    collisions,
    diff: ({ oldInputs, newInputs }) =>
      Promise.resolve(diffInputs(oldInputs, newInputs, { replaceOn: FIXED, ignore: [] })),
    create: async (request) => {
      const created = await shelf.create(request);
      const [, service = ""] = request.type.split(":");
      const writers = (busy.get(service) ?? 0) + 1;
      busy.set(service, writers);
      if (!request.preview) await sleep(20);
      if ((busy.get(service) ?? 0) > 1) collisions.add(service);
      busy.set(service, (busy.get(service) ?? 0) - 1);
      return { ...created, outputs: outputsOf(request.name, created.outputs) };
    },
    update: async (request) => {
      const updated = await shelf.update(request);
      return { ...updated, outputs: outputsOf(request.name, updated.outputs) };
    },
  };
}

function outputsOf(name: string, inputs: JsonObject): JsonObject {
  return {
    ...inputs,
    name,
    documentEndpoint: `https://${name}/`,
    hostName: name,
    fullyQualifiedDomainName: name,
    primaryEndpoints: { blob: `https://${name}/` },
    createdOn: "2020-01-01T00:00:00Z",
  };
}

interface Platform {
  readonly stamps: readonly string[];
  readonly maxThroughput?: number;
  readonly regions?: typeof regions;
}

function platform({ stamps, maxThroughput = cosmos.maxThroughput, regions: spread = regions }: Platform) {
  return () => {
    const args = serviceArgs();
    const settings = { ...data, cosmos: { ...cosmos, maxThroughput } };
    const services = new DataServices("data", { ...args, data: settings, regions: spread });
    const cache = new ManagedRedis("cache", { ...args, redis });
    for (const stamp of stamps) {
      for (const service of [services, cache]) service.grant(`${stamp}-api`, identityOf(stamp));
    }
    return Promise.resolve({});
  };
}

function changesOf({ record }: EngineRun): string[] {
  return record
    .changed()
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

test(
  "one write at a time, then quiet; a stamp that comes or goes changes nothing of the others",
  async () => {
    const cloud = createCloud();
    await withEngine([cloud], async (engine) => {
      const first = await engine.run("up", platform({ stamps: ["west", "east"] }));
      expect(first.stderr).toBe("");
      for (const service of SERIAL) expect(cloud.collisions).not.toContain(service);

      const second = await engine.run("up", platform({ stamps: ["west", "east"] }));
      expect(changesOf(second)).toEqual([]);
      expect(second.record.changes["same"]).toBeGreaterThan(25);

      const services = ["cosmos", "postgresql", "redis", "storage"];
      const without = await engine.run("up", platform({ stamps: ["east"] }));
      expect(changesOf(without)).toEqual(services.map((service) => `delete west-api-${service}`));

      const more = await engine.run("up", platform({ stamps: ["north", "east"] }));
      expect(changesOf(more)).toEqual(services.map((service) => `create north-api-${service}`));

      const busier = await engine.run("up", platform({ stamps: ["north", "east"], maxThroughput: 9000 }));
      expect(changesOf(busier)).toEqual(["update data-cosmos-container"]);

      const wider = [...regions, { location: "eastus", zones: ["1", "2", "3"] }];
      const further = platform({ stamps: ["north", "east"], maxThroughput: 9000, regions: wider });
      expect(changesOf(await engine.run("up", further))).toEqual(["update data-cosmos-account"]);
    });
  },
  ENGINE_TIMEOUT,
);
