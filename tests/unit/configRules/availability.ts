import { type Row, SYSTEM } from "./row";

const GATEWAY = { edge: { regional: "applicationGatewayForContainers" } };
const UNLOCKED = { security: { allowNodeResourceGroupChanges: true } };
const pool = (change: Record<string, unknown>) => ({ cluster: { nodePools: [{ ...SYSTEM, ...change }] } });
const POSTGRESQL = {
  version: "18",
  sku: { tier: "GeneralPurpose", name: "Standard_D2s_v5" },
  storageGb: 32,
  highAvailability: "Disabled",
  backupRetentionDays: 7,
  geoRedundantBackup: false,
};

/** Sizes and regions of the dated tables. */
export const availabilityRows: Readonly<Record<string, Row>> = {
  "a VM size that does not exist": {
    change: pool({ vmSize: "Standard_D4ds_v9" }),
    path: "cluster.nodePools[0].vmSize",
    names: ["Standard_D4ds_v9", "Standard_D4ds_v7", "vm-size/Standard_D4ds_v9"],
    mend: { azure: { assumeAvailable: ["vm-size/Standard_D4ds_v9"] } },
  },
  "a VM size with a number of vCPUs that its series lacks": {
    change: pool({ vmSize: "Standard_D3ds_v5" }),
    path: "cluster.nodePools[0].vmSize",
    names: ["Standard_D3ds_v5", "tables/vm-sizes.json"],
    mend: pool({ vmSize: "Standard_D4ds_v5" }),
  },
  "an Arm64 size": {
    change: pool({ vmSize: "Standard_D4pds_v5" }),
    path: "cluster.nodePools[0].vmSize",
    names: ["Standard_D4pds_v5 (Arm64)", "amd64"],
    mend: pool({ vmSize: "Standard_D4ads_v5" }),
  },
  "a burstable size whose cache is too small for the disk": {
    change: pool({ vmSize: "Standard_B4ms" }),
    path: "cluster.nodePools[0].osDiskSizeGb",
    names: ["64 with osDiskType Ephemeral and vmSize Standard_B4ms", "at most 32"],
    mend: pool({ vmSize: "Standard_B4ms", osDiskSizeGb: 32 }),
  },
  "a newer burstable size without a local disk": {
    change: pool({ vmSize: "Standard_B4s_v2" }),
    path: "cluster.nodePools[0].osDiskType",
    names: ["Ephemeral with vmSize Standard_B4s_v2", "Managed"],
    mend: pool({ vmSize: "Standard_B4s_v2", osDiskType: "Managed" }),
  },
  "a compute size whose cache is too small for the disk": {
    change: {
      cluster: { nodePools: [{ ...SYSTEM, vmSize: "Standard_F2s_v2" }], allowSmallSystemPool: true },
    },
    path: "cluster.nodePools[0].osDiskSizeGb",
    names: ["64 with osDiskType Ephemeral and vmSize Standard_F2s_v2", "at most 32"],
    mend: pool({ vmSize: "Standard_F4s_v2" }),
  },
  "build agents in a region without any": {
    stack: "prod",
    change: { location: "southeastasia" },
    path: "registry.buildAgents",
    names: [
      "true with azure-native:location southeastasia",
      "eastasia",
      "of 2023-10-31",
      "acr-agent-pools/southeastasia",
    ],
    mend: { location: "eastasia" },
  },
  "Application Gateway for Containers in a region without it": {
    change: { ...GATEWAY, ...UNLOCKED },
    path: "edge.regional",
    names: ["applicationGatewayForContainers in westus2", "westus, centralus", "of 2025-07-21"],
    mend: { azure: { assumeAvailable: ["application-gateway-for-containers/westus2"] } },
  },
  "Application Gateway for Containers beside a locked node resource group": {
    change: { ...GATEWAY, location: "eastus" },
    path: "security.allowNodeResourceGroupChanges",
    names: ["false with edge.regional applicationGatewayForContainers", "lock-down"],
    mend: UNLOCKED,
  },
  "a PostgreSQL size that the service lacks": {
    change: { data: { postgresql: POSTGRESQL } },
    path: "data.postgresql.sku.name",
    names: ["Standard_D2s_v5 with data.postgresql.sku.tier GeneralPurpose", "Standard_D#ds_v5"],
    mend: { azure: { assumeAvailable: ["postgresql-size/Standard_D2s_v5"] } },
  },
  "strong consistency across the Pacific": {
    stack: "prod",
    change: {
      regions: ["westus2", "southeastasia"],
      data: { cosmos: { consistency: "Strong", multiRegionWrites: false } },
    },
    path: "data.cosmos.consistency",
    names: ["Strong with westus2 and southeastasia", "5000 miles"],
    mend: { regions: ["westus2", "eastus2"] },
  },
};
