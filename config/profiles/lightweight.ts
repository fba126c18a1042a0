import type { NodePool } from "../schema";
import { DEFAULT_KUBERNETES_VERSION } from "../versions";
import type { Profile } from "./profile";

/** The first pool, which a profile changes as it needs. */
export const systemPool: NodePool = {
  name: "system",
  mode: "System",
  priority: "Regular",
  vmSize: "Standard_D2s_v3",
  minCount: 1,
  maxCount: 2,
  zones: [],
  osDiskType: "Ephemeral",
  osDiskSizeGb: 48,
  maxPodsPerNode: 110,
  labels: {},
  taints: [],
};

/** One node of 2 vCPUs, Basic registry, no SLA: the smallest platform that is still secure. */
export const lightweight: Profile = {
  tags: { extra: {} },
  regions: [],
  network: {
    topology: "spoke",
    addressSpaces: {},
    egress: "loadBalancer",
    firewall: { tier: "Premium", publicIpCount: 3, intrusionDetection: "Deny", allowedFqdns: [] },
    natGateway: { publicIpCount: 2 },
    bastion: "none",
    vpnGateway: "none",
    allowPublicServiceEndpoints: true,
    flowLogRetentionDays: 0,
    runnerNetwork: null,
  },
  security: {
    keyVault: { softDeleteRetentionDays: 7, allowPurge: true },
    customerManagedDiskKey: false,
    etcdEncryption: false,
    encryptionAtHost: false,
    defender: false,
    azurePolicy: "audit",
    allowNodeResourceGroupChanges: false,
    deletionLocks: false,
  },
  edge: {
    global: "none",
    regional: "loadBalancer",
    wafMode: "Prevention",
    tls: null,
    allowUnencryptedOrigin: true,
  },
  data: { cosmos: null, redis: null, postgresql: null, storage: null },
  governance: { budget: null, backup: null, offHours: null },
  cluster: {
    kubernetesVersion: DEFAULT_KUBERNETES_VERSION,
    tier: "Free",
    allowPublicApiServer: true,
    allowSmallSystemPool: true,
    authorizedIpRanges: [],
    podCidr: "192.168.0.0/16",
    serviceCidr: "172.16.0.0/16",
    nodePools: [systemPool],
    advancedNetworking: false,
    costAnalysis: false,
    scaleDown: "aggressive",
    maintenance: {
      cluster: { dayOfWeek: "Sunday", startTime: "01:00", utcOffset: "+00:00", durationHours: 4 },
      nodeOs: { dayOfWeek: "Sunday", startTime: "06:00", utcOffset: "+00:00", durationHours: 4 },
    },
  },
  access: { clusterAdmins: [], grants: [], kubelogin: "azurecli" },
  registry: {
    sku: "Basic",
    untaggedRetentionDays: 0,
    geoReplication: false,
    quarantine: false,
    buildAgents: false,
    artifactCache: [],
  },
  observability: {
    retentionDays: 30,
    dailyCapGb: 0.5,
    managedGrafana: false,
    containerInsights: false,
    thresholds: { nodeCpuPercent: 85, nodeMemoryPercent: 85, nodeDiskPercent: 85, podRestartsPerHour: 3 },
  },
  api: {
    replicas: 2,
    autoscaling: null,
    resources: {
      cpuRequestMillicores: 50,
      cpuLimitMillicores: 500,
      memoryRequestMib: 96,
      memoryLimitMib: 192,
    },
    rollout: {
      strategy: "rollingUpdate",
      stepSeconds: 60,
      analysis: {
        intervalSeconds: 5,
        samples: 6,
        maxErrorPercent: 1,
        maxP95Milliseconds: 500,
        maxCpuPercent: 90,
        minReadyPercent: 100,
      },
    },
    image: {
      repository: "api",
      sourceRepository: "https://github.com/open-aks-platform/aks-platform.git",
      commit: null,
      digest: null,
    },
  },
  delivery: { github: null },
  azure: { assumeAvailable: [] },
};
