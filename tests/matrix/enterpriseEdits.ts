/** What people change in an enterprise platform: all of it is updated in place, whatever else the stack has. */
import { PROFILES } from "../../config/profiles";
import { type Change, setting } from "./changes";

export interface EnterpriseEdit {
  readonly name: string;
  readonly apply: Change;
  /** A line of the plan that shows it: operation, name, properties. */
  readonly shows: RegExp;
  /** What goes by the edit's own wish. @default nothing */
  readonly removes?: RegExp;
}

const ON_CALL = "11111111-1111-4111-8111-111111111111";
const FORMER = "22222222-2222-4222-8222-222222222222";
const SUCCESSOR = "33333333-3333-4333-8333-333333333333";
/** Who deploys to the emulated cloud. */
const DEPLOYER = { objectId: "de910000-0000-4000-8000-0000000de910", principalType: "User" };
const group = (objectId: string) => ({ objectId, principalType: "Group" });
const writer = (objectId: string) => ({ ...group(objectId), role: "Writer", namespace: "payments" });

const POOLS = PROFILES.enterprise.cluster.nodePools;

/** The stack before the edits, besides what its file says. */
export const BEFORE: readonly Change[] = [
  setting(["regions"], ["westus2"]),
  setting(["cluster", "nodePools"], POOLS),
  setting(["access", "clusterAdmins"], [group(FORMER), DEPLOYER]),
  setting(["access", "grants"], [writer(FORMER)]),
];

export const EDITS: readonly EnterpriseEdit[] = [
  {
    name: "scale the first pool",
    apply: setting(["cluster", "nodePools", "0", "maxCount"], 7),
    shows: /^update westus2-platform-aks .*agentPoolProfiles\[0\]\.maxCount/,
  },
  {
    name: "change the autoscaler's bounds",
    apply: setting(["cluster", "nodePools", "1", "minCount"], 3),
    shows: /^update westus2-platform-pool-apps .*minCount/,
  },
  {
    name: "label a pool",
    apply: setting(["cluster", "nodePools", "2", "labels"], { team: "payments" }),
    shows: /^update westus2-platform-pool-spot .*nodeLabels/,
  },
  {
    name: "add a pool",
    apply: setting(["cluster", "nodePools", "3"], { ...POOLS[1], name: "batch" }),
    shows: /^create westus2-platform-pool-batch/,
  },
  {
    name: "add a tag",
    apply: setting(["tags", "extra"], { team: "payments" }),
    shows: /^update westus2-platform-aks .*tags\.team/,
  },
  {
    name: "raise the Kubernetes version",
    apply: setting(["cluster", "kubernetesVersion"], "1.36"),
    shows: /^update westus2-platform-aks .*kubernetesVersion/,
  },
  { name: "add a region", apply: setting(["regions"], ["westus2", "eastus2"]), shows: /^create eastus2-rg/ },
  {
    name: "give the API more replicas",
    apply: setting(["api", "autoscaling"], {
      minReplicas: 3,
      maxReplicas: 20,
      cpuPercent: 60,
      memoryPercent: 80,
    }),
    shows: /^update westus2-api-service-autoscaler/,
  },
  {
    name: "keep logs longer",
    apply: setting(["observability", "retentionDays"], 180),
    shows: /^update observability-logs .*retentionInDays/,
  },
  {
    name: "tell another person",
    apply: setting(["observability", "alertEmails"], ["a@example.com", "b@example.com"]),
    shows: /^update observability-people /,
  },
  {
    name: "move the maintenance window",
    apply: setting(["cluster", "maintenance", "cluster"], {
      dayOfWeek: "Saturday",
      startTime: "03:00",
      utcOffset: "+00:00",
      durationHours: 6,
    }),
    shows: /^update westus2-platform-maintenance-cluster /,
  },
  {
    name: "another administrator instead of the first",
    apply: setting(["access", "clusterAdmins"], [DEPLOYER, group(ON_CALL)]),
    shows: new RegExp(`^create westus2-platform-admin-${ON_CALL}-rbac`),
    removes: new RegExp(`-admin-${FORMER}`),
  },
  {
    name: "another group in a namespace",
    apply: setting(["access", "grants"], [writer(SUCCESSOR)]),
    shows: new RegExp(`^create westus2-access-writer-payments-${SUCCESSOR}`),
    removes: new RegExp(`-access-(writer-payments|user)-${FORMER}`),
  },
  {
    name: "let pods reach one more host",
    apply: setting(["network", "firewall", "allowedFqdns"], ["api.stripe.com"]),
    shows: /^(create|update) westus2-network-hub-firewall-/,
  },
  {
    name: "one more address of the firewall",
    apply: setting(["network", "firewall", "publicIpCount"], 4),
    shows: /^create westus2-network-hub-firewall-ip-4/,
  },
  {
    name: "a larger Bastion",
    apply: setting(["network", "bastion"], "Premium"),
    shows: /^update westus2-network-hub-bastion .*sku/,
  },
  {
    name: "a VPN gateway",
    apply: setting(["network", "vpnGateway"], "VpnGw1AZ"),
    shows: /^create westus2-network-hub-vpn/,
  },
  {
    name: "keep flow logs for a shorter time",
    apply: setting(["network", "flowLogRetentionDays"], 60),
    shows: /^update westus2-network-flow-logs-spoke .*retentionPolicy/,
  },
  {
    name: "only log what the edge finds",
    apply: setting(["edge", "wafMode"], "Detection"),
    shows: /^update edge-front-door-waf .*mode/,
  },
  {
    name: "more throughput of Cosmos DB",
    apply: setting(["data", "cosmos", "maxThroughput"], 6000),
    shows: /^update data-cosmos-container .*hroughput/,
  },
  {
    name: "a larger Redis",
    apply: setting(["data", "redis", "sku"], "Balanced_B5"),
    shows: /^update westus2-redis-cluster .*sku/,
  },
  {
    name: "a larger PostgreSQL",
    apply: setting(["data", "postgresql"], {
      version: "17",
      sku: { tier: "MemoryOptimized", name: "Standard_E4ds_v5" },
      storageGb: 256,
      highAvailability: "ZoneRedundant",
      backupRetentionDays: 28,
      geoRedundantBackup: true,
    }),
    shows: /^update data-postgresql-server .*sku/,
  },
  {
    name: "bring deleted blobs back for longer",
    apply: setting(["data", "storage", "softDeleteDays"], 60),
    shows: /^update data-storage-blobs /,
  },
  {
    name: "a larger budget",
    apply: setting(["governance", "budget", "monthlyAmount"], 15_000),
    shows: /^update governance-budget-monthly .*amount/,
  },
  {
    name: "only report what breaks the baseline",
    apply: setting(["security", "azurePolicy"], "audit"),
    shows: /^update westus2-policies-/,
  },
  {
    name: "keep untagged images longer",
    apply: setting(["registry", "untaggedRetentionDays"], 30),
    shows: /^update registry-acr .*etention/,
  },
];
