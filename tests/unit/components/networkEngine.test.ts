/** The networks of two regions on the real engine, in the emulated Azure. */
import { CloudStore } from "../../../local/cloud/store";
import { createAzureBackend } from "../../../local/azure/backend";
import { nameOf } from "../../../local/driver/state";
import type { ProviderBackend } from "../../../local/provider/backend";
import { Azure, backendOptions } from "../../emulator/azure-support";
import { type EngineRun, ENGINE_TIMEOUT, type TestEngine, withEngine } from "../../support/engine";
import {
  type Changes,
  deployNetworks,
  privateSettings,
  RUNNER,
  type Settings,
  settingsOf,
} from "./networkFixture";

/** A cloud with the deployer's network, as `bootstrap/subscription.sh` makes it. */
async function createCloud(): Promise<CloudStore> {
  const store = CloudStore.memory();
  const azure = new Azure({ store });
  const { resourceGroup: resourceGroupName, virtualNetwork: virtualNetworkName } = RUNNER;
  await azure.create("resources:ResourceGroup", { resourceGroupName, location: "westus2" });
  await azure.create("network:VirtualNetwork", {
    ...{ resourceGroupName, virtualNetworkName, location: "westus2" },
    addressSpace: { addressPrefixes: ["10.14.0.0/24"] },
  });
  return store;
}

/** An Azure of an hour ago: grants that are old need no wait. */
function createBackend(store: CloudStore): ProviderBackend {
  const now = () => new Date(Date.now() - 3_600_000);
  return createAzureBackend(backendOptions({ store, now }));
}

function changesOf({ record }: EngineRun): string[] {
  return record
    .changed()
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

/** Runs a program to the end, and gives what it changed. */
async function apply(
  engine: TestEngine,
  settings: Settings,
  locations: readonly string[],
  verb: "up" | "destroy" = "up",
): Promise<string[]> {
  const run = await engine.run(verb, program(settings, locations));
  expect(run.record.errors).toEqual([]);
  expect(run.code).toBe(0);
  return changesOf(run);
}

function program(settings: Settings, locations: readonly string[]) {
  return () => {
    deployNetworks(settings, locations);
    return Promise.resolve({});
  };
}

test(
  "two private regions come up at once, stay quiet, and leave nothing; one that goes leaves the other alone",
  async () => {
    const store = await createCloud();
    const before = store.list({ cloud: "azure" }).map(({ id }) => id);
    await withEngine([createBackend(store)], async (engine) => {
      const both = ["westus2", "westus"];
      await apply(engine, privateSettings(), both);
      expect(await apply(engine, privateSettings(), both)).toEqual([]);

      const one = await apply(engine, privateSettings(), ["westus"]);
      expect(one.length).toBeGreaterThan(40);
      expect(one.filter((change) => !change.startsWith("delete westus2-"))).toEqual([]);

      await apply(engine, privateSettings(), ["westus"], "destroy");
      const left = store.list({ cloud: "azure" }).map(({ id }) => id);
      const extra = left.filter((id) => !before.includes(id));
      expect(extra.filter((id) => !id.includes("NetworkWatcher"))).toEqual([]);
    });
  },
  ENGINE_TIMEOUT,
);

const FEATURES: Changes = {
  network: {
    bastion: "Standard",
    flowLogRetentionDays: 30,
    vpnGateway: "VpnGw1AZ",
    firewall: { ...settingsOf("enterprise").network.firewall, allowedFqdns: ["api.github.com"] },
  },
};
/** Parts of the names of what those features own. */
const OWN = ["-bastion", "-flow-logs", "-vpn", "-gateway-subnet", "-rules-allowed"];
/** The peerings say who uses the gateway; nothing else of the network may change. */
const SHARED = ["westus2-network-peering-to-hub", "westus2-network-peering-to-spoke"];

test(
  "features of the hub come and go alone",
  async () => {
    const store = await createCloud();
    const without = privateSettings({ network: { bastion: "none", flowLogRetentionDays: 0 } });
    await withEngine([createBackend(store)], async (engine) => {
      await apply(engine, without, ["westus2"]);
      for (const [settings, verb] of [
        [privateSettings(FEATURES), "create"],
        [without, "delete"],
      ] as const) {
        const changes = await apply(engine, settings, ["westus2"]);
        const owned = (change: string, part: string) =>
          change.startsWith(`${verb} `) && change.includes(part);
        for (const part of OWN) expect(changes.some((change) => owned(change, part))).toBe(true);
        expect(changes.filter((change) => !OWN.some((part) => owned(change, part)))).toEqual(
          SHARED.map((name) => `update ${name}`),
        );
      }
    });
  },
  ENGINE_TIMEOUT,
);
