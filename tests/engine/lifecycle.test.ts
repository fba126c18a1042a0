/** The whole platform on the emulated clouds, from nothing to nothing, as `make` runs it. */
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { nameOf } from "../../local/driver/state";
import { type DriverHome, withDriver } from "../support/driver";

const LIFECYCLE_TIMEOUT = 360_000;
/** Resource groups that outlive prod, without what is chance in their names: the backups of each region. */
const KEPT_GROUPS = ["eus2-backup-rg", "eus2-snapshots-rg", "wus2-backup-rg", "wus2-snapshots-rg"];

describe.each(["dev", "prod"])("the stack %s", (stack) => {
  test(
    "comes up, stays quiet, serves the API and leaves nothing behind",
    async () => {
      await withDriver(async (driver) => {
        const options = ["--stack", stack];
        const committed = readFileSync(path.join(driver.project, `Pulumi.${stack}.yaml`), "utf8");
        const preview = await driver.summary("preview", ...options);
        expect(preview).toMatchObject({ ok: true, errors: [], cloudObjects: {} });

        const first = await driver.summary("up", ...options);
        expect(first).toMatchObject({ ok: true, errors: [], url: `http://127.0.0.1:${driver.port}` });
        expect(first.resources).toEqual(preview.resources);
        expect(first.violations.filter(({ level }) => level === "mandatory")).toEqual([]);
        expect(first.policyPacks[0]?.policies).toBeGreaterThan(10);
        expect(first.azure?.seconds).toBeGreaterThan(300);
        const answer: unknown = await (await fetch(first.url ?? "")).json();
        expect(answer).toMatchObject({ message: "Automate all the things!" });
        const url = await driver.run("url", ...options);
        expect([url.code, url.stdout]).toEqual([0, `http://127.0.0.1:${driver.port}\n`]);

        await expectQuiet(driver, stack, ["up", "preview"]);
        if (stack === "prod") await settlePools(driver);
        await expectQuiet(driver, stack, ["refresh", "up"]);
        expect(readFileSync(path.join(driver.project, `Pulumi.${stack}.yaml`), "utf8")).toBe(committed);
        expect(await exportedResources(driver, stack)).toBeGreaterThan(stack === "prod" ? 500 : 100);

        const gone = await driver.summary("destroy", ...options);
        expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
        expectKept(gone.kept, stack === "prod" ? KEPT_GROUPS : []);
        expect(gone.heldNames.map(({ name, purgeProtected }) => [name.slice(0, 7), purgeProtected])).toEqual(
          stack === "prod"
            ? [
                ["kv-eus2", true],
                ["kv-wus2", true],
              ]
            : [["kv-wus2", false]],
        );
        await expect(fetch(first.url ?? "")).rejects.toThrow("fetch failed");
      });
    },
    LIFECYCLE_TIMEOUT,
  );
});

async function expectQuiet(driver: DriverHome, stack: string, verbs: readonly string[]): Promise<void> {
  for (const verb of verbs) {
    const quiet = await driver.summary(verb, "--stack", stack);
    expect({ verb, ok: quiet.ok, changed: quiet.changed }).toEqual({ verb, ok: true, changed: [] });
    expect(Object.keys(quiet.changes)).toEqual(["same"]);
  }
}

/**
 * Azure lists every pool in the cluster, those that came after it too, so the first refresh of a cluster with several
 * pools sees them once; nothing else may show (docs/adr/0005).
 */
async function settlePools(driver: DriverHome): Promise<void> {
  const properties = ["agentPoolProfiles[1]", "agentPoolProfiles[2]"];
  const refreshed = await driver.summary("refresh", "--stack", "prod");
  const seen = refreshed.changed.map(({ urn, ...change }) => ({ name: nameOf(urn), ...change }));
  expect(seen.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "eastus2-platform-aks", operation: "update", properties },
    { name: "westus2-platform-aks", operation: "update", properties },
  ]);
  const settled = await driver.summary("up", "--stack", "prod");
  expect({ ok: settled.ok, update: settled.changes["update"] }).toEqual({ ok: true, update: 2 });
  expect(settled.changed.map(({ urn }) => nameOf(urn)).sort()).toEqual(seen.map(({ name }) => name));
}

/** What outlives the stack lies in these groups, and each of the backups holds all that a restore needs. */
function expectKept(ids: readonly string[], groups: readonly string[]): void {
  const groupOf = (id: string) =>
    /\/resourceGroups\/aksp-demo-prod-([^/]+)-[0-9a-f]{8}(?:\/|$)/i.exec(id)?.[1];
  expect([...new Set(ids.map(groupOf))].sort()).toEqual(groups);
  for (const group of groups.filter((name) => name.endsWith("backup-rg"))) {
    const types = ids.filter((id) => groupOf(id) === group).map((id) => id.split("/").at(-2));
    expect(types).toEqual(
      expect.arrayContaining(["storageAccounts", "containers", "backupVaults", "deletedBackupInstances"]),
    );
  }
}

/** How many resources the exported state lists. */
async function exportedResources(driver: DriverHome, stack: string): Promise<number> {
  const file = path.join(driver.local, "export.json");
  expect((await driver.run("export", "--stack", stack, "--file", file)).code).toBe(0);
  const state = JSON.parse(readFileSync(file, "utf8")) as { deployment: { resources: unknown[] } };
  return state.deployment.resources.length;
}
