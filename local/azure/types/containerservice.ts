import { UNKNOWN, type JsonObject, type ProviderError } from "../../provider/backend";
import { number, text, without } from "../../provider/values";
import { refuseStrandedDelete, writeApiServerName } from "../aks/apiServerNetwork";
import { addStorageEndpoint } from "../aks/blobStorage";
import { clusterDefaults, CLUSTER_COMPUTED, computeCluster, poolOutputs } from "../aks/clusterOutputs";
import { CLUSTER_REFUSALS } from "../aks/clusterRefusals";
import { refuseBlockedUpgrade } from "../aks/disruptionBudgets";
import { refuseFixedProperties } from "../aks/fixedPool";
import { removeNodeGroup, removeScaleSet, writeClusterMembers, writeScaleSet } from "../aks/nodeGroup";
import { refusePoolSubnet } from "../aks/ownNetwork";
import { clusterIdOf, invalid, refusePool } from "../aks/pools";
import { refuseWhileStopped } from "../aks/powerState";
import { DEFAULT_VERSION, refuseVersion, resolveVersion } from "../aks/versions";
import { inGroup, nameOf, ownerIdOf } from "../ids";
import {
  describeTypes,
  refusal,
  type AzureCloud,
  type Deletion,
  type Operation,
  type Serial,
} from "../resourceType";
import { normalizeRegion } from "../regions";
import type { CloudRecord } from "../../cloud/store";
import { trustedAccess } from "./containerserviceAccess";

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const POOL = `${CLUSTER}/agentPools`;

/** Operations on one cluster and its pools must not overlap (wording: cilium/cilium#25944). */
const oneAtATime: Serial = {
  key: (id) => /^.*\/managedClusters\/[^/]+/i.exec(id)?.[0] ?? id,
  conflict: ({ id, state }) => {
    const other = /\/agentPools\//i.test(id)
      ? `agentpool operation (${nameOf(id)} - ${state})`
      : `operation (${state})`;
    return refusal(
      "OperationNotAllowed",
      `Operation is not allowed: Another ${other} is in progress, please wait for it to finish before starting a new ` +
        "operation. See https://aka.ms/aks-pending-operation for more details",
    );
  },
};

const clusters = describeTypes(
  {
    token: "containerservice:ManagedCluster",
    shape: inGroup(CLUSTER, "resourceName"),
    apiVersion: "2025-09-01",
    autoName: "random",
    name: {
      pattern: /^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$/,
      minLength: 1,
      maxLength: 63,
    },
    references: [
      "identity.userAssignedIdentities[]",
      "identityProfile.kubeletidentity.resourceId",
      "agentPoolProfiles[].vnetSubnetID",
      "apiServerAccessProfile.privateDNSZone",
      "apiServerAccessProfile.subnetId",
      "diskEncryptionSetID",
      "ingressProfile.webAppRouting.dnsZoneResourceIds[]",
      "securityProfile.azureKeyVaultKms.keyVaultResourceId",
      "securityProfile.defender.logAnalyticsWorkspaceResourceId",
    ],
    // forceNewMap in provider/pkg/gen/replacement.go of pulumi-azure-native (leaves of networkProfile: its #4771).
    replaceOn: [
      "diskEncryptionSetID",
      "dnsPrefix",
      "fqdnSubdomain",
      "linuxProfile",
      "nodeResourceGroup",
      "windowsProfile",
      "agentPoolProfiles[*].networkProfile.nodePublicIPTags",
      ...[
        "dnsServiceIP",
        "networkDataplane",
        "networkMode",
        "networkPlugin",
        "networkPluginMode",
        "networkPolicy",
        "outboundType",
        "podCidr",
        "serviceCidr",
        "serviceCidrs",
      ].map((key) => `networkProfile.${key}`),
    ],
    defaults: clusterDefaults,
    computed: CLUSTER_COMPUTED,
    compute: computeCluster,
    seconds: { create: 256, update: 90, delete: 240 },
    refuse: CLUSTER_REFUSALS,
    serial: oneAtATime,
    refuseDelete: [refuseStrandedDelete],
    afterWrite: (operation, cluster) => {
      writeClusterMembers(operation, cluster);
      writeApiServerName(operation, cluster);
      addStorageEndpoint(operation);
    },
    afterDelete: removeNodeGroup,
    live: livePools,
    // AKS writes its ids and its type in its own case.
    returnedId: (id) => id.replace("/resourceGroups/", "/resourcegroups/"),
    returnedType: "Microsoft.ContainerService/ManagedClusters",
  },
  {
    token: "containerservice:AgentPool",
    shape: inGroup(POOL, "resourceName", "agentPoolName"),
    apiVersion: "2025-09-01",
    autoName: "copy",
    located: false,
    references: ["vnetSubnetID", "podSubnetID"],
    replaceOn: ["gpuInstanceProfile", "vmSize", "networkProfile.nodePublicIPTags"],
    computed: ["currentOrchestratorVersion", "eTag", "nodeImageVersion", "powerState", "provisioningState"],
    compute: computePool,
    seconds: { create: 120, update: 60, delete: 90 },
    refuse: [
      (operation) => refuseWhileStopped(clusterOf(operation)?.properties),
      refuseAgentPool,
      refusePoolSubnet,
      refusePoolVersion,
      refuseImmutable,
    ],
    refuseDelete: [refuseLastSystemPool],
    serial: oneAtATime,
    afterWrite: ({ cloud, id }, record) => {
      const cluster = cloud.store.get(clusterIdOf(id));
      if (cluster !== undefined) writeScaleSet(cloud, cluster, { ...record.properties, name: nameOf(id) });
    },
    afterDelete: ({ cloud, record }) => {
      const cluster = cloud.store.get(clusterIdOf(record.id));
      if (cluster !== undefined) removeScaleSet(cloud, cluster, nameOf(record.id));
    },
    returnedId: (id) => id.replace("/resourceGroups/", "/resourcegroups/"),
  },
  {
    token: "containerservice:MaintenanceConfiguration",
    shape: inGroup(`${CLUSTER}/maintenanceConfigurations`, "resourceName", "configName"),
    apiVersion: "2025-09-01",
    autoName: "copy",
    located: false,
    seconds: { create: 3, update: 3, delete: 3 },
    refuse: [refuseMaintenance],
  },
);

