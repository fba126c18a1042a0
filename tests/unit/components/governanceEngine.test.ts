/** Security and governance on the real engine and the emulated Azure: first time, again, and away. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as automation from "@pulumi/pulumi/automation";

import { BackupStorage } from "../../../components/governance/backupStorage";
import { Budget } from "../../../components/governance/budget";
import { ClusterBackup } from "../../../components/governance/clusterBackup";
import { OffHours } from "../../../components/governance/offHours";
import { ClusterAccess } from "../../../components/security/clusterAccess";
import { DeletionLocks } from "../../../components/security/deletionLocks";
import { DiskEncryption } from "../../../components/security/diskEncryption";
import { EtcdEncryption } from "../../../components/security/etcdEncryption";
import { KeyVault } from "../../../components/security/keyVault";
import { PolicyAssignments } from "../../../components/security/policyAssignments";
import { clusterBaseline, REGISTRY_BASELINE } from "../../../components/security/policyBaseline";
import { Names, type SecuritySettings } from "../../../config";
import { PROFILES } from "../../../config/profiles";
import { createAzureBackend } from "../../../local/azure/backend";
import { CloudStore } from "../../../local/cloud/store";
import { type ServedProvider, serveProvider } from "../../../local/provider/server";
import { backendOptions } from "../../emulator/azure-support";
import { tags } from "./dataFixture";

jest.setTimeout(120_000);

const TOOLS = resolve(__dirname, "../../../.tools");
/** The cloud's clock is behind, so that its grants are old enough to count at once. */
const CLOCK_LAG_MILLISECONDS = 120_000;
const PERSON = "99999999-9999-4999-8999-999999999999";

let folder: string;
let store: CloudStore;
let served: ServedProvider;
let allowPurge: boolean;
let deletionLocks: boolean;
let encrypts: boolean;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "governance-engine-"));
  store = CloudStore.open(join(folder, "cloud.jsonl"));
  const now = (): Date => new Date(Date.now() - CLOCK_LAG_MILLISECONDS);
  served = await serveProvider(createAzureBackend(backendOptions({ store, now })));
});

