/** The emulated Azure as a cluster sees it. */
import { canPullImage, evaluate, resolveFederation } from "../../azure/access";
import { apiServerProblem, type Place } from "../../azure/aks/apiServerAccess";
import { findImage } from "../../azure/registry";
import type { CloudRecord, CloudStore } from "../../cloud/store";
import type { JsonObject } from "../../provider/backend";
import { flag, isObject, objects, text } from "../../provider/values";
import { requestedAddress } from "./addresses";
import { azureGateways } from "./gateways";
import type { Cluster, ClusterPlatform, LocalImage, NodePool, Taint } from "./platform";

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const AGENT_POOL = `${CLUSTER}/agentPools`;
const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** Pods a node takes where the pool does not say: AKS's default for Azure CNI overlay. */
const DEFAULT_MAX_PODS = 250;

/**
 * @param caller object id of the identity that runs the program.
 * @param place where that identity sits; by default on the Internet.
 */
export function azurePlatform(
  store: CloudStore,
  tenantId: string,
  caller: string,
  place: Place = {},
): ClusterPlatform {
  return {
    caller,
    tenantId,
    findCluster: (host) =>
      store
        .list({ cloud: "azure", type: CLUSTER })
        .filter(({ properties }) => [properties["fqdn"], properties["privateFQDN"]].includes(host))
        .map((record) => ({
          ...describeCluster(store, record, host),
          unreachable: apiServerProblem(store, record, host, place),
        }))[0],
    authorize: (_cluster, action, scope) => evaluate(store, caller, action, scope),
    hasRegistry: (loginServer) =>
      store
        .list({ cloud: "azure", type: REGISTRY })
        .some(({ properties }) => properties["loginServer"] === loginServer),
    findImage: (reference) => describeImage(store, reference),
    canPull: (cluster, loginServer) =>
      cluster.kubeletObjectId === undefined
        ? { allowed: false, chain: [`${cluster.name} has no kubelet identity`] }
        : canPullImage(store, cluster.kubeletObjectId, loginServer),
    exchangeToken: (token) => resolveFederation(store, token),
    allocatePublicIp: (owner) => allocatePublicIp(store, owner),
    gateways: azureGateways(store),
    requestedAddress: (cluster, request) => {
      const record = store.get(cluster.id);
      return record === undefined ? undefined : requestedAddress(store, record, request);
    },
  };
}

function describeCluster(store: CloudStore, record: CloudRecord, host: string): Cluster {
  const { id, properties } = record;
  return {
    id,
    name: text(properties, "name") ?? id.slice(id.lastIndexOf("/") + 1),
    location: text(properties, "location") ?? "",
    fqdn: host,
    localAccountsDisabled: flag(properties, "disableLocalAccounts"),
    azureRbac: flag(properties, "aadProfile.enableAzureRBAC"),
    oidcIssuer: text(properties, "oidcIssuerProfile.issuerURL"),
    workloadIdentity: flag(properties, "securityProfile.workloadIdentity.enabled"),
    kubeletObjectId: text(properties, "identityProfile.kubeletidentity.objectId"),
    verticalPodAutoscaler: flag(properties, "workloadAutoScalerProfile.verticalPodAutoscaler.enabled"),
    nodeAutoProvisioning: text(properties, "nodeProvisioningProfile.mode") === "Auto",
    nodePools: nodePools(store, record),
  };
}

/** Pools declared inline and as resources of their own; both describe one pool where the names are equal. */
function nodePools(store: CloudStore, cluster: CloudRecord): NodePool[] {
  const pools = new Map<string, NodePool>();
  const inline = cluster.properties["agentPoolProfiles"];
  const separate = store.list({ under: cluster.id, type: AGENT_POOL }).map(({ properties }) => properties);
  for (const pool of [...(Array.isArray(inline) ? inline : []), ...separate]) {
    if (!isObject(pool)) continue;
    const described = describePool(pool);
    pools.set(described.name, described);
  }
  return [...pools.values()];
}

function describePool(pool: JsonObject): NodePool {
  const name = text(pool, "name") ?? "";
  const nodes = pool["enableAutoScaling"] === true ? pool["maxCount"] : pool["count"];
  const taints = Array.isArray(pool["nodeTaints"]) ? pool["nodeTaints"] : [];
  const labels = pool["nodeLabels"];
  return {
    name,
    vmSize: text(pool, "vmSize") ?? "Standard_D2s_v5",
    nodes: typeof nodes === "number" ? nodes : 1,
    maxPods: typeof pool["maxPods"] === "number" ? pool["maxPods"] : DEFAULT_MAX_PODS,
    labels: {
      "kubernetes.io/os": text(pool, "osType")?.toLowerCase() ?? "linux",
      "kubernetes.azure.com/agentpool": name,
      "kubernetes.azure.com/mode": text(pool, "mode")?.toLowerCase() ?? "user",
      "kubernetes.azure.com/scalesetpriority": text(pool, "scaleSetPriority")?.toLowerCase() ?? "regular",
      agentpool: name,
      ...(isObject(labels) ? (labels as Record<string, string>) : {}),
    },
    taints: taints.flatMap((taint) => (typeof taint === "string" ? parseTaint(taint) : [])),
  };
}

/** `key=value:effect` or `key:effect`. */
function parseTaint(taint: string): Taint[] {
  const match = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(taint);
  if (match === null) return [];
  const [, key = "", value = "", effect = ""] = match;
  return [{ key, value, effect }];
}

function describeImage(store: CloudStore, reference: string): LocalImage | undefined {
  const image = findImage(store, reference);
  if (image === undefined) return undefined;
  const { registry, repository, digest, folder, archive, config } = image;
  const { entrypoint, env, user, exposedPort } = config;
  return { registry, repository, digest, folder, archive, entrypoint, env, user, exposedPort };
}

/** Addresses of 203.0.113.0/24 are for documentation (RFC 5737): nothing on the Internet answers there. */
function allocatePublicIp(store: CloudStore, owner: string): string {
  const taken = new Set<string>();
  for (const { properties } of store.list({ cloud: "kubernetes", type: "v1/Service" })) {
    for (const entry of objects(properties, "status.loadBalancer.ingress")) {
      const address = text(entry, "ip");
      if (address !== undefined) taken.add(address);
    }
  }
  for (let host = 10; host < 255; host++) {
    const address = `203.0.113.${host}`;
    if (!taken.has(address)) return address;
  }
  throw new Error(`No address of 203.0.113.0/24 is left for ${owner}: delete a Service of type LoadBalancer`);
}
