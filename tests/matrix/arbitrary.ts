/** Random configurations: each names a few things that a stack may say, contradictory ones too. */
import fc from "fast-check";
import { stringify } from "yaml";

type Section = Readonly<Record<string, unknown>>;

const RUNNERS = { resourceGroup: "aksp-runners-rg", virtualNetwork: "aksp-runners-vnet" };
const region = fc.constantFrom(
  "westus2",
  "eastus2",
  "northeurope",
  "northcentralus",
  "spaincentral",
  "southeastasia",
);

/** A value half of the time, and otherwise nothing said, so that the profile speaks. */
function sometimes<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

const network = fc.record({
  topology: fc.constantFrom("spoke", "hubAndSpoke"),
  egress: fc.constantFrom("loadBalancer", "natGateway", "firewall"),
  firewall: sometimes(
    fc.record({
      tier: fc.constantFrom("Standard", "Premium"),
      intrusionDetection: fc.constantFrom("Off", "Alert", "Deny"),
      publicIpCount: fc.integer({ min: 1, max: 4 }),
    }),
  ),
  bastion: fc.constantFrom("none", "Standard", "Premium"),
  vpnGateway: fc.constantFrom("none", "none", "VpnGw1AZ"),
  allowPublicServiceEndpoints: fc.boolean(),
  flowLogRetentionDays: fc.constantFrom(0, 30),
  runnerNetwork: fc.constantFrom(null, RUNNERS),
});

const cluster = fc.record({
  allowPublicApiServer: fc.boolean(),
  allowSmallSystemPool: fc.boolean(),
  authorizedIpRanges: fc.constantFrom([], ["203.0.113.0/24"]),
  tier: fc.constantFrom("Free", "Standard"),
  costAnalysis: fc.boolean(),
  advancedNetworking: fc.boolean(),
});

const security = fc.record({
  keyVault: fc.record({ allowPurge: fc.boolean() }),
  customerManagedDiskKey: fc.boolean(),
  etcdEncryption: fc.boolean(),
  encryptionAtHost: fc.boolean(),
  defender: fc.boolean(),
  azurePolicy: fc.constantFrom("off", "audit", "deny"),
  deletionLocks: fc.boolean(),
  allowNodeResourceGroupChanges: fc.boolean(),
});

const registry = fc.record({
  sku: fc.constantFrom("Basic", "Standard", "Premium"),
  untaggedRetentionDays: fc.constantFrom(0, 15),
  geoReplication: fc.boolean(),
  buildAgents: fc.boolean(),
});

const edge = fc.record({
  global: fc.constantFrom("none", "frontDoor", "trafficManager"),
  regional: fc.constantFrom("loadBalancer", "applicationGateway", "applicationGatewayForContainers"),
  wafMode: fc.constantFrom("Detection", "Prevention"),
  tls: fc.constantFrom(null, { hostName: "api.example.com", certificateName: "api" }),
  allowUnencryptedOrigin: fc.boolean(),
});

const data = fc.record({
  cosmos: sometimes(
    fc.record({
      maxThroughput: fc.constantFrom(1000, 4000),
      consistency: fc.constantFrom("Session", "Strong", "Eventual"),
      multiRegionWrites: fc.boolean(),
    }),
  ),
  redis: sometimes(
    fc.record({ sku: fc.constantFrom("Balanced_B0", "Balanced_B3"), highAvailability: fc.boolean() }),
  ),
  postgresql: sometimes(
    fc.record({
      version: fc.constantFrom("16", "17", "18"),
      sku: fc.constantFrom(
        { tier: "Burstable", name: "Standard_B1ms" },
        { tier: "GeneralPurpose", name: "Standard_D2ds_v5" },
      ),
      storageGb: fc.constantFrom(32, 128),
      highAvailability: fc.constantFrom("Disabled", "ZoneRedundant"),
      backupRetentionDays: fc.constantFrom(7, 35),
      geoRedundantBackup: fc.boolean(),
    }),
  ),
  storage: sometimes(
    fc.record({
      replication: fc.constantFrom("LRS", "ZRS", "GRS", "GZRS"),
      softDeleteDays: fc.constantFrom(7, 30),
    }),
  ),
});

const governance = fc.record({
  budget: fc.constantFrom(
    null,
    { monthlyAmount: 100, startDate: null },
    { monthlyAmount: 100, startDate: "2020-01-01" },
  ),
  backup: fc.constantFrom(null, { retentionDays: 7, intervalHours: 24 }),
  offHours: fc.constantFrom(null, {
    stopAt: "23:00",
    startAt: "00:30",
    days: ["Saturday", "Sunday"],
    timeZone: "UTC",
  }),
});

const api = fc.record({
  replicas: fc.constantFrom(2, 10),
  autoscaling: fc.constantFrom(null, { minReplicas: 10, maxReplicas: 12, cpuPercent: 70, memoryPercent: 80 }),
  rollout: fc.record({ strategy: fc.constantFrom("rollingUpdate", "canary", "blueGreen") }),
});

const sections = fc.record({
  network: sometimes(network),
  cluster: sometimes(cluster),
  security: sometimes(security),
  registry: sometimes(registry),
  edge: sometimes(edge),
  data: sometimes(data),
  governance: sometimes(governance),
  api: sometimes(api),
});

/** What a stack says, by configuration key. */
export const configurations: fc.Arbitrary<Section> = fc
  .record({
    location: region,
    regions: fc.uniqueArray(region, { maxLength: 2 }),
    profile: fc.constantFrom("lightweight", "enterprise"),
    containerInsights: fc.boolean(),
    sections,
  })
  .map(({ location, regions, profile, containerInsights, sections: said }) => ({
    location,
    regions,
    profile,
    naming: { prefix: "aksp", project: "demo", environment: "any" },
    tags: { owner: "platform-team", costCenter: "1001", purpose: "matrix" },
    observability: { alertEmails: ["platform-team@example.com"], containerInsights },
    ...withoutUndefined(said),
  }));

function withoutUndefined(value: Section): Section {
  return JSON.parse(JSON.stringify(value)) as Section;
}

/** The text of `Pulumi.<stack>.yaml` that says it. */
export function toStackFile({ location, ...values }: Section): string {
  const entries = Object.entries(values).map(([key, value]) => [`aks-platform:${key}`, value]);
  const config = Object.fromEntries(entries) as Section;
  return stringify({ config: { "azure-native:location": location, ...config } });
}
