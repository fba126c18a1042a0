/** What AKS refuses about a node pool, whether it comes inside a cluster or as a resource of its own. */
import { UNKNOWN, type JsonObject, type ProviderError } from "../../provider/backend";
import { number, strings, text } from "../../provider/values";
import { parseCidr, usableAddresses } from "../cidr";
import { sameId } from "../ids";
import { zonesOf } from "../regions";
import { DEFAULT_VCPU_QUOTA, refusal, type AzureCloud } from "../resourceType";
import { refuseHostEncryption } from "./clusterEncryption";
import { defaultOsDiskGB, offeredVmSize, type VmSize } from "./vmSizes";

export interface PoolRequest {
  readonly cloud: AzureCloud;
  /** Short name, such as `westus2`. */
  readonly location: string;
  readonly name: string;
  /** Inputs of an AgentPool, or an element of a cluster's `agentPoolProfiles`. */
  readonly pool: JsonObject;
  /** Id of the pool as a resource. */
  readonly id: string;
  readonly isNew: boolean;
}

type PoolCheck = (request: PoolRequest) => ProviderError | undefined;

/** AKS's general code for a bad request body; used where no public thread shows a code of its own. */
export function invalid(message: string): ProviderError {
  return refusal("InvalidParameter", message);
}

/** The first refusal, in the order in which AKS looks. */
export function refusePool(request: PoolRequest): ProviderError | undefined {
  for (const check of CHECKS) {
    const found = check(request);
    if (found !== undefined) return found;
  }
  return undefined;
}

const CHECKS: readonly PoolCheck[] = [
  // https://learn.microsoft.com/azure/aks/use-system-pools: Linux names are 1-12 lower-case alphanumerics.
  ({ name }) =>
    /^[a-z][a-z0-9]{0,11}$/.test(name)
      ? undefined
      : invalid(
          `The value of parameter agentPoolProfile.name is invalid. Error details: agent pool name '${name}' is ` +
            "invalid. Linux agent pool names must match ^[a-z][a-z0-9]{0,11}$.",
        ),
  // pulumi/pulumi-azure-native#2943: mandatory on create, autoscaler or not.
  ({ pool, isNew }) =>
    isNew && number(pool, "count") === undefined
      ? invalid("Required parameter properties.count is missing (null).")
      : undefined,
  ({ pool }) => (pool["enableAutoScaling"] === true ? refuseAutoscaler(pool) : undefined),
  // https://learn.microsoft.com/azure/aks/spot-node-pool#limitations
  ({ pool }) => (pool["scaleSetPriority"] === "Spot" ? refuseSpot(pool) : undefined),
  ({ pool, name }) => (pool["mode"] === "System" ? refuseSystem(name, pool) : undefined),
  refuseSize,
  refuseZones,
  ({ cloud, pool }) => refuseHostEncryption(cloud, pool),
  refuseEphemeralDisk,
  refuseOsSku,
  refuseSubnetSize,
  refuseQuota,
];

function refuseAutoscaler(pool: JsonObject): ProviderError | undefined {
  const [low, high] = [number(pool, "minCount"), number(pool, "maxCount")];
  if (low !== undefined && high !== undefined && low <= high) return undefined;
  return invalid(
    `Expected value of minCount <= maxCount when cluster autoscaler is enabled, got minCount ${low ?? "(null)"} ` +
      `and maxCount ${high ?? "(null)"}.`,
  );
}

function refuseSpot(pool: JsonObject): ProviderError | undefined {
  if (pool["mode"] === "System") return invalid("System node pool cannot use scaleSetPriority 'Spot'.");
  const maxSurge = text(pool, "upgradeSettings.maxSurge");
  return maxSurge === undefined ? undefined : invalid(`Spot pools can't set max surge (got '${maxSurge}').`);
}

/** https://learn.microsoft.com/azure/aks/use-system-pools#system-and-user-node-pools */
function refuseSystem(name: string, pool: JsonObject): ProviderError | undefined {
  if (pool["osType"] === "Windows") return invalid(`System node pool '${name}' must be of osType Linux.`);
  const size = sizeOf(pool);
  if (size !== undefined && (size.vcpus < 2 || size.memoryGB < 4)) {
    return refusal(
      "SystemPoolSkuTooLow",
      `The VM SKU chosen for this cluster ${text(pool, "vmSize") ?? ""} has less than 2 vCPUs or 4 GB of memory ` +
        "and cannot be used for a system node pool. Please use a larger SKU.",
    );
  }
  const [maxPods, nodes] = [number(pool, "maxPods"), number(pool, "count")];
  if (maxPods === undefined || nodes === undefined || maxPods * nodes >= 30) return undefined;
  return refusal(
    "InsufficientAgentPoolMaxPodsPerAgentPool",
    `The AgentPoolProfile '${name}' has an invalid total maxPods(maxPods per node * node count), ` +
      `the total maxPods(${maxPods} * ${nodes}) should be larger than 30.`,
  );
}

function refuseSize({ pool, location }: PoolRequest): ProviderError | undefined {
  const name = text(pool, "vmSize");
  if (name === undefined || name === UNKNOWN || offeredVmSize(name) !== undefined) return undefined;
  return refusal(
    "VMSizeNotSupported",
    `The VM size of ${name} is not allowed in your subscription in location '${location}'.`,
  );
}

