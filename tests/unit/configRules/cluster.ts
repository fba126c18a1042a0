import { APPS, type Row, RUNNERS, SPOT, SYSTEM } from "./row";

const TEN = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/** Cluster, pools, the API's replicas, names and tags. */
export const clusterRows: Readonly<Record<string, Row>> = {
  "a version that AKS has retired": {
    change: { cluster: { kubernetesVersion: "1.33" } },
    path: "cluster.kubernetesVersion",
    names: ["1.33", "1.34, 1.35, 1.36, 1.37"],
    mend: { cluster: { kubernetesVersion: "1.36" } },
  },
  "names that are too long for what Azure calls after them": {
    change: { naming: { prefix: "platform", project: "storefront", environment: "production" } },
    path: "naming",
    names: ["platform-storefront-production", "data collection rule at most 44", "by 2 characters"],
    mend: { naming: { environment: "prod" } },
  },
  "a tag that is one of the six but for its case": {
    change: { tags: { extra: { Owner: "someone" } } },
    path: "tags.extra.Owner",
    names: ["Owner", "owner"],
    mend: { tags: { extra: { Owner: undefined, team: "blue" } } },
  },
  "a tag that DNS zones do not take": {
    change: { tags: { extra: { "cost per unit": "1" } } },
    path: "tags.extra.cost per unit",
    names: ["cost per unit", "letters, digits"],
    mend: { tags: { extra: { "cost per unit": undefined } } },
  },
  "more tags than a DNS zone takes": {
    change: { tags: { extra: Object.fromEntries(TEN.map((name) => [name, "1"])) } },
    path: "tags.extra",
    names: ["10 tags", "at most 9"],
    mend: { tags: { extra: { j: undefined } } },
  },
  "ranges for a private API server": {
    change: {
      cluster: { allowPublicApiServer: false, authorizedIpRanges: ["203.0.113.0/24"] },
      network: { runnerNetwork: RUNNERS },
    },
    path: "cluster.authorizedIpRanges",
    names: ["203.0.113.0/24", "private API server"],
    mend: { cluster: { authorizedIpRanges: [] } },
  },
  "a private address among the callers": {
    change: { cluster: { authorizedIpRanges: ["203.0.113.0/24", "10.1.0.0/16"] } },
    path: "cluster.authorizedIpRanges[1]",
    names: ["10.1.0.0/16", "10.0.0.0/8"],
    mend: { cluster: { authorizedIpRanges: ["203.0.113.0/24"] } },
  },
  "the same caller twice": {
    change: { cluster: { authorizedIpRanges: ["203.0.113.0/24", "203.0.113.0/24"] } },
    path: "cluster.authorizedIpRanges[1]",
    names: ["203.0.113.0/24", "cluster.authorizedIpRanges[0]"],
    mend: { cluster: { authorizedIpRanges: ["203.0.113.0/24"] } },
  },
  "a private API server without a way in": {
    change: { cluster: { allowPublicApiServer: false } },
    path: "cluster.allowPublicApiServer",
    names: ["false with network.runnerNetwork null", "way in"],
    mend: { network: { runnerNetwork: RUNNERS } },
  },
  "cost analysis in the free tier": {
    change: { cluster: { costAnalysis: true } },
    path: "cluster.costAnalysis",
    names: ["true with cluster.tier Free", "Standard"],
    mend: { cluster: { tier: "Standard" } },
  },
  "more nodes at least than at most": {
    change: { cluster: { nodePools: [{ ...SYSTEM, minCount: 4 }] } },
    path: "cluster.nodePools[0].minCount",
    names: ["4", "maxCount (3)"],
    mend: { cluster: { nodePools: [{ ...SYSTEM, minCount: 3 }] } },
  },
  "two pools of one name": {
    change: { cluster: { nodePools: [SYSTEM, APPS, APPS] } },
    path: "cluster.nodePools[2].name",
    names: ["apps", "name of its own"],
    mend: { cluster: { nodePools: [SYSTEM, APPS, { ...APPS, name: "more" }] } },
  },
  "a system pool on spot": {
    change: { cluster: { nodePools: [SYSTEM, { ...SPOT, mode: "System" }] } },
    path: "cluster.nodePools[1].priority",
    names: ["Spot with mode System", "Regular"],
    mend: { cluster: { nodePools: [SYSTEM, SPOT] } },
  },
  "spot nodes without the taint that AKS sets": {
    change: { cluster: { nodePools: [SYSTEM, { ...SPOT, taints: [] }] } },
    path: "cluster.nodePools[1].taints",
    names: ["[] with priority Spot", "scalesetpriority=spot:NoSchedule"],
    mend: { cluster: { nodePools: [SYSTEM, SPOT] } },
  },
  "a label that AKS keeps for itself": {
    change: { cluster: { nodePools: [{ ...SYSTEM, labels: { "kubernetes.azure.com/role": "x" } }] } },
    path: "cluster.nodePools[0].labels",
    names: ["kubernetes.azure.com/role", "kubernetes.azure.com/ and kubernetes.io/"],
    mend: { cluster: { nodePools: [{ ...SYSTEM, labels: { "example.com/role": "x" } }] } },
  },
  "an ephemeral disk on a size without one": {
    change: { cluster: { nodePools: [{ ...SYSTEM, vmSize: "Standard_D4s_v5" }] } },
    path: "cluster.nodePools[0].osDiskType",
    names: ["Ephemeral with vmSize Standard_D4s_v5", "Managed"],
    mend: { cluster: { nodePools: [{ ...SYSTEM, vmSize: "Standard_D4s_v5", osDiskType: "Managed" }] } },
  },
  "a first pool that is not the system's": {
    change: { cluster: { nodePools: [APPS, SYSTEM] } },
    path: "cluster.nodePools[0]",
    names: ["apps: User, Regular", "Regular System pool first"],
    mend: { cluster: { nodePools: [SYSTEM, APPS] } },
  },
  "a system pool that may be empty": {
    change: { cluster: { nodePools: [{ ...SYSTEM, minCount: 0 }] } },
    path: "cluster.nodePools[0].minCount",
    names: ["0", "at least 1"],
    mend: { cluster: { nodePools: [SYSTEM] } },
  },
  "no pool that takes the API": {
    change: { cluster: { nodePools: [{ ...SYSTEM, taints: ["CriticalAddonsOnly=true:NoSchedule"] }, SPOT] } },
    path: "cluster.nodePools",
    names: ["system", "spot", "without taints"],
    mend: {
      cluster: { nodePools: [{ ...SYSTEM, taints: ["CriticalAddonsOnly=true:NoSchedule"] }, SPOT, APPS] },
    },
  },
  "a system pool of one vCPU a node": {
    change: { cluster: { nodePools: [{ ...SYSTEM, vmSize: "Standard_DS1_v2", osDiskSizeGb: 30 }] } },
    path: "cluster.nodePools[0].vmSize",
    names: ["Standard_DS1_v2 (1 vCPUs)", "at least 2 vCPUs"],
    mend: { cluster: { nodePools: [{ ...SYSTEM, vmSize: "Standard_DS2_v2" }] } },
  },
  "a small system pool without its opt-out": {
    change: { cluster: { allowSmallSystemPool: false } },
    path: "cluster.nodePools[0]",
    names: ["1 x Standard_D2s_v3 (2 vCPUs)", "2 nodes of 4 vCPUs"],
    mend: { cluster: { allowSmallSystemPool: true } },
  },
  "zones in a region without any": {
    change: { location: "northcentralus", cluster: { nodePools: [{ ...SYSTEM, zones: ["1", "2"] }] } },
    path: "cluster.nodePools[0].zones",
    names: ['["1","2"]', "northcentralus"],
    mend: { location: "westus2" },
  },
  "one replica at least, of which one may go": {
    change: { api: { autoscaling: { minReplicas: 1, maxReplicas: 4, cpuPercent: 70, memoryPercent: 80 } } },
    path: "api.autoscaling.minReplicas",
    names: ["1", "at least 2"],
    mend: { api: { autoscaling: { minReplicas: 2 } } },
  },
  "more replicas at least than at most": {
    change: { api: { autoscaling: { minReplicas: 5, maxReplicas: 4, cpuPercent: 70, memoryPercent: 80 } } },
    path: "api.autoscaling.minReplicas",
    names: ["5", "maxReplicas (4)"],
    mend: { api: { autoscaling: { maxReplicas: 5 } } },
  },
  "more CPU asked for than allowed": {
    change: { api: { resources: { cpuRequestMillicores: 900 } } },
    path: "api.resources.cpuRequestMillicores",
    names: ["900", "limit (500)"],
    mend: { api: { resources: { cpuLimitMillicores: 900 } } },
  },
  "more memory asked for than allowed": {
    change: { api: { resources: { memoryRequestMib: 900 } } },
    path: "api.resources.memoryRequestMib",
    names: ["900", "limit (192)"],
    mend: { api: { resources: { memoryRequestMib: 192 } } },
  },
};