afterEach(async () => {
  await served.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function program(): Promise<void> {
  const names = new Names({ prefix: "oap", project: "shop", environment: "prod" });
  const stampNames = names.in("wus2");
  const resourceGroup = new resources.ResourceGroup("rg", {
    resourceGroupName: stampNames.of("rg"),
    location: "westus2",
  });
  const at = { resourceGroupName: resourceGroup.name, location: "westus2", tags };
  const settings = {
    ...{ names: stampNames, code: "wus2", location: "westus2", zones: ["1", "2", "3"], tags, resourceGroup },
    network: { allowPublicServiceEndpoints: true },
    security: {
      ...PROFILES.enterprise.security,
      keyVault: { softDeleteRetentionDays: 90, allowPurge },
      deletionLocks,
    },
    client: getClientConfigOutput(),
    workspace: new operationalinsights.Workspace("logs", { ...at, workspaceName: "logs" }),
  };
  const vault = new KeyVault("vault", settings);
  const identities = { controlPlane: new managedidentity.UserAssignedIdentity("control-plane", at) };
  const disks = encrypts ? new DiskEncryption("disks", { ...settings, vault, identities }) : undefined;
  const etcd = encrypts ? new EtcdEncryption("etcd", { ...settings, vault, identities }) : undefined;
  const cluster = new containerservice.ManagedCluster("aks", {
    ...{ ...at, resourceName: stampNames.of("aks"), dnsPrefix: "aks", kubernetesVersion: "1.35" },
    identity: { type: "UserAssigned", userAssignedIdentities: [identities.controlPlane.id] },
    aadProfile: { managed: true, enableAzureRBAC: true },
    disableLocalAccounts: true,
    ...(disks ? { diskEncryptionSetID: disks.id } : {}),
    ...(etcd ? { securityProfile: { azureKeyVaultKms: etcd.profile } } : {}),
    agentPoolProfiles: [{ name: "system", mode: "System", count: 2, vmSize: "Standard_D4s_v5" }],
  });
  const storage = new BackupStorage("backup-storage", settings);
  const backup = { retentionDays: 30, intervalHours: 12 };
  const platform = { cluster, writes: [cluster] };
  const backups = { ...settings, backup, storage, platform, identities, namespaces: ["api"] };
  const clusterBackup = new ClusterBackup("backup", backups);
  governAll(settings, vault, cluster, clusterBackup);
  return Promise.resolve();
}

type Settings = ConstructorParameters<typeof KeyVault>[1] & { readonly security: SecuritySettings };

function governAll(
  settings: Settings,
  vault: KeyVault,
  cluster: containerservice.ManagedCluster,
  backup: ClusterBackup,
): void {
  const { resourceGroup, security, client } = settings;
  const days = ["Monday", "Tuesday"] as ("Monday" | "Tuesday")[];
  const offHours = { stopAt: "19:00", startAt: "07:00", days, timeZone: "UTC" };
  new OffHours("off-hours", { ...settings, offHours, cluster });
  const grant = { objectId: PERSON, principalType: "User" as const, role: "Reader" as const };
  const grants = [
    { ...grant, namespace: "api" },
    { ...grant, namespace: null },
  ];
  new ClusterAccess("access", { access: { clusterAdmins: [], grants }, resourceGroup, cluster });
  const baseline = clusterBaseline({
    api: {
      resources: {
        ...{ cpuRequestMillicores: 50, cpuLimitMillicores: 500 },
        ...{ memoryRequestMib: 64, memoryLimitMib: 256 },
      },
    },
    edge: { regional: "applicationGateway" },
    loginServer: "oapshop.azurecr.io",
  });
  new PolicyAssignments("policies", {
    security,
    resourceGroup,
    baseline: [...baseline, ...REGISTRY_BASELINE],
  });
  new Budget("budget", {
    ...{ names: settings.names, stamps: [{ names: settings.names }], client },
    governance: { budget: { monthlyAmount: 500, startDate: null } },
    observability: { alertEmails: ["ops@example.com"] },
    actionGroup: new monitor.ActionGroup("people", {
      ...{
        resourceGroupName: resourceGroup.name,
        location: "global",
        groupShortName: "people",
        enabled: true,
      },
    }),
  });
  const targets = [{ key: "vault", id: vault.id }];
  new DeletionLocks("locks", { security, targets, after: [vault, backup, cluster] });
}

async function createStack(): Promise<automation.Stack> {
  const stack = await automation.LocalWorkspace.createStack(
    { stackName: "test", projectName: "governance", program },
    {
      pulumiCommand: await automation.PulumiCommand.get({ root: TOOLS, skipVersionCheck: true }),
      pulumiHome: join(folder, "home"),
      projectSettings: { name: "governance", runtime: "nodejs", backend: { url: `file://${folder}` } },
      envVars: {
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DEBUG_PROVIDERS: `azure-native:${served.port}`,
      },
    },
  );
  await stack.setConfig("azure-native:location", { value: "West US 2" });
  return stack;
}

/** What is left in the cloud, by ARM type. */
function left(): string[] {
  return [...new Set(store.list().map(({ type }) => type))].sort();
}

test("a stack that may purge goes up, stays quiet, and leaves a deleted vault alone", async () => {
  [allowPurge, deletionLocks, encrypts] = [true, true, false];
  const stack = await createStack();
  await stack.up();
  await stack.up({ expectNoChanges: true });
  await stack.refresh({ expectNoChanges: true });
  await stack.destroy();
  expect(left()).toEqual(["Microsoft.KeyVault/locations/deletedVaults"]);
});

test("a stack that keeps what it protects encrypts with it, leaves its backups, and goes up again beside them", async () => {
  [allowPurge, deletionLocks, encrypts] = [false, true, true];
  const stack = await createStack();
  await stack.up();
  await stack.up({ expectNoChanges: true });
  await stack.refresh({ expectNoChanges: true });
  await stack.destroy();
  const backups = [
    "Microsoft.DataProtection/backupVaults",
    "Microsoft.DataProtection/backupVaults/backupPolicies",
    "Microsoft.DataProtection/backupVaults/deletedBackupInstances",
    "Microsoft.Resources/resourceGroups",
    "Microsoft.Storage/storageAccounts",
  ];
  expect(left()).toEqual(expect.arrayContaining(backups));
  expect(left()).not.toContain("Microsoft.ContainerService/managedClusters");
  expect(left()).not.toContain("Microsoft.KeyVault/vaults/keys");
  const groups = store.list({ type: "Microsoft.Resources/resourceGroups" }).map(({ id }) => id);
  expect(groups.map((id) => id.replace(/.*\/([a-z0-9-]+)-[0-9a-f]{8}$/, "$1")).sort()).toEqual([
    "oap-shop-prod-wus2-backup-rg",
    "oap-shop-prod-wus2-snapshots-rg",
  ]);
  await stack.up();
  expect(store.list({ type: "Microsoft.DataProtection/backupVaults" })).toHaveLength(2);
});
