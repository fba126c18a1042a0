/** The order of creation, read from the dependencies in the engine's own state; destruction is the reverse. */
import * as path from "node:path";

import { nameOf } from "../../local/driver/state";
import { type DriverHome, withDriver } from "../support/driver";

const TIMEOUT = 180_000;

/** For each resource the names of all that must exist before it: parents, dependencies, its provider, and theirs. */
function ancestors(driver: DriverHome, stack: string): (name: string) => ReadonlySet<string> {
  const resources = driver.state(stack)?.resources ?? [];
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const collect = (urn: string, found: Set<string>): Set<string> => {
    const resource = byUrn.get(urn);
    const provider = resource?.provider?.split("::").slice(0, -1).join("::");
    for (const before of [...(resource?.dependencies ?? []), ...(provider === undefined ? [] : [provider])]) {
      const name = nameOf(before);
      if (found.has(name)) continue;
      found.add(name);
      collect(before, found);
    }
    return found;
  };
  return (name) => {
    const resource = resources.find(({ urn }) => nameOf(urn) === name);
    if (!resource) throw new Error(`the state holds no ${name}`);
    return collect(resource.urn, new Set());
  };
}

test(
  "grants come before what needs them, and writers of one cluster one after the other",
  async () => {
    await withDriver(async (driver) => {
      expect(await driver.summary("up", "--stack", "prod")).toMatchObject({ ok: true });
      const before = ancestors(driver, "prod");
      expect(before("platform-aks")).toContain("platform-kubelet-operator");
      expect(before("platform-maintenance-node-os")).toContain("platform-maintenance-cluster");
      expect(before("platform-pool-apps")).toContain("platform-maintenance-node-os");
      expect(before("platform-pool-spot")).toContain("platform-pool-apps");
      for (const name of ["platform-admin-0-rbac", "platform-admin-0-user", "platform-pool-spot"]) {
        expect(before("api-namespace-ns")).toContain(name);
      }
      const guards = ["quota", "limits", "default-deny"].map((role) => `api-namespace-${role}`);
      const needs = ["registry-pull-0", "api-image-build", "api-flows", "api-identity-trust-kubernetes-api"];
      for (const name of [...guards, ...needs]) expect(before("api-deployment")).toContain(name);
      expect(before("api-service")).toContain("api-deployment");
      expect(before("observability-metrics-endpoint-association")).toContain(
        "observability-metrics-rule-association",
      );
    });
  },
  TIMEOUT,
);

test(
  "federated credentials of one identity are written one after the other",
  async () => {
    await withDriver(async (driver) => {
      driver.edit(
        "index.ts",
        () => `export * from ${JSON.stringify(path.join(__dirname, "programs/trusts"))};\n`,
      );
      expect(await driver.summary("up")).toMatchObject({ ok: true, errors: [] });
      const before = ancestors(driver, "dev");
      for (const identity of ["managed", "application"]) {
        expect(before(`${identity}-trust-three`)).toContain(`${identity}-trust-two`);
        expect(before(`${identity}-trust-two`)).toContain(`${identity}-trust-one`);
      }
      expect(await driver.summary("destroy")).toMatchObject({ ok: true, leftovers: [] });
    });
  },
  TIMEOUT,
);
