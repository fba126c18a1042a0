import { ClusterAccess } from "../../../components/security/clusterAccess";
import { DeletionLocks, lockableScope } from "../../../components/security/deletionLocks";
import { PROFILES } from "../../../config/profiles";
import { SUBSCRIPTION_ID, theOnly } from "../../support/pulumi";
import { render, serviceArgs } from "./dataFixture";
import { createCluster, createVault, grantsOf, renderWithOptions } from "./securityFixture";

const { security } = PROFILES.lightweight;
const LOCK = "azure-native:authorization:ManagementLockByScope";

describe("access to a cluster", () => {
  const developer = { objectId: "dev", principalType: "Group" } as const;
  const grants = [
    { ...developer, role: "Writer", namespace: "api" },
    { ...developer, role: "Reader", namespace: null },
    { objectId: "admin", principalType: "User", role: "Admin", namespace: "api" },
  ] as const;

  async function grantAll() {
    const { resources } = await render(() => {
      const { resourceGroup } = serviceArgs();
      const access = {
        grants: [...grants],
        clusterAdmins: [{ objectId: "admin", principalType: "User" as const }],
      };
      return new ClusterAccess("access", { access, resourceGroup, cluster: createCluster() });
    });
    return resources;
  }

  test("a namespace or all of them, and the kubeconfig once for each who is no administrator", async () => {
    expect(grantsOf(await grantAll())).toEqual([
      "admin AksRbacAdmin api",
      "dev AksClusterUser aks",
      "dev AksRbacReader group",
      "dev AksRbacWriter api",
    ]);
  });

  test("a namespace is a scope below the cluster, for a principal of the stated kind", async () => {
    const writer = (await grantAll()).find(({ name }) => name === "access-writer-api-dev");
    expect(writer?.inputs).toMatchObject({
      scope: expect.stringMatching(/ManagedCluster\/aks\/namespaces\/api$/) as unknown,
      principalType: "Group",
    });
  });

  test("logical names do not depend on the order of the list", async () => {
    const names = (await grantAll()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["access-user-dev", "access-reader-all-dev"]));
  });
});

describe("deletion locks", () => {
  function lock(deletionLocks = true) {
    return renderWithOptions(() => {
      const vault = createVault();
      const targets = [{ key: "vault", id: vault.id }];
      return new DeletionLocks("locks", {
        security: { ...security, deletionLocks },
        targets,
        after: [vault],
      });
    });
  }
  const group = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg`;

  test("hold what stores, and come last", async () => {
    const { resources, options } = await lock();
    expect(theOnly(resources, LOCK).inputs).toMatchObject({
      scope: expect.stringMatching(/kv-wus2-oapshop-$/) as unknown,
      lockName: "keep",
      level: "CanNotDelete",
    });
    expect(options.get("locks-vault")?.dependsOn).toEqual(
      expect.arrayContaining(["kv-wus2-oapshop-", "vault-diagnostics"]),
    );
  });

  test("exist by the setting alone", async () => {
    const { resources } = await lock(false);
    expect(resources.map(({ type }) => type)).not.toContain(LOCK);
  });

  test.each([group, `${group}/providers/Microsoft.ContainerService/managedClusters/aks`])(
    "are refused for %s, where AKS deletes by itself",
    (id) => {
      expect(() => lockableScope(id)).toThrow(/^A deletion lock got .*, allowed: .*; lock the registry/);
    },
  );
});
