import type * as inputs from "@pulumi/azure-native/types/input";

import type { ClusterSettings, NodePool, SecuritySettings, Tags } from "../../config";
import { addressAt, parseCidr } from "../../config/cidr";
import { NODE_OS } from "../../config/versions";
import type { RegionalNetwork } from "../network/regionalNetwork";

/** Azure CNI overlay on Cilium's data plane, which also enforces the network policies. */
export function networkProfile(
  cluster: ClusterSettings,
  outboundType: RegionalNetwork["outboundType"],
): inputs.containerservice.ContainerServiceNetworkProfileArgs {
  return {
    networkPlugin: "azure",
    networkPluginMode: "overlay",
    networkDataplane: "cilium",
    networkPolicy: "cilium",
    outboundType,
    loadBalancerSku: "standard",
    podCidr: cluster.podCidr,
    serviceCidr: cluster.serviceCidr,
    // Kubernetes keeps the first address for itself; .10 is AKS's own habit for DNS.
    dnsServiceIP: addressAt(parseCidr(cluster.serviceCidr), 10),
    ...(cluster.advancedNetworking ? { advancedNetworking } : {}),
  };
}

/** Flow logs of the pods, and network policies that name hosts. */
const advancedNetworking = {
  enabled: true,
  observability: { enabled: true },
  security: { enabled: true, advancedNetworkPolicies: "FQDN" },
};

/** What every pool of a cluster takes from the platform. */
export interface PoolSurroundings {
  readonly tags: Tags;
  readonly security: SecuritySettings;
  readonly regionalNetwork: RegionalNetwork;
}

/** What a pool has wherever it is declared, inline in the cluster or by itself. */
export function poolProperties(pool: NodePool, { tags, security, regionalNetwork }: PoolSurroundings) {
  return {
    mode: pool.mode,
    type: "VirtualMachineScaleSets",
    vmSize: pool.vmSize,
    osType: "Linux",
    osSKU: NODE_OS.version,
    osDiskType: pool.osDiskType,
    osDiskSizeGB: pool.osDiskSizeGb,
    maxPods: pool.maxPodsPerNode,
    enableAutoScaling: true,
    minCount: pool.minCount,
    maxCount: pool.maxCount,
    count: pool.minCount,
    enableNodePublicIP: false,
    enableEncryptionAtHost: security.encryptionAtHost,
    securityProfile: { sshAccess: "Disabled" },
    vnetSubnetID: regionalNetwork.nodeSubnetId,
    nodeLabels: pool.labels,
    nodeTaints: pool.taints,
    tags,
    ...(pool.zones.length > 0 ? { availabilityZones: pool.zones } : {}),
    ...(pool.priority === "Spot" ? spot : { upgradeSettings }),
  } satisfies Omit<inputs.containerservice.ManagedClusterAgentPoolProfileArgs, "name">;
}

/** A third more nodes during an upgrade; half an hour to drain one; a node that cannot drain is set aside, not forced. */
const upgradeSettings = {
  maxSurge: "33%",
  drainTimeoutInMinutes: 30,
  nodeSoakDurationInMinutes: 0,
  undrainableNodeBehavior: "Cordon",
};

/** Evicted nodes are deleted, and the price is at most the regular one. Azure takes no surge settings for spot pools. */
const spot = { scaleSetPriority: "Spot", scaleSetEvictionPolicy: "Delete", spotMaxPrice: -1 };

/**
 * The pool that the cluster is created with. Azure takes no other pool through the cluster later, so every
 * further one is a resource of its own.
 */
export function inlinePool(
  pool: NodePool,
  surroundings: PoolSurroundings,
): inputs.containerservice.ManagedClusterAgentPoolProfileArgs {
  return { name: pool.name, ...poolProperties(pool, surroundings) };
}

const common = {
  balanceSimilarNodeGroups: "true",
  expander: "least-waste",
  maxNodeProvisionTime: "15m",
  maxTotalUnreadyPercentage: "45",
  okTotalUnreadyCount: "3",
  newPodScaleUpDelay: "0s",
  skipNodesWithLocalStorage: "false",
  scanInterval: "10s",
};

/** When the cluster autoscaler removes nodes: soon (a demo) or carefully (production). */
export function autoScalerProfile(
  scaleDown: ClusterSettings["scaleDown"],
): inputs.containerservice.ManagedClusterPropertiesAutoScalerProfileArgs {
  return scaleDown === "aggressive"
    ? {
        ...common,
        scaleDownDelayAfterAdd: "2m",
        scaleDownDelayAfterDelete: "10s",
        scaleDownDelayAfterFailure: "1m",
        scaleDownUnneededTime: "2m",
        scaleDownUnreadyTime: "5m",
        scaleDownUtilizationThreshold: "0.7",
        maxEmptyBulkDelete: "10",
        maxGracefulTerminationSec: "60",
        skipNodesWithSystemPods: "false",
      }
    : {
        ...common,
        scaleDownDelayAfterAdd: "15m",
        scaleDownDelayAfterDelete: "1m",
        scaleDownDelayAfterFailure: "3m",
        scaleDownUnneededTime: "15m",
        scaleDownUnreadyTime: "20m",
        scaleDownUtilizationThreshold: "0.5",
        maxEmptyBulkDelete: "3",
        maxGracefulTerminationSec: "600",
        skipNodesWithSystemPods: "true",
      };
}