export const containerservice = [...clusters, ...trustedAccess];

function clusterOf({ cloud, id }: Operation): CloudRecord | undefined {
  return cloud.store.get(clusterIdOf(id));
}

function computePool(operation: Operation): JsonObject {
  const cluster = clusterOf(operation)?.properties ?? {};
  const version = text(cluster, "kubernetesVersion") ?? DEFAULT_VERSION;
  const given = without(operation.inputs, [
    "agentPoolName",
    "azureApiVersion",
    "resourceGroupName",
    "resourceName",
  ]);
  return { ...poolOutputs(given, version, cluster), type: "VirtualMachineScaleSets" };
}

function refuseAgentPool(operation: Operation): ProviderError | undefined {
  const location = normalizeRegion(text(clusterOf(operation)?.properties, "location") ?? "");
  const { cloud, id, inputs, existing } = operation;
  return refusePool({ cloud, location, name: nameOf(id), pool: inputs, id, isNew: existing === undefined });
}

/** https://learn.microsoft.com/azure/aks/upgrade-aks-node-pools: a pool is never newer than its control plane. */
function refusePoolVersion(operation: Operation): ProviderError | undefined {
  const wanted = text(operation.inputs, "orchestratorVersion");
  const cluster = clusterOf(operation);
  const running = text(cluster?.properties, "currentKubernetesVersion");
  if (wanted === undefined || wanted === UNKNOWN || running === undefined) return undefined;
  const minor = (version: string): number => Number(version.split(".")[1]);
  if (minor(wanted) > minor(running)) {
    return refusal(
      "NodePoolMcVersionIncompatible",
      `Node pool version ${resolveVersion(wanted)} and control plane version ${running} are incompatible. Minor ` +
        "version of node pool version is bigger than control plane version.",
    );
  }
  const longTerm = text(cluster?.properties, "supportPlan") === "AKSLongTermSupport";
  const found = refuseVersion(nameOf(operation.id), wanted, longTerm);
  const before = text(operation.existing?.properties, "currentOrchestratorVersion");
  if (found !== undefined || before === undefined || resolveVersion(wanted) === before) return found;
  return refuseBlockedUpgrade(operation.cloud, clusterIdOf(operation.id), cluster?.properties);
}

function refuseImmutable({ id, inputs, existing }: Operation): ProviderError | undefined {
  return existing === undefined ? undefined : refuseFixedProperties(nameOf(id), inputs, existing.properties);
}

/** https://learn.microsoft.com/azure/aks/use-system-pools: a cluster keeps at least one system pool. */
function refuseLastSystemPool({ cloud, record }: Deletion): ProviderError | undefined {
  if (text(record.properties, "mode") !== "System") return undefined;
  const others = cloud.store
    .list({ type: POOL, under: clusterIdOf(record.id) })
    .filter(({ id, properties }) => id !== record.id && text(properties, "mode") === "System");
  return others.length > 0
    ? undefined
    : refusal(
        "OperationNotAllowed",
        "There has to be at least one system agent pool in the managed cluster.",
      );
}

/** A cluster lists all of its pools, also those that are resources of their own (pulumi-azure-native#2719). */
function livePools(cloud: AzureCloud, cluster: CloudRecord): JsonObject {
  const pools = cloud.store.list({ type: POOL, under: cluster.id });
  return {
    agentPoolProfiles: pools.map(({ id, properties }) => ({
      ...without(properties, ["azureApiVersion", "location"]),
      name: nameOf(id),
      type: "VirtualMachineScaleSets",
    })),
  };
}

/** https://learn.microsoft.com/azure/aks/planned-maintenance: three names, and four hours or more. */
function refuseMaintenance({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const names = ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];
  if (!names.includes(nameOf(id))) {
    return invalid(
      `Maintenance configuration name '${nameOf(id)}' of ${ownerIdOf(id) ?? ""} is not allowed. Allowed names: ${names.join(", ")}.`,
    );
  }
  const start = text(inputs, "maintenanceWindow.startDate");
  // hashicorp/terraform-provider-azurerm#22762: at every write, so that a date that is given grows old.
  if (start !== undefined && start < cloud.now().toISOString().slice(0, 10)) {
    return invalid(
      `maintenanceWindow.startDate '${start}' is in the past. Leave it out, or ignore its changes.`,
    );
  }
  const hours = number(inputs, "maintenanceWindow.durationHours");
  if (inputs["maintenanceWindow"] === undefined || (hours !== undefined && hours >= 4 && hours <= 24))
    return undefined;
  return invalid(`maintenanceWindow.durationHours must be between 4 and 24, got ${hours ?? "(null)"}.`);
}
