import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { holderOfName } from "../globalNames";
import { inGroup, nameOf } from "../ids";
import { normalizeRegion, regionOf } from "../regions";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { refuseMissingServiceEndpoints } from "../serviceEndpoints";
import { blobTypes } from "./storageBlobs";

const ACCOUNT = "Microsoft.Storage/storageAccounts";

export const storage = [
  ...describeTypes({
    token: "storage:StorageAccount",
    shape: inGroup(ACCOUNT, "accountName"),
    apiVersion: "2024-01-01",
    autoName: "random",
    name: { pattern: /^[a-z0-9]+$/, minLength: 3, maxLength: 24 },
    required: ["kind", "sku"],
    references: [
      "identity.userAssignedIdentities[]",
      "networkRuleSet.virtualNetworkRules[].virtualNetworkResourceId",
    ],
    // forceNewMap in provider/pkg/gen/replacement.go of pulumi-azure-native.
    replaceOn: ["isHnsEnabled"],
    defaults: ({ inputs }) => accountDefaults(inputs),
    computed: [
      "creationTime",
      "keyCreationTime",
      "primaryEndpoints",
      "primaryLocation",
      "privateEndpointConnections",
      "provisioningState",
      "statusOfPrimary",
    ],
    compute: computeAccount,
    seconds: { create: 24, update: 6, delete: 4 },
    refuse: [
      refuseTakenName,
      refuseRedundancy,
      refuseConversion,
      refuseImmutable,
      refuseKind,
      refuseTls,
      refuseMissingServiceEndpoints(
        "Microsoft.Storage",
        "networkRuleSet.virtualNetworkRules[].virtualNetworkResourceId",
      ),
    ],
  }),
  ...blobTypes,
];

function accountDefaults(inputs: JsonObject): JsonObject {
  const on = { enabled: true, keyType: "Account" };
  const rules = at(inputs, "networkRuleSet") === undefined ? {} : { ipRules: [], virtualNetworkRules: [] };
  return {
    accessTier: "Hot",
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    enableHttpsTrafficOnly: true,
    encryption: { keySource: "Microsoft.Storage", services: { blob: on, file: on } },
    minimumTlsVersion: "TLS1_2",
    networkRuleSet: { bypass: "AzureServices", defaultAction: "Allow", ...rules },
    tags: {},
  };
}

function computeAccount(operation: Operation): JsonObject {
  const { cloud, id, inputs, keep } = operation;
  const name = nameOf(id);
  const sku = text(inputs, "sku.name") ?? "";
  const services = ["blob", "dfs", "file", "queue", "table", "web"];
  const urls = services.map((service) => [service, `https://${name}.${service}.core.windows.net/`]);
  const created = keep("creationTime", () => cloud.now().toISOString());
  return {
    ...identityOf(operation),
    creationTime: created,
    keyCreationTime: { key1: created, key2: created },
    primaryEndpoints: Object.fromEntries(urls) as JsonObject,
    primaryLocation: normalizeRegion(text(inputs, "location") ?? ""),
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    sku: { name: sku, tier: sku.startsWith("Premium") ? "Premium" : "Standard" },
    statusOfPrimary: "available",
  };
}

/** Azure/azure-cli#7331 */
function refuseTakenName(operation: Operation): ProviderError | undefined {
  return holderOfName(operation) === undefined
    ? undefined
    : refusal(
        "StorageAccountAlreadyTaken",
        `The storage account named ${nameOf(operation.id)} is already taken.`,
      );
}

/** https://learn.microsoft.com/azure/storage/common/redundancy-regions-zrs and .../redundancy-regions-grs */
function refuseRedundancy({ inputs }: Operation): ProviderError | undefined {
  const sku = text(inputs, "sku.name") ?? "";
  const region = regionOf(normalizeRegion(text(inputs, "location") ?? ""));
  const lacks = /ZRS$/.test(sku) && region?.zones.length === 0 ? "it has no availability zones" : undefined;
  const alone =
    /_(RA)?GZ?RS$/.test(sku) && region?.pair === undefined ? "it has no paired region" : undefined;
  const why = lacks ?? alone;
  return why === undefined
    ? undefined
    : refusal(
        "RedundancyConfigurationNotAvailableInRegion",
        `The specified redundancy configuration '${sku}' is not available in ${region?.name ?? ""}: ${why}.`,
      );
}

/**
 * Zones come and go by a migration of the data, which no update starts
 * (https://learn.microsoft.com/azure/storage/common/redundancy-migration).
 */
function refuseConversion({ inputs, existing }: Operation): ProviderError | undefined {
  const [before, wanted] = [text(existing?.properties, "sku.name"), text(inputs, "sku.name") ?? ""];
  if (before === undefined || before.endsWith("ZRS") === wanted.endsWith("ZRS")) return undefined;
  return refusal(
    "AccountPropertyCannotBeUpdated",
    `The property 'sku.name' was specified in the input, but it cannot be updated from ${before} to ${wanted}.`,
  );
}

/**
 * Settings of the creation alone (https://learn.microsoft.com/azure/storage/common/infrastructure-encryption-enable,
 * https://learn.microsoft.com/azure/storage/common/account-encryption-key-create).
 */
function refuseImmutable({ inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const paths = [
    "encryption.requireInfrastructureEncryption",
    "encryption.services.queue.keyType",
    "encryption.services.table.keyType",
    "immutableStorageWithVersioning.enabled",
    "enableNfsV3",
    "dnsEndpointType",
  ];
  const changed = paths.find((path) => {
    const wanted = at(inputs, path);
    const before = at(existing.properties, path);
    return wanted !== undefined && wanted !== before && !(wanted === false && before === undefined);
  });
  return changed === undefined
    ? undefined
    : refusal(
        "InvalidRequestPropertyValue",
        `The value '${JSON.stringify(at(inputs, changed))}' is not allowed for property ${changed}. For more information, ` +
          "see - https://aka.ms/storageaccountupdate (it is settled when the account is created).",
      );
}

/** An account becomes StorageV2, and nothing else (https://learn.microsoft.com/azure/storage/common/storage-account-upgrade). */
function refuseKind({ inputs, existing }: Operation): ProviderError | undefined {
  const [before, wanted] = [text(existing?.properties, "kind"), text(inputs, "kind")];
  if (before === undefined || before === wanted || wanted === "StorageV2") return undefined;
  return refusal(
    "AccountPropertyCannotBeUpdated",
    "The property 'kind' was specified in the input, but it cannot be updated.",
  );
}

/** TLS 1.0 and 1.1 are retired since February 2026 (https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-migrate-to-tls2). */
function refuseTls({ inputs }: Operation): ProviderError | undefined {
  const version = text(inputs, "minimumTlsVersion");
  return version !== undefined && ["TLS1_0", "TLS1_1"].includes(version)
    ? refusal(
        "InvalidRequestPropertyValue",
        `The value '${version}' is not allowed for property minimumTlsVersion.`,
      )
    : undefined;
}
