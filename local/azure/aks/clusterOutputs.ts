/** What AKS fills in and computes for a cluster and its pools (recorded stacks of pulumi-azure-native, 2025-04). */
import { createHash, randomUUID } from "node:crypto";
import { UNKNOWN, type JsonObject } from "../../provider/backend";
import { flag, number, object, objects, strings, text, withoutNulls } from "../../provider/values";
import { groupIdOf, nameOf } from "../ids";
import { normalizeRegion } from "../regions";
import type { Operation } from "../resourceType";
import { privateFqdn } from "./apiServerNetwork";
import { DEFAULT_VERSION, resolveVersion, runningVersion } from "./versions";

const NODE_IMAGES: Readonly<Record<string, string>> = {
  AzureLinux3: "AKSAzureLinux-V3gen2",
  AzureLinux: "AKSAzureLinux-V3gen2",
  Ubuntu: "AKSUbuntu-2204gen2containerd",
};

/** Week of the newest node image that the emulated AKS knows. */
const NODE_IMAGE_RELEASE = "202607.10.0";

export function clusterDefaults({ inputs }: Operation): JsonObject {
  const cilium = text(inputs, "networkProfile.networkDataplane") === "cilium";
  const overlay = { networkPluginMode: "overlay" };
  return {
    kubernetesVersion: DEFAULT_VERSION,
    enableRBAC: true,
    sku: { name: "Base", tier: "Free" },
    supportPlan: "KubernetesOfficial",
    disableLocalAccounts: false,
    oidcIssuerProfile: { enabled: false },
    networkProfile: {
      networkPlugin: "azure",
      ...(inputs["networkProfile"] === undefined ? overlay : {}),
      networkDataplane: "azure",
      networkPolicy: cilium ? "cilium" : "none",
      loadBalancerSku: "standard",
      outboundType: "loadBalancer",
      podCidr: "10.244.0.0/16",
      serviceCidr: "10.0.0.0/16",
      dnsServiceIP: "10.0.0.10",
      ipFamilies: ["IPv4"],
    },
    storageProfile: {
      diskCSIDriver: { enabled: true },
      fileCSIDriver: { enabled: true },
      snapshotController: { enabled: true },
    },
    nodeProvisioningProfile: { mode: "Manual", defaultNodePools: "Auto" },
  };
}

export const CLUSTER_COMPUTED: readonly string[] = [
  "azurePortalFQDN",
  "currentKubernetesVersion",
  "eTag",
  "fqdn",
  "identity.principalId",
  "identity.tenantId",
  "identityProfile",
  "maxAgentPools",
  "nodeResourceGroup",
  "oidcIssuerProfile.issuerURL",
  "powerState",
  "provisioningState",
  "resourceUID",
];

export function computeCluster(operation: Operation): JsonObject {
  const { inputs, id, keep } = operation;
  const location = normalizeRegion(text(inputs, "location") ?? "");
  const prefix = text(inputs, "dnsPrefix") ?? text(inputs, "fqdnSubdomain") ?? nameOf(id);
  const fqdn = keep("fqdn", () => `${prefix}-${randomUUID().slice(0, 8)}.hcp.${location}.azmk8s.io`);
  const version = text(inputs, "kubernetesVersion") ?? DEFAULT_VERSION;
  const privateCluster = flag(inputs, "apiServerAccessProfile.enablePrivateCluster");
  return {
    fqdn,
    azurePortalFQDN: fqdn.replace(".hcp.", ".portal.hcp."),
    ...(privateCluster ? { privateFQDN: privateFqdn(inputs, fqdn) } : {}),
    currentKubernetesVersion: runningVersion(
      version,
      text(operation.existing?.properties, "currentKubernetesVersion"),
    ),
    eTag: randomUUID(),
    maxAgentPools: 100,
    nodeResourceGroup: nodeGroupName(operation),
    powerState: { code: "Running" },
    provisioningState: "Succeeded",
    resourceUID: keep("resourceUID", () => randomUUID().replaceAll("-", "").slice(0, 24)),
    identityProfile: { kubeletidentity: kubeletIdentity(operation) },
    ...(flag(inputs, "oidcIssuerProfile.enabled")
      ? { oidcIssuerProfile: oidcIssuer(operation, location) }
      : {}),
    ...identityOf(operation),
    agentPoolProfiles: objects(inputs, "agentPoolProfiles").map((pool) => poolOutputs(pool, version, inputs)),
    servicePrincipalProfile: { clientId: "msi" },
  };
}

