import { z } from "zod";

import { parseCidr } from "./cidr";

const namePart = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,19}$/, "2 to 20 lower-case letters and digits, a letter first");
const tagValue = z.string().min(1, "1 to 256 characters").max(256, "1 to 256 characters");
const cidr = z
  .string()
  .refine(isCidr, "an IPv4 network in CIDR notation without host bits, such as 192.168.0.0/16");
const percent = z.number().int().min(1).max(100);
const guid = z.guid("an object id (GUID) of Microsoft Entra ID");

function isCidr(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
}

const window = z.strictObject({
  dayOfWeek: z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
  startTime: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 01:00"),
  utcOffset: z.string().regex(/^[+-](0\d|1[0-4]):[0-5]\d$/, "an offset such as -08:00"),
  /** Azure accepts 4 hours or more. */
  durationHours: z.number().int().min(4).max(24),
});

/** One agent pool. Azure can change its counts and labels in place; for anything else add a pool under a new name. */
export const nodePoolSchema = z.strictObject({
  /** AKS: 1 to 12 lower-case letters and digits, a letter first. */
  name: z.string().regex(/^[a-z][a-z0-9]{0,11}$/, "1 to 12 lower-case letters and digits, a letter first"),
  mode: z.enum(["System", "User"]),
  priority: z.enum(["Regular", "Spot"]),
  vmSize: z.string().regex(/^Standard_[A-Za-z0-9_]+$/, "an Azure VM size such as Standard_D4ds_v5"),
  minCount: z.number().int().min(0).max(1000),
  maxCount: z.number().int().min(1).max(1000),
  /** Empty: no zones. */
  zones: z
    .array(z.enum(["1", "2", "3"]))
    .refine((zones) => new Set(zones).size === zones.length, "each zone once"),
  osDiskType: z.enum(["Ephemeral", "Managed"]),
  osDiskSizeGb: z.number().int().min(30).max(2048),
  maxPodsPerNode: z.number().int().min(30).max(250),
  labels: z.record(z.string(), z.string()),
  taints: z.array(
    z.string().regex(/^[^=:]+=[^=:]*:(NoSchedule|PreferNoSchedule|NoExecute)$/, "key=value:Effect"),
  ),
});

const clusterSchema = z.strictObject({
  /** Minor version; the patch moves by itself. */
  kubernetesVersion: z.string().regex(/^1\.\d{2}$/, 'a minor version in quotes, such as "1.35"'),
  tier: z.enum(["Free", "Standard", "Premium"]),
  /** Opt-out: the API server answers on the internet, behind Microsoft Entra ID. */
  allowPublicApiServer: z.boolean(),
  /** Opt-out: a system pool of fewer than 4 vCPUs a node or of a single node. */
  allowSmallSystemPool: z.boolean(),
  /** Networks that may reach a public API server; empty: any. */
  authorizedIpRanges: z.array(cidr).max(200),
  podCidr: cidr,
  serviceCidr: cidr,
  nodePools: z.array(nodePoolSchema).min(1),
  /** How soon the cluster autoscaler removes nodes that are not needed. */
  scaleDown: z.enum(["aggressive", "conservative"]),
  maintenance: z.strictObject({ cluster: window, nodeOs: window }),
});

const accessSchema = z.strictObject({
  /** Who administers the cluster; empty: whoever deploys the stack. A shared stack names a group. */
  clusterAdmins: z.array(
    z.strictObject({ objectId: guid, principalType: z.enum(["User", "Group", "ServicePrincipal"]) }),
  ),
  /** How the deployer signs in to the cluster (`kubelogin get-token --login ...`). */
  kubelogin: z.enum(["azurecli", "workloadidentity", "spn", "msi"]),
});

const registrySchema = z.strictObject({
  sku: z.enum(["Basic", "Standard", "Premium"]),
  /** Days that an untagged image is kept; Premium only, 0: for ever. */
  untaggedRetentionDays: z.number().int().min(0).max(365),
});

const observabilitySchema = z.strictObject({
  retentionDays: z.number().int().min(30).max(730),
  /** Ingestion stops for the day at this volume. */
  dailyCapGb: z.number().min(0.1).max(1000),
  managedGrafana: z.boolean(),
  /** Who is told of an alert. */
  alertEmails: z
    .array(z.email("an e-mail address"))
    .min(1, "at least one e-mail address: an alert must reach a person"),
  thresholds: z.strictObject({
    nodeCpuPercent: percent,
    nodeMemoryPercent: percent,
    nodeDiskPercent: percent,
    podRestartsPerHour: z.number().int().min(1),
  }),
});

const apiSchema = z.strictObject({
  replicas: z.number().int().min(2, "at least 2: one must serve while the other is drained").max(100),
  /** Null: the number of replicas is fixed, and a VPA recommends requests. */
  autoscaling: z
    .strictObject({
      minReplicas: z.number().int().min(1).max(100),
      maxReplicas: z.number().int().min(1).max(1000),
      cpuPercent: percent,
      memoryPercent: percent,
    })
    .nullable(),
  resources: z.strictObject({
    cpuRequestMillicores: z.number().int().min(10).max(16000),
    cpuLimitMillicores: z.number().int().min(10).max(16000),
    memoryRequestMib: z.number().int().min(64).max(65536),
    memoryLimitMib: z.number().int().min(64).max(65536),
  }),
  image: z.strictObject({
    repository: z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "a repository name such as api"),
    /** Where the registry's build task fetches the source; the commit is the one that is checked out. */
    sourceRepository: z.string().regex(/^https:\/\/[^\s#]+\.git$/, "an https address that ends in .git"),
    /** Full SHA of the commit to run; null: the one that is checked out. */
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/, "a full commit SHA: 40 hexadecimal digits")
      .nullable(),
    /** Digest of an image that is built already; null: a task of the registry builds it. */
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits")
      .nullable(),
  }),
});

const deliverySchema = z.strictObject({
  /** GitHub repository whose `production`-like environment deploys this stack by OIDC; null: none. */
  github: z
    .strictObject({
      /** As the subject of its tokens has it; newer repositories carry ids there: `owner@123/repository@456`. */
      repository: z.string().regex(/^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/, "owner/repository"),
      environment: z.string().min(1),
    })
    .nullable(),
});

/** Everything a stack can say, complete: what a stack leaves out comes from its profile. */
export const settingsSchema = z.strictObject({
  profile: z.enum(["lightweight", "enterprise"]),
  location: z.string().regex(/^[a-z]+\d?$/, "an Azure region such as westus2"),
  naming: z.strictObject({ prefix: namePart, project: namePart, environment: namePart }),
  tags: z.strictObject({
    owner: tagValue,
    costCenter: tagValue,
    purpose: tagValue,
    extra: z.record(z.string().min(1).max(512), tagValue),
  }),
  cluster: clusterSchema,
  access: accessSchema,
  registry: registrySchema,
  observability: observabilitySchema,
  api: apiSchema,
  delivery: deliverySchema,
});

export type Settings = z.infer<typeof settingsSchema>;
export type NodePool = z.infer<typeof nodePoolSchema>;
export type MaintenanceWindow = z.infer<typeof window>;
export type ApiSettings = Settings["api"];
export type ClusterSettings = Settings["cluster"];
export type ObservabilitySettings = Settings["observability"];
