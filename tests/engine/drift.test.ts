/** Changes behind Pulumi's back: `refresh` shows them and `up` undoes them. And what a state must not hold. */
import { readFileSync } from "node:fs";

import type { CloudRecord, CloudStore } from "../../local/cloud/store";
import { createLayout } from "../../local/driver/layout";
import { nameOf, stateFile } from "../../local/driver/state";
import { withDriver } from "../support/driver";

function only(cloud: CloudStore, type: string): CloudRecord {
  const [record, ...others] = cloud.list({ type });
  if (record === undefined || others.length > 0) throw new Error(`the cloud holds not one ${type}`);
  return record;
}

test("a changed registry and a deleted network policy are seen and repaired; the state holds no plain secret", async () => {
  await withDriver(async (driver) => {
    expect(await driver.summary("up")).toMatchObject({ ok: true });
    driver.withCloud("dev", (cloud) => {
      const registry = only(cloud, "Microsoft.ContainerRegistry/registries");
      cloud.put({ ...registry, properties: { ...registry.properties, adminUserEnabled: true } });
      const [policy] = cloud.list({ type: "networking.k8s.io/v1/NetworkPolicy" });
      cloud.remove(policy?.id ?? "");
    });
    const refresh = await driver.summary("refresh");
    expect(refresh.changed.map(({ urn, operation }) => [nameOf(urn), operation])).toEqual(
      expect.arrayContaining([
        ["registry-acr", "update"],
        [expect.stringMatching(/^westus2-api-(namespace-default-deny|service-flows)$/), "delete"],
      ]),
    );
    expect(refresh.changed).toHaveLength(2);
    const repaired = await driver.summary("up");
    expect(repaired).toMatchObject({ ok: true, changes: { update: 1, create: 1 } });
    driver.withCloud("dev", (cloud) => {
      const registry = only(cloud, "Microsoft.ContainerRegistry/registries");
      expect(registry.properties["adminUserEnabled"]).toBe(false);
      expect(cloud.list({ type: "networking.k8s.io/v1/NetworkPolicy" }).length).toBeGreaterThan(1);
    });
    expectNoPlainSecret(driver.local, driver.project, await driver.run("export"));
  });
}, 180_000);

/** The kubeconfig, the instrumentation's connection string and the registry's passwords are secrets. */
function expectNoPlainSecret(local: string, project: string, printed: { readonly stdout: string }): void {
  const file = stateFile(createLayout({ local, project }), "aks-platform", "dev");
  for (const text of [readFileSync(file, "utf8"), printed.stdout]) {
    expect(text).toContain('"ciphertext"');
    expect(text).not.toMatch(/apiVersion: v1[^]{0,200}clusters:/);
    expect(text).not.toMatch(/"current-context/);
    expect(text).not.toMatch(/primarySharedKey"\s*:\s*"/);
  }
}
