import { startCluster, stopCluster } from "../../local/azure/aks/powerState";
import type { AzureCloud } from "../../local/azure/resourceType";
import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP, principalOf, systemPool } from "./azure-support";

const TOKEN = "containerservice:ManagedCluster";
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;
const CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424";
const VAULT_CONTRIBUTOR = "f25e0fa2-a7c8-4377-a976-54943a77a395";
const VAULT = `${GROUP}/providers/Microsoft.KeyVault/vaults/keys`;
const DISK_SET = `${GROUP}/providers/Microsoft.Compute/diskEncryptionSets/disks`;
const KEY = "https://keys.vault.azure.net/keys/etcd/0123";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const cluster = (changes: JsonObject = {}) => azure.create(TOKEN, clusterInputs(changes));

function put(id: string, type: string, properties: JsonObject): void {
  azure.store.put({ id, type, cloud: "azure", properties, createdAt: "", seconds: 0 });
}

describe("features", () => {
  const standard = { sku: { name: "Base", tier: "Standard" } };
  const automatic = (changes: JsonObject): JsonObject => ({
    nodeProvisioningProfile: { mode: "Auto" },
    ...changes,
  });

  test.each<[string, JsonObject, string]>([
    [
      "cost analysis without the disk driver",
      {
        ...standard,
        metricsProfile: { costAnalysis: { enabled: true } },
        storageProfile: { diskCSIDriver: { enabled: false } },
      },
      "requires the disk CSI driver",
    ],
    [
      "policies on host names without Cilium",
      {
        networkProfile: {
          advancedNetworking: { enabled: true, security: { advancedNetworkPolicies: "FQDN" } },
        },
      },
      "requires networkDataplane 'cilium', got 'azure'",
    ],
    [
      "parts of advanced networking without the whole",
      { networkProfile: { advancedNetworking: { observability: { enabled: true } } } },
      "advancedNetworking.enabled must be true",
    ],
    [
      "node images that come apart from the cluster's",
      { autoUpgradeProfile: { upgradeChannel: "node-image", nodeOSUpgradeChannel: "SecurityPatch" } },
      "must be 'NodeImage', got 'SecurityPatch'",
    ],
    [
      "Defender without a workspace",
      { securityProfile: { defender: { securityMonitoring: { enabled: true } } } },
      "requires logAnalyticsWorkspaceResourceId",
    ],
    [
      "Defender with a workspace that is not there",
      { securityProfile: { defender: { logAnalyticsWorkspaceResourceId: `${GROUP}/providers/x/y/z` } } },
      "ResourceNotFound",
    ],
    [
      "provisioned nodes and an HTTP proxy",
      automatic({ httpProxyConfig: {} }),
      "not supported with an HTTP proxy",
    ],
    [
      "provisioned nodes and Calico",
      automatic({ networkProfile: { networkPolicy: "calico" } }),
      "not supported with network policy calico",
    ],
  ])("%s", async (_what, changes, message) => {
    await expect(cluster(changes)).rejects.toThrow(message);
  });

  test("encryption at host wants a feature of the subscription", async () => {
    const agentPoolProfiles = [systemPool({ enableEncryptionAtHost: true })];
    await expect(cluster({ agentPoolProfiles })).resolves.toHaveProperty("id");
    azure = new Azure({ unregisteredFeatures: ["Microsoft.Compute/EncryptionAtHost"] });
    await azure.group();
    await expect(cluster({ agentPoolProfiles })).rejects.toThrow("SubscriptionNotEnabledEncryptionAtHost");
  });
});