function refuseZones({ pool, location, name }: PoolRequest): ProviderError | undefined {
  const offered = zonesOf(location);
  const wanted = strings(pool, "availabilityZones");
  if (offered === undefined || wanted.every((zone) => offered.includes(zone))) return undefined;
  return refusal(
    "AvailabilityZoneNotSupported",
    `The zone(s) '${wanted.filter((zone) => !offered.includes(zone)).join(",")}' for resource '${name}' is not ` +
      `supported. The supported zones for location '${location}' are '${offered.join(",")}'`,
  );
}

function refuseEphemeralDisk({ pool }: PoolRequest): ProviderError | undefined {
  const size = sizeOf(pool);
  if (pool["osDiskType"] !== "Ephemeral" || size === undefined) return undefined;
  const wanted = number(pool, "osDiskSizeGB") ?? defaultOsDiskGB(size.vcpus);
  if (wanted <= size.localDiskGB) return undefined;
  const bytes = (gigabytes: number): number => gigabytes * 1024 ** 3;
  return refusal(
    "VMCacheSizeTooSmall",
    `The virtual machine size ${text(pool, "vmSize") ?? ""} has a cache size of ${bytes(size.localDiskGB)} bytes, ` +
      `but the OS disk requires ${bytes(wanted)} bytes. Use a VM size with larger cache or disable ephemeral OS.`,
  );
}

/** AKS release notes: Mariner became AzureLinux, and images of Ubuntu 18.04 are gone. */
function refuseOsSku({ pool }: PoolRequest): ProviderError | undefined {
  const sku = text(pool, "osSKU");
  if (sku === undefined || !["CBLMariner", "Mariner", "Ubuntu1804"].includes(sku)) return undefined;
  return invalid(`OSSKU '${sku}' is retired. Use AzureLinux3 or Ubuntu.`);
}

/** In an overlay cluster each node takes one address of its subnet; pods have their own range. */
function refuseSubnetSize({ cloud, pool, id, name }: PoolRequest): ProviderError | undefined {
  const subnetId = text(pool, "vnetSubnetID");
  const subnet = subnetId === undefined ? undefined : cloud.store.get(subnetId);
  const range = parseCidr(text(subnet?.properties, "addressPrefix") ?? "");
  if (subnet === undefined || range === undefined) return undefined;
  const others = livePools(cloud)
    .filter(
      (other) => !sameId(other.id, id) && sameId(text(other.properties, "vnetSubnetID") ?? "", subnet.id),
    )
    .map((other) => mostNodes(other.properties));
  const needed = others.reduce((sum, nodes) => sum + nodes, mostNodes(pool) + 1);
  if (needed <= usableAddresses(range)) return undefined;
  return refusal(
    "InsufficientSubnetSize",
    `Pre-allocated IPs ${needed} exceeds IPs available ${usableAddresses(range)} in Subnet Cidr ${range.text}, ` +
      `Subnet Name ${text(subnet.properties, "name") ?? ""} (pool ${name}). If Autoscaler is enabled, the ` +
      "max-count from each nodepool is counted towards this total (which means that pool count times max-count).",
  );
}

/** Quota is counted for the nodes that start, by family and region, over all clusters of the subscription. */
function refuseQuota({ cloud, pool, id, location }: PoolRequest): ProviderError | undefined {
  const size = sizeOf(pool);
  if (size === undefined) return undefined;
  const used = livePools(cloud)
    .filter(
      (other) =>
        !sameId(other.id, id) &&
        text(cloud.store.get(clusterIdOf(other.id))?.properties, "location") === location,
    )
    .filter((other) => sizeOf(other.properties)?.family === size.family)
    .reduce((sum, other) => sum + firstNodes(other.properties) * (sizeOf(other.properties)?.vcpus ?? 0), 0);
  const requested = firstNodes(pool) * size.vcpus;
  const limit =
    cloud.vcpuQuota[`${location}/${size.family}`] ?? cloud.vcpuQuota[size.family] ?? DEFAULT_VCPU_QUOTA;
  if (used + requested <= limit) return undefined;
  return refusal(
    "ErrCode_InsufficientVCPUQuota",
    `Insufficient vcpu quota requested ${requested}, remaining ${Math.max(0, limit - used)} for family ` +
      `${size.family} for region ${location}.`,
  );
}

function livePools(cloud: AzureCloud): ReturnType<AzureCloud["store"]["list"]> {
  return cloud.store.list({ cloud: "azure", type: "Microsoft.ContainerService/managedClusters/agentPools" });
}

function sizeOf(pool: JsonObject): VmSize | undefined {
  return offeredVmSize(text(pool, "vmSize") ?? "");
}

function firstNodes(pool: JsonObject): number {
  return Math.max(number(pool, "count") ?? 0, number(pool, "minCount") ?? 0);
}

function mostNodes(pool: JsonObject): number {
  return number(pool, "maxCount") ?? number(pool, "count") ?? 0;
}

/** Id of the cluster that a pool belongs to. */
export function clusterIdOf(poolId: string): string {
  return poolId.slice(0, poolId.toLowerCase().lastIndexOf("/agentpools/"));
}
