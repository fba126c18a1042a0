import type { NodePool } from "../schema";
import { lightweight, systemPool } from "./lightweight";
import type { Profile } from "./profile";

const zonal = { zones: ["1", "2", "3"], osDiskSizeGb: 64 } satisfies Partial<NodePool>;

/**
 * Private in every region: three zones, hub and spoke with a firewall, API server in the network, private endpoints, keys
 * of the platform's own, Front Door and an Application Gateway with web application firewalls, data services, backup.
 */
export const enterprise: Profile = {
  ...lightweight,
  network: {
    ...lightweight.network,
    topology: "hubAndSpoke",
    egress: "firewall",
    bastion: "Standard",
    allowPublicServiceEndpoints: false,
    flowLogRetentionDays: 90,
  },
  security: {
    ...lightweight.security,
    keyVault: { softDeleteRetentionDays: 90, allowPurge: false },
    customerManagedDiskKey: true,
    etcdEncryption: true,
    encryptionAtHost: true,
    defender: true,
    azurePolicy: "deny",
    deletionLocks: true,
  },
  edge: {
    ...lightweight.edge,
    global: "frontDoor",
    regional: "applicationGateway",
    allowUnencryptedOrigin: false,
  },
  data: {
    cosmos: { maxThroughput: 4000, consistency: "Session", multiRegionWrites: true },
    redis: { sku: "Balanced_B3", highAvailability: true },
    postgresql: {
      version: "17",
      sku: { tier: "GeneralPurpose", name: "Standard_D2ds_v5" },
      storageGb: 128,
      highAvailability: "ZoneRedundant",
      backupRetentionDays: 35,
      geoRedundantBackup: true,
    },
    storage: { replication: "GZRS", softDeleteDays: 30 },
  },
  governance: {
    budget: { monthlyAmount: 12_000, startDate: null },
    backup: { retentionDays: 30, intervalHours: 12 },
    offHours: null,
  },
  cluster: {
    ...lightweight.cluster,
    allowPublicApiServer: false,
    advancedNetworking: true,
    costAnalysis: true,
    tier: "Standard",
    allowSmallSystemPool: false,
    nodePools: [
      {
        ...systemPool,
        ...zonal,
        vmSize: "Standard_D4ds_v5",
        minCount: 3,
        maxCount: 5,
        taints: ["CriticalAddonsOnly=true:NoSchedule"],
      },
      {
        ...systemPool,
        ...zonal,
        name: "apps",
        mode: "User",
        vmSize: "Standard_D4ds_v5",
        minCount: 2,
        maxCount: 20,
      },
      {
        ...systemPool,
        ...zonal,
        name: "spot",
        mode: "User",
        priority: "Spot",
        vmSize: "Standard_D4ds_v5",
        minCount: 0,
        maxCount: 10,
        taints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
      },
    ],
    scaleDown: "conservative",
  },
  registry: {
    ...lightweight.registry,
    sku: "Premium",
    untaggedRetentionDays: 15,
    geoReplication: true,
    buildAgents: true,
  },
  observability: {
    ...lightweight.observability,
    retentionDays: 90,
    dailyCapGb: 10,
    managedGrafana: true,
    containerInsights: true,
  },
  api: {
    ...lightweight.api,
    replicas: 3,
    autoscaling: { minReplicas: 2, maxReplicas: 10, cpuPercent: 70, memoryPercent: 80 },
    resources: {
      cpuRequestMillicores: 100,
      cpuLimitMillicores: 1000,
      memoryRequestMib: 128,
      memoryLimitMib: 256,
    },
  },
};