describe("changes that AKS refuses, though azure-native plans them as updates", () => {
  const update = async (before: JsonObject, after: JsonObject) =>
    azure.update(TOKEN, await cluster(before), clusterInputs(after));

  test("public to private, unless the API server is in the network", async () => {
    const access = (enablePrivateCluster: boolean, integrated = false): JsonObject => ({
      apiServerAccessProfile: {
        enablePrivateCluster,
        ...(integrated ? { enableVnetIntegration: true } : {}),
      },
    });
    await expect(update(access(false), access(true))).rejects.toThrow("PropertyChangeNotAllowed");
    azure.store.remove(CLUSTER);
    azure.store.remove(`${CLUSTER}/agentPools/system`);
    await expect(update(access(false, true), access(true, true))).resolves.toHaveProperty("id");
  });

  test.each(["vmSize", "osDiskSizeGB", "maxPods", "availabilityZones"])(
    "an inline pool's %s",
    async (key) => {
      const changed = { vmSize: "Standard_D8s_v5", osDiskSizeGB: 256, maxPods: 60, availabilityZones: ["1"] }[
        key
      ];
      const agentPoolProfiles = [systemPool({ [key]: changed ?? "" })];
      await expect(update({}, { agentPoolProfiles })).rejects.toThrow(
        `Changing property 'properties.${key}'`,
      );
    },
  );

  test("the way out of a cluster with provisioned nodes", async () => {
    const before = {
      nodeProvisioningProfile: { mode: "Auto" },
      networkProfile: { outboundType: "loadBalancer" },
    };
    const after = { ...before, networkProfile: { outboundType: "managedNATGateway" } };
    await expect(update(before, after)).rejects.toThrow("outbound type cannot be changed");
  });

  test("common edits plan as updates, edits of the network's shape as a replacement", async () => {
    const ranges = { networkProfile: { podCidr: "10.244.0.0/16", serviceCidr: "10.0.0.0/16" } };
    const kinds = async (changes: JsonObject) =>
      Object.values((await azure.diff(TOKEN, clusterInputs(ranges), clusterInputs(changes))).changes);
    for (const changes of [
      { tags: { owner: "me" } },
      { kubernetesVersion: "1.36" },
      { sku: { name: "Base", tier: "Standard" } },
      { apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.0/24"] } },
      { agentPoolProfiles: [systemPool({ count: 3 })] },
      { networkProfile: { ...ranges.networkProfile, advancedNetworking: { enabled: true } } },
      { securityProfile: { defender: { securityMonitoring: { enabled: true } } } },
    ]) {
      expect((await kinds({ ...ranges, ...changes })).filter((kind) => kind.endsWith("-replace"))).toEqual(
        [],
      );
    }
    const moved = { networkProfile: { ...ranges.networkProfile, podCidr: "10.1.0.0/16" } };
    expect(await kinds(moved)).toEqual(["update-replace"]);
    expect(await kinds({ ...ranges, dnsPrefix: "other" })).toEqual(["update-replace"]);
  });
});

describe("a stopped cluster", () => {
  const cloud = (): AzureCloud => ({ store: azure.store }) as AzureCloud;

  test("takes no change until it runs again", async () => {
    const made = await cluster();
    const pool = { resourceGroupName: "rg", resourceName: "aks", agentPoolName: "apps", count: 1 };
    const addPool = () => azure.create("containerservice:AgentPool", { ...pool, vmSize: "Standard_D4s_v5" });
    stopCluster(cloud(), made.id);
    expect(() => {
      stopCluster(cloud(), made.id);
    }).toThrow("Power State(Stopped), stopping cannot be performed");
    await expect(azure.update(TOKEN, made, clusterInputs({ tags: { a: "b" } }))).rejects.toThrow(
      "Power State(Stopped), updating cannot be performed",
    );
    await expect(addPool()).rejects.toThrow("updating cannot be performed");
    startCluster(cloud(), made.id);
    expect(() => {
      startCluster(cloud(), made.id);
    }).toThrow("Power State(Running), starting cannot be performed");
    await expect(addPool()).resolves.toHaveProperty("id");
  });

  test("has no provisioned nodes", async () => {
    const made = await cluster({ nodeProvisioningProfile: { mode: "Auto" } });
    expect(() => {
      stopCluster(cloud(), made.id);
    }).toThrow("cannot be stopped");
  });
});

describe("keys of one's own", () => {
  const kms = (changes: JsonObject = {}): JsonObject => ({
    securityProfile: { azureKeyVaultKms: { enabled: true, keyId: KEY, ...changes } },
  });
  const isPrivate = { keyVaultNetworkAccess: "Private", keyVaultResourceId: VAULT };

  beforeEach(() => {
    put(VAULT, "Microsoft.KeyVault/vaults", { properties: {} });
    put(`${VAULT}/keys/etcd`, "Microsoft.KeyVault/vaults/keys", {});
  });

  test("etcd: the identity, the key and the rights on it are there first", async () => {
    await expect(cluster(kms())).rejects.toThrow("requires a user-assigned identity");
    const owner = await azure.identity("control-plane");
    const identity = { type: "UserAssigned", userAssignedIdentities: [owner.id] };
    const attempt = (changes: JsonObject = {}) => cluster({ identity, ...kms(changes) });
    const code = "AzureKeyVaultKmsValidateIdentityPermissionCustomerError";
    await expect(attempt({ keyId: "https://keys.vault.azure.net/keys/etcd" })).rejects.toThrow(
      "with its version",
    );
    await expect(attempt({ keyVaultNetworkAccess: "Private" })).rejects.toThrow(
      "KeyVault resource ID is empty",
    );
    await expect(attempt({ keyVaultResourceId: VAULT })).rejects.toThrow("must be empty");
    await expect(attempt({ keyId: KEY.replace("etcd", "gone") })).rejects.toThrow(code);
    await expect(attempt()).rejects.toThrow(code);
    await azure.grant(principalOf(owner), CRYPTO_USER, VAULT);
    await expect(attempt(isPrivate)).rejects.toThrow("privateEndpointConnectionsApproval");
    azure.drift(VAULT, { properties: { publicNetworkAccess: "Disabled" } });
    await expect(attempt()).rejects.toThrow("publicNetworkAccess is Disabled");
    await azure.grant(principalOf(owner), VAULT_CONTRIBUTOR, VAULT);
    await expect(attempt(isPrivate)).resolves.toHaveProperty("id");
  });

  test("disks: the set is in the region, and may use its key", async () => {
    const diskEncryptionSetID = DISK_SET;
    await expect(cluster({ diskEncryptionSetID })).rejects.toThrow("ResourceNotFound");
    const set = (location: string): JsonObject => ({
      ...{ location, activeKey: { keyUrl: KEY } },
      identity: { type: "SystemAssigned", principalId: "44444444-4444-4444-8444-444444444444" },
    });
    put(DISK_SET, "Microsoft.Compute/diskEncryptionSets", set("eastus"));
    await expect(cluster({ diskEncryptionSetID })).rejects.toThrow(
      "must be in the cluster's region, westus2",
    );
    put(DISK_SET, "Microsoft.Compute/diskEncryptionSets", set("westus2"));
    await expect(cluster({ diskEncryptionSetID })).rejects.toThrow("KeyVaultAccessForbidden");
  });
});
