/** The first node pool is a property of its cluster: it is handed over, and any other change of it is refused in the plan. */
import { parseDocument } from "yaml";

import { nameOf } from "../../local/driver/state";
import type { Summary } from "../../local/driver/summary";
import { text } from "../../local/provider/values";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";
import { type Change, destructive, setting } from "./changes";
import { stackText } from "./stacks";

const NAME = "cheapest";
const TIMEOUT = 240_000;

const SYSTEM = {
  name: "system",
  mode: "System",
  priority: "Regular",
  vmSize: "Standard_D2s_v3",
  minCount: 1,
  maxCount: 2,
  zones: [],
  osDiskType: "Ephemeral",
  osDiskSizeGb: 48,
  maxPodsPerNode: 110,
  labels: {},
  taints: [],
};
const NEXT = { ...SYSTEM, name: "next", vmSize: "Standard_D4ds_v5" };

const pools = (...list: readonly object[]): Change => setting(["cluster", "nodePools"], list);

async function run(
  driver: DriverHome,
  command: "up" | "preview",
  ...changes: readonly Change[]
): Promise<Summary> {
  const document = parseDocument(pinCommit(stackText(NAME)));
  for (const change of changes) change(document);
  driver.edit(`Pulumi.${NAME}.yaml`, () => document.toString());
  return driver.summary(command, "--stack", NAME);
}

async function expectRefused(
  driver: DriverHome,
  reason: RegExp,
  ...changes: readonly Change[]
): Promise<void> {
  const before = driver.withCloud(NAME, poolNames);
  const plan = await run(driver, "preview", ...changes);
  expect(plan.ok).toBe(false);
  expect(plan.errors.map(({ message }) => message).join("\n")).toMatch(reason);
  const applied = await run(driver, "up", ...changes);
  expect(applied).toMatchObject({ ok: false });
  expect(driver.withCloud(NAME, poolNames)).toEqual(before);
}

type Cloud = Parameters<Parameters<DriverHome["withCloud"]>[1]>[0];

const POOL = "Microsoft.ContainerService/managedClusters/agentPools";

function poolNames(cloud: Cloud): string[] {
  return cloud.list({ type: POOL }).map(({ properties }) => text(properties, "name") ?? "");
}

/** As `az aks nodepool delete` does. */
function deletePool(name: string): (cloud: Cloud) => void {
  return (cloud) => {
    for (const pool of cloud.list({ type: POOL }))
      if (pool.properties["name"] === name) cloud.remove(pool.id);
  };
}

test(
  "the first pool gives its place to a System pool that the cluster has",
  async () => {
    await withDriver(async (driver) => {
      expect(await run(driver, "up", pools(SYSTEM))).toMatchObject({ ok: true });
      await expectRefused(
        driver,
        /the cluster has no System pool next yet.*Fix: add next behind system/s,
        pools(NEXT),
      );
      expect(await run(driver, "up", pools(SYSTEM, NEXT))).toMatchObject({ ok: true });
      await expectRefused(driver, /system is still in the list/, pools(NEXT, SYSTEM));

      const handedOver = await run(driver, "up", pools(NEXT));
      expect({ ok: handedOver.ok, errors: handedOver.errors }).toEqual({ ok: true, errors: [] });
      expect(handedOver.warnings.map(({ message }) => message).join("\n")).toContain(
        "az aks nodepool delete --name system",
      );
      expect(driver.withCloud(NAME, poolNames)).toEqual(["system", "next"]);
      expect(destructive(handedOver).map(({ urn }) => nameOf(urn))).toEqual(["westus2-platform-pool-next"]);

      driver.withCloud(NAME, deletePool("system"));
      const tier = setting(["cluster", "tier"], "Standard");
      const changed = await run(driver, "up", pools(NEXT), tier);
      expect({ ok: changed.ok, errors: changed.errors }).toEqual({ ok: true, errors: [] });
      expect(await run(driver, "up", pools(NEXT), tier)).toMatchObject({ ok: true, changed: [] });
      const gone = await driver.summary("destroy", "--stack", NAME);
      expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
    });
  },
  TIMEOUT,
);
