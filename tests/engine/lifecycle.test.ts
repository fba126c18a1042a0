/** The whole platform on the emulated clouds, from nothing to nothing, as `make` runs it. */
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { type DriverHome, withDriver } from "../support/driver";

const LIFECYCLE_TIMEOUT = 240_000;

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
        expect(await exportedResources(driver, stack)).toBeGreaterThan(40);

        const gone = await driver.summary("destroy", ...options);
        expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
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
  expect(refreshed.changed).toEqual([
    { operation: "update", properties, urn: expect.stringMatching(/::platform-aks$/) as string },
  ]);
  expect(await driver.summary("up", "--stack", "prod")).toMatchObject({ ok: true, changes: { update: 1 } });
}

/** How many resources the exported state lists. */
async function exportedResources(driver: DriverHome, stack: string): Promise<number> {
  const file = path.join(driver.local, "export.json");
  expect((await driver.run("export", "--stack", stack, "--file", file)).code).toBe(0);
  const state = JSON.parse(readFileSync(file, "utf8")) as { deployment: { resources: unknown[] } };
  return state.deployment.resources.length;
}
