import { type Row } from "./row";

const ONE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const OTHER = "3f2504e0-4f89-41d3-9a0c-0305e82c3302";
const admin = (objectId: string) => ({ objectId, principalType: "Group" });
const reader = (objectId: string) => ({ ...admin(objectId), role: "Reader", namespace: "api" });
const TLS = { hostName: "api.example.com", certificateName: "api" };
const POSTGRESQL = {
  version: "17",
  sku: { tier: "GeneralPurpose", name: "Standard_D2ds_v5" },
  storageGb: 32,
  highAvailability: "Disabled",
  backupRetentionDays: 7,
  geoRedundantBackup: false,
};
const DIGEST = `sha256:${"a".repeat(64)}`;
const premium = (change: Record<string, unknown>, setting: string, got: string): Row => ({
  change,
  path: setting,
  names: [`${got} with registry.sku Basic`, "Premium"],
  mend: { registry: { sku: "Premium" } },
});

/** Registry, security, edge, data, governance and who may do what. */
export const serviceRows: Readonly<Record<string, Row>> = {
  "retention in a Basic registry": premium(
    { registry: { untaggedRetentionDays: 7 } },
    "registry.untaggedRetentionDays",
    "7",
  ),
  "replicas of a Basic registry": premium(
    { registry: { geoReplication: true } },
    "registry.geoReplication",
    "true",
  ),
  "agents of a Basic registry": premium({ registry: { buildAgents: true } }, "registry.buildAgents", "true"),
  "quarantine in a Basic registry": premium(
    { registry: { quarantine: true }, api: { image: { digest: DIGEST } } },
    "registry.quarantine",
    "true",
  ),
  "a private Basic registry": premium(
    { network: { allowPublicServiceEndpoints: false }, api: { image: { digest: DIGEST } } },
    "network.allowPublicServiceEndpoints",
    "false",
  ),
  "a private registry without agents that build in it": {
    stack: "prod",
    change: { registry: { buildAgents: false } },
    path: "registry.buildAgents",
    names: ["network.allowPublicServiceEndpoints false", "api.image.digest null"],
    mend: { api: { image: { digest: DIGEST } } },
  },
  "a quarantine that the stack's own image never leaves": {
    change: { registry: { sku: "Premium", quarantine: true } },
    path: "registry.quarantine",
    names: ["true with api.image.digest null", "released image"],
    mend: { api: { image: { digest: DIGEST } } },
  },
  "two cached repositories of one name": {
    change: {
      registry: {
        artifactCache: [
          { source: "mcr.microsoft.com/one", target: "cache/one" },
          { source: "quay.io/one", target: "cache-one" },
        ],
      },
    },
    path: "registry.artifactCache[1]",
    names: ["quay.io/one", "registry.artifactCache[0]"],
    mend: { registry: { artifactCache: [{ source: "mcr.microsoft.com/one", target: "cache/one" }] } },
  },
  "a cache where the API's images are pushed to": {
    change: {
      api: { image: { repository: "store/api" } },
      registry: { artifactCache: [{ source: "mcr.microsoft.com/one", target: "store/api" }] },
    },
    path: "registry.artifactCache[0].target",
    names: ["store/api, which is api.image.repository", "nothing is pushed to"],
    mend: { api: { image: { repository: "api" } } },
  },
  "a cached repository whose name is too short for a rule": {
    change: { registry: { artifactCache: [{ source: "mcr.microsoft.com/one", target: "one" }] } },
    path: "registry.artifactCache[0].target",
    names: ["one", "5 to 50"],
    mend: { registry: { artifactCache: [{ source: "mcr.microsoft.com/one", target: "cache/one" }] } },
  },
  "disks under a key that can be purged": {
    change: { security: { customerManagedDiskKey: true } },
    path: "security.customerManagedDiskKey",
    names: ["true with security.keyVault.allowPurge true", "purge protection"],
    mend: { security: { keyVault: { allowPurge: false } } },
  },
  "secrets under a key that can be purged": {
    change: { security: { etcdEncryption: true } },
    path: "security.etcdEncryption",
    names: ["true with security.keyVault.allowPurge true", "purge protection"],
    mend: { security: { keyVault: { allowPurge: false } } },
  },
  "a public API server that does not reach its key": {
    stack: "prod",
    change: { cluster: { allowPublicApiServer: true } },
    path: "security.etcdEncryption",
    names: ["network.allowPublicServiceEndpoints false", "public API server"],
    mend: { cluster: { allowPublicApiServer: false } },
  },
  "requests without TLS, and without the opt-out": {
    change: { edge: { allowUnencryptedOrigin: false } },
    path: "edge.allowUnencryptedOrigin",
    names: ["false with edge.tls null", "certificate"],
    mend: { edge: { tls: TLS, regional: "applicationGateway" } },
  },
  "a certificate for a load balancer": {
    change: { edge: { tls: TLS } },
    path: "edge.tls",
    names: ["api.example.com with edge.regional loadBalancer", "applicationGateway"],
    mend: { edge: { regional: "applicationGateway" } },
  },
  "a certificate of the vault for a gateway in the cluster": {
    change: { edge: { tls: TLS, regional: "applicationGatewayForContainers" } },
    path: "edge.tls",
    names: ["api.example.com with edge.regional applicationGatewayForContainers", "vault"],
    mend: { edge: { tls: null, regional: "loadBalancer" } },
  },
  "strong consistency with writes everywhere": {
    stack: "prod",
    change: { data: { cosmos: { consistency: "Strong" } } },
    path: "data.cosmos.consistency",
    names: ["Strong with data.cosmos.multiRegionWrites true", "Session"],
    mend: { data: { cosmos: { multiRegionWrites: false } } },
  },
  "a size that Managed Redis does not have": {
    change: { data: { redis: { sku: "Balanced_B2", highAvailability: false } } },
    path: "data.redis.sku",
    names: ["Balanced_B2", "0, 1, 3, 5, 10"],
    mend: { data: { redis: { sku: "Balanced_B3" } } },
  },
  "a PostgreSQL size of another tier": {
    change: { data: { postgresql: { ...POSTGRESQL, sku: { tier: "Burstable", name: "Standard_D2ds_v5" } } } },
    path: "data.postgresql.sku.name",
    names: ["Standard_D2ds_v5 with data.postgresql.sku.tier Burstable", "Standard_B#ms"],
    mend: { data: { postgresql: { sku: { name: "Standard_B1ms" } } } },
  },
  "a standby of a burstable server": {
    change: {
      data: {
        postgresql: {
          ...POSTGRESQL,
          sku: { tier: "Burstable", name: "Standard_B1ms" },
          highAvailability: "ZoneRedundant",
        },
      },
    },
    path: "data.postgresql.highAvailability",
    names: ["ZoneRedundant with data.postgresql.sku.tier Burstable", "Disabled"],
    mend: { data: { postgresql: { highAvailability: "Disabled" } } },
  },
  "a standby in another zone of a region without zones": {
    change: {
      location: "northcentralus",
      data: { postgresql: { ...POSTGRESQL, highAvailability: "ZoneRedundant" } },
    },
    path: "data.postgresql.highAvailability",
    names: ["ZoneRedundant with azure-native:location northcentralus", "no availability zones"],
    mend: { location: "westus2" },
  },
  "backups in the pair of a region without one": {
    change: { location: "spaincentral", data: { postgresql: { ...POSTGRESQL, geoRedundantBackup: true } } },
    path: "data.postgresql.geoRedundantBackup",
    names: ["true with azure-native:location spaincentral", "pairs spaincentral with no other"],
    mend: { data: { postgresql: { geoRedundantBackup: false } } },
  },
  "storage over the zones of a region without zones": {
    change: { location: "northcentralus", data: { storage: { replication: "ZRS", softDeleteDays: 7 } } },
    path: "data.storage.replication",
    names: ["ZRS with azure-native:location northcentralus", "availability zones"],
    mend: { data: { storage: { replication: "GRS" } } },
  },
  "storage over a region and a pair that it does not have": {
    change: { location: "spaincentral", data: { storage: { replication: "GZRS", softDeleteDays: 7 } } },
    path: "data.storage.replication",
    names: ["GZRS with azure-native:location spaincentral", "a paired region"],
    mend: { data: { storage: { replication: "ZRS" } } },
  },
  "a budget that starts in the past": {
    change: { governance: { budget: { monthlyAmount: 100, startDate: "2026-10-01" } } },
    path: "governance.budget.startDate",
    names: ["2026-10-01, today being 2026-11-21", "2026-11-01 to 2027-11-01"],
    mend: { governance: { budget: { startDate: "2027-11-01" } } },
  },
  "a budget that starts in more than a year": {
    change: { governance: { budget: { monthlyAmount: 100, startDate: "2027-12-01" } } },
    path: "governance.budget.startDate",
    names: ["2027-12-01, today being 2026-11-21", "2026-11-01 to 2027-11-01"],
    mend: { governance: { budget: { startDate: null } } },
  },
  "a workflow that deploys, and no administrator": {
    change: { delivery: { github: { repository: "owner/name", environments: ["dev"] } } },
    path: "access.clusterAdmins",
    names: ["[]", "whoever deploys last"],
    mend: { access: { clusterAdmins: [admin(ONE)] } },
  },
  "one environment twice": {
    change: {
      delivery: { github: { repository: "owner/name", environments: ["dev", "Dev"] } },
      access: { clusterAdmins: [admin(ONE)] },
    },
    path: "delivery.github.environments[1]",
    names: ["Dev", "delivery.github.environments[0]"],
    mend: { delivery: { github: { environments: ["dev"] } } },
  },
  "one administrator twice": {
    change: { access: { clusterAdmins: [admin(ONE), admin(ONE.toUpperCase())] } },
    path: "access.clusterAdmins[1]",
    names: [ONE.toUpperCase(), "access.clusterAdmins[0]"],
    mend: { access: { clusterAdmins: [admin(ONE), admin(OTHER)] } },
  },
  "one role twice": {
    change: { access: { clusterAdmins: [admin(ONE)], grants: [reader(OTHER), reader(OTHER)] } },
    path: "access.grants[1]",
    names: [OTHER, "access.grants[0]"],
    mend: { access: { grants: [reader(OTHER), { ...reader(OTHER), namespace: null }] } },
  },
  "a principal of two types": {
    change: {
      access: { clusterAdmins: [admin(ONE)], grants: [{ ...reader(ONE), principalType: "User" }] },
    },
    path: "access.grants[0].principalType",
    names: [`User for ${ONE}, which is Group in access.clusterAdmins[0]`, "one type"],
    mend: { access: { grants: [reader(ONE)] } },
  },
  "grants beside an administrator who may be one of them": {
    change: { access: { grants: [reader(ONE)] } },
    path: "access.clusterAdmins",
    names: ["none with 1 access.grants", "whoever deploys"],
    mend: { access: { clusterAdmins: [admin(OTHER)] } },
  },
};
