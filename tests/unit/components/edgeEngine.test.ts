/** The edge on the real engine, in the emulated Azure. */
import { createAzureBackend } from "../../../local/azure/backend";
import { REGIONS } from "../../../config/regions";
import { CloudStore } from "../../../local/cloud/store";
import { nameOf } from "../../../local/driver/state";
import { Azure, backendOptions } from "../../emulator/azure-support";
import { ENGINE_TIMEOUT, type TestEngine, withEngine } from "../../support/engine";
import { BOTH, deployEdge, type Edge, TLS } from "./edgeFixture";

/** Older than grants take to replicate, so that nobody waits for them. */
const CLOCK_LAG_MILLISECONDS = 120_000;

/** Runs a program to the end, and gives what it changed in Azure. */
async function apply(engine: TestEngine, edge: Edge, verb: "up" | "destroy" = "up"): Promise<string[]> {
  const { record, code } = await engine.run(verb, () => {
    deployEdge(edge);
    return Promise.resolve({});
  });
  expect(record.errors).toEqual([]);
  expect(code).toBe(0);
  return record
    .changed()
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

/** Changes to what is not of the region, whose vault alone is named by the region's short form. */
function others(changes: readonly string[], location: string): string[] {
  const code = REGIONS[location]?.code ?? location;
  return changes.filter((change) => !change.includes(location) && !change.includes(`kv-${code}-`));
}

async function inCloud(test: (engine: TestEngine, azure: Azure) => Promise<void>): Promise<void> {
  const store = CloudStore.memory();
  const now = (): Date => new Date(Date.now() - CLOCK_LAG_MILLISECONDS);
  await withEngine([createAzureBackend(backendOptions({ store, now }))], (engine) =>
    test(engine, new Azure({ store })),
  );
}

test(
  "Front Door over two gateways with TLS comes up at once, is quiet, and takes a region more or less",
  async () => {
    await inCloud(async (engine, { store }) => {
      const edge = { global: "frontDoor", regional: "applicationGateway", tls: TLS } as const;
      expect((await apply(engine, { edge })).length).toBeGreaterThan(30);
      expect(await apply(engine, { edge })).toEqual([]);

      const more = await apply(engine, { edge, locations: BOTH });
      expect(more).toContain("create routes-origin-westus3");
      expect(others(more, "westus3")).toEqual([]);

      const less = await apply(engine, { edge, locations: ["westus3"] });
      expect(less).toContain("delete routes-origin-westus2");
      expect(others(less, "westus2")).toEqual([]);

      await apply(engine, { edge, locations: ["westus3"] }, "destroy");
      const left = store.list({ cloud: "azure" }).map(({ id }) => id);
      // Azure's own: it makes the one when the first network comes, and keeps a deleted vault for a while.
      expect(left.filter((id) => !/networkWatchers|NetworkWatcherRG|deletedVaults/i.test(id))).toEqual([]);
    });
  },
  ENGINE_TIMEOUT,
);

test(
  "Traffic Manager over two load balancers: a region more changes its profile alone, in place",
  async () => {
    await inCloud(async (engine) => {
      const edge = { global: "trafficManager" } as const;
      await apply(engine, { edge });
      const more = await apply(engine, { edge, locations: BOTH });
      expect(others(more, "westus3")).toEqual(["update dns-profile"]);
      expect(await apply(engine, { edge, locations: BOTH })).toEqual([]);
    });
  },
  ENGINE_TIMEOUT,
);

test(
  "what is in front of the regions, and TLS, can be changed and taken back",
  async () => {
    await inCloud(async (engine) => {
      const regional = "applicationGateway";
      const steps = [
        { regional },
        { regional, global: "frontDoor" },
        { regional, global: "frontDoor", tls: TLS },
        { regional, global: "trafficManager", tls: TLS },
        { regional, global: "trafficManager" },
        { regional: "loadBalancer", global: "frontDoor" },
        { regional },
      ] as const;
      for (const edge of steps) {
        const changes = await apply(engine, { edge });
        expect(changes).not.toEqual([]);
        expect(changes.filter((change) => change.includes("replace"))).toEqual([]);
      }
      expect(await apply(engine, { edge: { regional } })).toEqual([]);
    });
  },
  ENGINE_TIMEOUT,
);
