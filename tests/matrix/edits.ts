/** What people change in a running platform: none of it may replace a cluster, a registry, a vault or a database. */
import { type Change, setting } from "./changes";

export interface Edit {
  readonly name: string;
  readonly apply: Change;
  /** Names of what gives way to it; @default nothing does */
  readonly instead?: RegExp;
  /** There is nothing to do for it. @default false */
  readonly isQuiet?: boolean;
}

const POOL = {
  mode: "User",
  priority: "Regular",
  vmSize: "Standard_D4ds_v5",
  minCount: 0,
  maxCount: 3,
  zones: [],
  osDiskType: "Ephemeral",
  osDiskSizeGb: 64,
  maxPodsPerNode: 110,
  labels: {},
  taints: [],
};

const SYSTEM = {
  ...POOL,
  name: "system",
  mode: "System",
  vmSize: "Standard_D2s_v3",
  minCount: 1,
  osDiskSizeGb: 48,
};

/** The edits of the small platform, each made on top of those before it. */
export const EDITS: readonly Edit[] = [
  { name: "scale a pool", apply: setting(["cluster", "nodePools"], [{ ...SYSTEM, maxCount: 5 }]) },
  {
    name: "add a pool",
    apply: setting(
      ["cluster", "nodePools"],
      [
        { ...SYSTEM, maxCount: 5 },
        { ...POOL, name: "apps" },
      ],
    ),
  },
  { name: "add a tag", apply: setting(["tags", "extra"], { team: "payments" }) },
  { name: "raise the Kubernetes version", apply: setting(["cluster", "kubernetesVersion"], "1.36") },
  { name: "add a region", apply: setting(["regions"], ["westus2", "eastus2"]) },
  {
    name: "move the maintenance window",
    apply: setting(["cluster", "maintenance", "cluster"], {
      dayOfWeek: "Saturday",
      startTime: "03:00",
      utcOffset: "+00:00",
      durationHours: 6,
    }),
  },
  { name: "raise the tier", apply: setting(["cluster", "tier"], "Standard") },
  { name: "give the API more replicas", apply: setting(["api", "replicas"], 4) },
  { name: "keep logs longer", apply: setting(["observability", "retentionDays"], 60) },
  {
    name: "tell another person",
    apply: setting(["observability", "alertEmails"], ["a@example.com", "b@example.com"]),
  },
  {
    name: "narrow the callers of the API server",
    apply: setting(["cluster", "authorizedIpRanges"], ["203.0.113.0/24"]),
  },
  {
    name: "name the deployer as administrator",
    // The grants are there already, under another name.
    isQuiet: true,
    apply: setting(
      ["access", "clusterAdmins"],
      [{ objectId: "de910000-0000-4000-8000-0000000de910", principalType: "User" }],
    ),
  },
  { name: "raise the registry's SKU", apply: setting(["registry", "sku"], "Premium") },
  { name: "lower the registry's SKU", apply: setting(["registry", "sku"], "Standard") },
  {
    name: "add blob storage",
    apply: setting(["data", "storage"], { replication: "LRS", softDeleteDays: 7 }),
  },
  { name: "copy blobs to another region", apply: setting(["data", "storage", "replication"], "GRS") },
];

/** What Azure does by other means than an update: the plan says so, and nothing has happened. */
export const REFUSED: readonly (Edit & { readonly says: RegExp })[] = [
  {
    name: "spread blobs over zones",
    apply: setting(["data", "storage", "replication"], "ZRS"),
    says: /data\.storage\.replication: got Standard_ZRS where the account is Standard_GRS.*az storage account migration start/,
  },
];

/** Features that go on and off by themselves: turning one on adds what it is, and turning it off leaves what was before. */
export const FEATURES: readonly Edit[] = [
  { name: "a second region", apply: setting(["regions"], ["westus2", "eastus2"]) },
  { name: "Front Door", apply: setting(["edge", "global"], "frontDoor") },
  {
    name: "an Application Gateway",
    apply: setting(["edge", "regional"], "applicationGateway"),
    // The load balancer's own public address, and the right to it.
    instead: /::westus2-(network|identities)-entrance/,
  },
  {
    name: "a hub with Bastion",
    apply: setting(["network"], { topology: "hubAndSpoke", bastion: "Standard" }),
  },
  {
    name: "data services",
    apply: setting(["data"], {
      cosmos: { maxThroughput: 1000, consistency: "Session", multiRegionWrites: false },
      redis: { sku: "Balanced_B0", highAvailability: false },
      storage: { replication: "ZRS", softDeleteDays: 7 },
    }),
  },
  { name: "backup", apply: setting(["governance", "backup"], { retentionDays: 7, intervalHours: 24 }) },
  { name: "a budget", apply: setting(["governance", "budget"], { monthlyAmount: 100, startDate: null }) },
  {
    name: "off-hours",
    apply: setting(["governance", "offHours"], {
      stopAt: "23:00",
      startAt: "00:30",
      days: ["Sunday"],
      timeZone: "UTC",
    }),
  },
  { name: "Container Insights", apply: setting(["observability", "containerInsights"], true) },
  { name: "Defender", apply: setting(["security", "defender"], true) },
  { name: "deletion locks", apply: setting(["security", "deletionLocks"], true) },
];
