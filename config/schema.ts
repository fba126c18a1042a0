import { z } from "zod";

import { azureSchema } from "./sections/azure";
import { dataSchema } from "./sections/data";
import { edgeSchema } from "./sections/edge";
import { governanceSchema } from "./sections/governance";
import { networkSchema } from "./sections/network";
import { rolloutSchema } from "./sections/rollout";
import { securitySchema } from "./sections/security";
import { cidr, guid, percent, principalType, region, timeOfDay } from "./sections/values";

const namePart = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,19}$/, "2 to 20 lower-case letters and digits, a letter first");
const tagValue = z.string().min(1, "1 to 256 characters").max(256, "1 to 256 characters");
const window = z.strictObject({
  dayOfWeek: z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
  startTime: timeOfDay,
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
  /** Opt-out: the API server answers on the internet, behind Microsoft Entra ID; without it, in the VNet only. */
  allowPublicApiServer: z.boolean(),
  /** Opt-out: a system pool of fewer than 4 vCPUs a node or of a single node. */
  allowSmallSystemPool: z.boolean(),
  /** Networks that may reach a public API server; empty: any. */
  authorizedIpRanges: z.array(cidr).max(200),
  podCidr: cidr,
  serviceCidr: cidr,
  nodePools: z.array(nodePoolSchema).min(1),
  /** Advanced Container Networking Services: flow logs of the pods, network policies by host name. */
  advancedNetworking: z.boolean(),
  /** Cost of each namespace, in the portal's cost analysis. */
  costAnalysis: z.boolean(),
  /** How soon the cluster autoscaler removes nodes that are not needed. */
  scaleDown: z.enum(["aggressive", "conservative"]),
  maintenance: z.strictObject({ cluster: window, nodeOs: window }),
});

const accessSchema = z.strictObject({
  /** Who administers the cluster; empty: whoever deploys the stack. A shared stack names a group. */
  clusterAdmins: z.array(z.strictObject({ objectId: guid, principalType })),
  /** Who else may use the clusters, by namespace or for all of a region's resource group. */
  grants: z.array(
    z.strictObject({
      objectId: guid,
      principalType,
      role: z.enum(["Reader", "Writer", "Admin"]),
      /** Null: every namespace of the clusters of the stack. */
      namespace: z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "a namespace's name")
        .nullable(),
    }),
  ),
  /** How the deployer signs in to the cluster (`kubelogin get-token --login ...`). */
  kubelogin: z.enum(["azurecli", "workloadidentity", "spn", "msi"]),
});

const registrySchema = z.strictObject({
  sku: z.enum(["Basic", "Standard", "Premium"]),
  /** Days that an untagged image is kept; Premium only, 0: for ever. */
  untaggedRetentionDays: z.number().int().min(0).max(365),
  /** A replica in every region of the stack besides the registry's own; Premium only. */
  geoReplication: z.boolean(),
  /** Pushed images wait until they are released; they are then built outside the stack. Premium only. */
  quarantine: z.boolean(),
  /** Agents in the platform's network that build images, for a registry without public access; Premium only. */
  buildAgents: z.boolean(),
  /** Public registries whose images this one fetches and keeps. */
  artifactCache: z.array(
    z.strictObject({
      /** Such as mcr.microsoft.com/dotnet/aspnet. */
      source: z
        .string()
        .regex(
          /^(mcr\.microsoft\.com|public\.ecr\.aws|quay\.io|registry\.k8s\.io|ghcr\.io)\/[a-z0-9/._-]+$/,
          "a repository of mcr.microsoft.com, ghcr.io, quay.io, registry.k8s.io or public.ecr.aws",
        ),
      target: z.string().regex(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "a repository name such as cache/aspnet"),
    }),
  ),
});

const observabilitySchema = z.strictObject({
  retentionDays: z.number().int().min(30).max(730),
  /** Ingestion stops for the day at this volume. */
  dailyCapGb: z.number().min(0.1).max(1000),
  managedGrafana: z.boolean(),
  /** The containers' logs and the cluster's events in the workspace, besides the metrics in Prometheus. */
  containerInsights: z.boolean(),
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
  rollout: rolloutSchema,
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
  /** GitHub repository whose environments deploy this stack by OIDC; null: none. */
  github: z
    .strictObject({
      /** As the subject of its tokens has it; newer repositories carry ids there: `owner@123/repository@456`. */
      repository: z.string().regex(/^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/, "owner/repository"),
      environments: z
        .array(z.string().min(1))
        .min(1)
        .max(
          20,
          "at most 20: Microsoft Entra ID accepts 20 federated credentials on one identity; use fewer environments",
        ),
    })
    .nullable(),
});

/** Everything a stack can say, complete: what a stack leaves out comes from its profile. */
export const settingsSchema = z.strictObject({
  profile: z.enum(["lightweight", "enterprise"]),
  /** Home of what all regions share: registry, vault, logs, data. */
  location: region,
  /** Where the platform runs, one stamp each; empty: in `location` alone. */
  regions: z
    .array(region)
    .max(
      20,
      "at most 20: the API's identity trusts each cluster, and Azure accepts 20 federated credentials on one; use a second stack",
    )
    .refine((regions) => new Set(regions).size === regions.length, "each region once"),
  naming: z.strictObject({ prefix: namePart, project: namePart, environment: namePart }),
  tags: z.strictObject({
    owner: tagValue,
    costCenter: tagValue,
    purpose: tagValue,
    extra: z.record(z.string().min(1).max(512), tagValue),
  }),
  cluster: clusterSchema,
  network: networkSchema,
  security: securitySchema,
  edge: edgeSchema,
  data: dataSchema,
  governance: governanceSchema,
  access: accessSchema,
  registry: registrySchema,
  observability: observabilitySchema,
  api: apiSchema,
  delivery: deliverySchema,
  azure: azureSchema,
});

export type Settings = z.infer<typeof settingsSchema>;
export type NodePool = z.infer<typeof nodePoolSchema>;
export type MaintenanceWindow = z.infer<typeof window>;
export type ApiSettings = Settings["api"];
export type RolloutSettings = ApiSettings["rollout"];
export type ClusterSettings = Settings["cluster"];
export type ObservabilitySettings = Settings["observability"];