/** With trailing slash, as AKS returns it; a token's issuer is compared to the letter. */
function oidcIssuer({ cloud, keep }: Operation, location: string): JsonObject {
  return {
    enabled: true,
    issuerURL: keep(
      "oidcIssuerProfile.issuerURL",
      () => `https://${location}.oic.prod-aks.azure.com/${cloud.tenantId}/${randomUUID()}/`,
    ),
  };
}

/** The identity block that Azure returns: a principal of its own, or the ids of the assigned identities. */
export function identityOf({ cloud, inputs, keep }: Operation): JsonObject {
  const type = text(inputs, "identity.type");
  if (type === undefined || type === "None") return {};
  const assigned = strings(inputs, "identity.userAssignedIdentities");
  const details = assigned.map((id) => {
    const identity = cloud.store.get(id)?.properties;
    return [
      id,
      { clientId: text(identity, "clientId") ?? "", principalId: text(identity, "principalId") ?? "" },
    ];
  });
  return {
    identity: {
      type,
      ...(type.includes("SystemAssigned")
        ? { principalId: keep("identity.principalId", randomUUID), tenantId: cloud.tenantId }
        : {}),
      ...(assigned.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(details) as JsonObject }),
    },
  };
}

/** The kubelet's identity: the given one, or one that AKS makes in the node resource group. */
function kubeletIdentity(operation: Operation): JsonObject {
  const given = text(operation.inputs, "identityProfile.kubeletidentity.resourceId");
  const identity = given === undefined ? undefined : operation.cloud.store.get(given);
  if (identity !== undefined) {
    const { clientId = "", principalId = "" } = identity.properties;
    return { resourceId: identity.id, clientId, objectId: principalId };
  }
  return {
    resourceId: `${nodeGroupId(operation)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${nameOf(operation.id)}-agentpool`,
    clientId: operation.keep("identityProfile.kubeletidentity.clientId", randomUUID),
    objectId: operation.keep("identityProfile.kubeletidentity.objectId", randomUUID),
  };
}

/** At most 80 characters, as AKS cuts it. */
function nodeGroupName({ id, inputs }: Operation): string {
  const group = nameOf(groupIdOf(id) ?? "");
  const location = normalizeRegion(text(inputs, "location") ?? "");
  return text(inputs, "nodeResourceGroup") ?? `MC_${group}_${nameOf(id)}_${location}`.slice(0, 80);
}

export function nodeGroupId(operation: Operation): string {
  return `/subscriptions/${operation.cloud.subscriptionId}/resourceGroups/${nodeGroupName(operation)}`;
}

/** A pool as AKS returns it, inside its cluster or as a resource. */
export function poolOutputs(pool: JsonObject, clusterVersion: string, cluster: JsonObject): JsonObject {
  const version = text(pool, "orchestratorVersion") ?? clusterVersion;
  const osSku = text(pool, "osSKU") ?? "Ubuntu";
  const overlay =
    cluster["networkProfile"] === undefined ||
    text(cluster, "networkProfile.networkPluginMode") === "overlay";
  return {
    count: 1,
    enableAutoScaling: false,
    enableEncryptionAtHost: false,
    enableFIPS: false,
    enableNodePublicIP: false,
    kubeletDiskType: "OS",
    maxPods: overlay ? 250 : 30,
    mode: "User",
    osDiskSizeGB: 128,
    osDiskType: "Managed",
    osType: "Linux",
    osSKU: osSku,
    scaleDownMode: "Delete",
    type: "VirtualMachineScaleSets",
    orchestratorVersion: version === UNKNOWN ? version : resolveVersion(version),
    ...withoutNulls(pool),
    ...(pool["scaleSetPriority"] === "Spot" ? spotMarks(pool) : {}),
    currentOrchestratorVersion: resolveVersion(version),
    nodeImageVersion: `${NODE_IMAGES[osSku] ?? `AKS${osSku}`}-${NODE_IMAGE_RELEASE}`,
    powerState: { code: "Running" },
    provisioningState: "Succeeded",
    eTag: createHash("sha256").update(JSON.stringify(pool)).digest("hex").slice(0, 32),
  };
}

/** AKS marks spot nodes by itself (https://learn.microsoft.com/azure/aks/spot-node-pool#verify-the-spot-node-pool). */
function spotMarks(pool: JsonObject): JsonObject {
  const priority = "kubernetes.azure.com/scalesetpriority";
  const taint = `${priority}=spot:NoSchedule`;
  return {
    nodeTaints: [...new Set([...strings(pool, "nodeTaints"), taint])],
    nodeLabels: { ...object(pool, "nodeLabels"), [priority]: "spot" },
  };
}

/** Nodes that a pool starts with. */
export function nodesOf(pool: JsonObject): number {
  return Math.max(number(pool, "count") ?? 0, number(pool, "minCount") ?? 0);
}
