import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, objects, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { holderOfName } from "../globalNames";
import { inGroup, nameOf } from "../ids";
import { normalizeRegion, zonesOf } from "../regions";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { refuseMissingServiceEndpoints } from "../serviceEndpoints";
import { oneWriteAtATime, refuseConsistency, refuseLocations, refuseMixedUpdate } from "../cosmosRules";
import { cosmosSql } from "./cosmosdbSql";

const ACCOUNT = "Microsoft.DocumentDB/databaseAccounts";

export const cosmosdb = [
  ...describeTypes({
    token: "cosmosdb:DatabaseAccount",
    shape: inGroup(ACCOUNT, "accountName"),
    apiVersion: "2025-10-15",
    autoName: "random",
    name: { pattern: /^[a-z0-9]+(-[a-z0-9]+)*/, minLength: 3, maxLength: 50 },
    required: ["databaseAccountOfferType", "locations"],
    references: ["identity.userAssignedIdentities[]", "virtualNetworkRules[].id"],
    defaults: ({ inputs }) => accountDefaults(inputs),
    computed: [
      "documentEndpoint",
      "failoverPolicies",
      "instanceId",
      "keysMetadata",
      "privateEndpointConnections",
      "provisioningState",
      "readLocations",
      "writeLocations",
    ],
    compute: computeAccount,
    // pulumi-azure-native's recorded stack upgrade-cosmosdb-nosql: 2 m 15 s; a region takes about as long again.
    seconds: { create: 135, update: 120, delete: 240 },
    refuse: [
      refuseName,
      refuseTakenName,
      refuseLocations,
      refuseZones,
      refuseConsistency,
      refuseMixedUpdate,
      refuseBackup,
      refuseMissingServiceEndpoints("Microsoft.AzureCosmosDB", "virtualNetworkRules[].id"),
    ],
    serial: oneWriteAtATime,
  }),
  ...cosmosSql,
];

function accountDefaults(inputs: JsonObject): JsonObject {
  const isPeriodic = text(inputs, "backupPolicy.type") !== "Continuous";
  const periodic = {
    backupIntervalInMinutes: 240,
    backupRetentionIntervalInHours: 8,
    backupStorageRedundancy: "Geo",
  };
  return {
    backupPolicy: isPeriodic
      ? { type: "Periodic", periodicModeProperties: periodic }
      : { continuousModeProperties: { tier: "Continuous30Days" } },
    capabilities: [],
    consistencyPolicy: {
      defaultConsistencyLevel: "Session",
      maxIntervalInSeconds: 5,
      maxStalenessPrefix: 100,
    },
    cors: [],
    disableKeyBasedMetadataWriteAccess: false,
    disableLocalAuth: false,
    enableAnalyticalStorage: false,
    enableAutomaticFailover: false,
    enableFreeTier: false,
    enableMultipleWriteLocations: false,
    ipRules: [],
    isVirtualNetworkFilterEnabled: false,
    minimalTlsVersion: "Tls12",
    networkAclBypass: "None",
    networkAclBypassResourceIds: [],
    publicNetworkAccess: "Enabled",
    virtualNetworkRules: [],
  };
}

/** Keys are no outputs of an account: `listDatabaseAccountKeys` gives them to whoever may. */
function computeAccount(operation: Operation): JsonObject {
  const { cloud, id, inputs, keep } = operation;
  const name = nameOf(id);
  const generated = keep("keysMetadata.primaryMasterKey.generationTime", () => cloud.now().toISOString());
  const regions = regionsOf(operation);
  const writable = flag(inputs, "enableMultipleWriteLocations") ? regions : regions.slice(0, 1);
  const keys = [
    "primaryMasterKey",
    "primaryReadonlyMasterKey",
    "secondaryMasterKey",
    "secondaryReadonlyMasterKey",
  ];
  return {
    ...identityOf(operation),
    documentEndpoint: `https://${name}.documents.azure.com:443/`,
    failoverPolicies: regions.map(({ id: regionId, locationName, failoverPriority }) => ({
      id: regionId ?? "",
      locationName: locationName ?? "",
      failoverPriority: failoverPriority ?? 0,
    })),
    instanceId: keep("instanceId", () => `${Date.parse(generated).toString(16)}-${name}`),
    keysMetadata: Object.fromEntries(keys.map((key) => [key, { generationTime: generated }])),
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    readLocations: regions,
    writeLocations: writable,
  };
}

/** In the order of their failover priority: the first one takes writes. */
function regionsOf({ id, inputs }: Operation): JsonObject[] {
  const name = nameOf(id);
  return objects(inputs, "locations")
    .map((location, index) => {
      const region = normalizeRegion(text(location, "locationName") ?? "");
      const priority = location["failoverPriority"];
      return {
        documentEndpoint: `https://${name}-${region}.documents.azure.com:443/`,
        failoverPriority: typeof priority === "number" ? priority : index,
        id: `${name}-${region}`,
        isZoneRedundant: flag(location, "isZoneRedundant"),
        locationName: text(location, "locationName") ?? "",
        provisioningState: "Succeeded",
      };
    })
    .sort((left, right) => left.failoverPriority - right.failoverPriority);
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftdocumentdb */
function refuseName({ id }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  if (/^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$/.test(name)) return undefined;
  return refusal(
    "BadRequest",
    `DatabaseAccount name '${name}' is invalid: it must have 3 to 44 lower-case letters, digits and hyphens.`,
  );
}

/** Azure/azure-cli#6240 */
function refuseTakenName(operation: Operation): ProviderError | undefined {
  const name = nameOf(operation.id);
  return holderOfName(operation) === undefined
    ? undefined
    : refusal(
        "BadRequest",
        `Dns record for ${name} under zone Document is already taken. The name '${name}' of a Cosmos DB account is ` +
          "globally unique: choose another one.",
      );
}

/** https://learn.microsoft.com/azure/reliability/reliability-cosmos-db-nosql */
function refuseZones({ inputs }: Operation): ProviderError | undefined {
  const location = objects(inputs, "locations").find(
    (entry) =>
      flag(entry, "isZoneRedundant") &&
      (zonesOf(normalizeRegion(text(entry, "locationName") ?? "")) ?? []).length === 0,
  );
  return location === undefined
    ? undefined
    : refusal(
        "BadRequest",
        `Zone redundancy is not supported in the region '${text(location, "locationName") ?? ""}': set isZoneRedundant to false.`,
      );
}

/** https://learn.microsoft.com/azure/cosmos-db/migrate-continuous-backup: continuous backup is for ever. */
function refuseBackup({ inputs, existing }: Operation): ProviderError | undefined {
  const before = text(existing?.properties, "backupPolicy.type");
  const wanted = text(inputs, "backupPolicy.type");
  return before === "Continuous" && wanted === "Periodic"
    ? refusal("BadRequest", "The backup mode of an account cannot be changed from Continuous to Periodic.")
    : undefined;
}
