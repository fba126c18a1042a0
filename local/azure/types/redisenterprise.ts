import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, list, strings, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { holderOf } from "../globalNames";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import { normalizeRegion, zonesOf } from "../regions";
import { describeTypes, refusal, type Operation, type Serial } from "../resourceType";

const CLUSTER = "Microsoft.Cache/redisEnterprise";
const DATABASE = `${CLUSTER}/databases`;
const API = "2025-07-01";
const NAME = { pattern: /^(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/, minLength: 1, maxLength: 60 };
const PORT = 10000;

/** https://learn.microsoft.com/azure/redis/overview#choosing-the-right-tier, by the size in their names. */
const SKUS: Readonly<Record<string, readonly number[]>> = {
  Balanced_B: [0, 1, 3, 5, 10, 20, 50, 100, 150, 250, 350, 500, 700, 1000],
  MemoryOptimized_M: [10, 20, 50, 100, 150, 250, 350, 500, 700, 1000, 1500, 2000],
  ComputeOptimized_X: [3, 5, 10, 20, 50, 100, 150, 250, 350, 500, 700],
  FlashOptimized_A: [250, 500, 700, 1000, 1500, 2000, 4500],
};

/** A cluster and what is in it take one write at a time (hashicorp/terraform-provider-azurerm#29000). */
const oneWriteAtATime: Serial = {
  key: (id) => /^.*\/redisEnterprise\/[^/]+/i.exec(id)?.[0] ?? id,
  conflict: ({ id }) =>
    refusal(
      "Conflict",
      `The resource is busy processing a previous update request or is undergoing system maintenance (${id}). As such, ` +
        "it is currently unable to accept the update request. Please try again later.",
    ),
};

export const redisenterprise = describeTypes(
  {
    token: "redisenterprise:RedisEnterprise",
    shape: inGroup(CLUSTER, "clusterName"),
    apiVersion: API,
    autoName: "random",
    name: NAME,
    required: ["publicNetworkAccess", "sku"],
    references: ["identity.userAssignedIdentities[]"],
    defaults: () => ({ encryption: {}, highAvailability: "Enabled", minimumTlsVersion: "1.2", tags: {} }),
    computed: [
      "hostName",
      "kind",
      "privateEndpointConnections",
      "provisioningState",
      "redisVersion",
      "redundancyMode",
      "resourceState",
    ],
    compute: computeCluster,
    // https://learn.microsoft.com/azure/redis/quickstart-create-managed-redis speaks of minutes.
    seconds: { create: 420, update: 300, delete: 240 },
    refuse: [refuseTakenName, refuseSku, refuseZones, refuseDowngrade],
    serial: oneWriteAtATime,
  },
  {
    token: "redisenterprise:Database",
    shape: inGroup(DATABASE, "clusterName", "databaseName"),
    apiVersion: API,
    autoName: "copy",
    name: NAME,
    located: false,
    // x-ms-mutability [create, read] in the API's description.
    replaceOn: ["port", "modules"],
    defaults: () => ({
      accessKeysAuthentication: "Disabled",
      clientProtocol: "Encrypted",
      clusteringPolicy: "OSSCluster",
      deferUpgrade: "NotDeferred",
      evictionPolicy: "VolatileLRU",
      modules: [],
      port: PORT,
    }),
    computed: ["provisioningState", "redisVersion", "resourceState"],
    compute: () => ({ provisioningState: "Succeeded", redisVersion: "7.4", resourceState: "Running" }),
    seconds: { create: 240, update: 60, delete: 60 },
    refuse: [refuseDatabaseName, refusePort, refuseClustering, refuseModules, refusePersistence],
    serial: oneWriteAtATime,
  },
  {
    token: "redisenterprise:AccessPolicyAssignment",
    shape: inGroup(
      `${DATABASE}/accessPolicyAssignments`,
      "clusterName",
      "databaseName",
      "accessPolicyAssignmentName",
    ),
    apiVersion: API,
    autoName: "copy",
    name: { pattern: /^[A-Za-z0-9]{1,60}$/, minLength: 1, maxLength: 60 },
    located: false,
    required: ["accessPolicyName", "user"],
    computed: ["provisioningState"],
    compute: () => ({ provisioningState: "Succeeded" }),
    seconds: { create: 20, update: 20, delete: 20 },
    refuse: [refusePolicy],
    serial: oneWriteAtATime,
  },
);

function computeCluster(operation: Operation): JsonObject {
  const { id, inputs } = operation;
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const isReplicated = text(inputs, "highAvailability") !== "Disabled";
  const zones = (zonesOf(region) ?? []).length > 0 ? "ZR" : "LR";
  return {
    ...identityOf(operation),
    hostName: `${nameOf(id).toLowerCase()}.${region}.redis.azure.net`,
    kind: "v2",
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    redisVersion: "7.4",
    redundancyMode: isReplicated ? zones : "None",
    resourceState: "Running",
  };
}

/** The host name has the region in it: names are unique in each region. */
function refuseTakenName({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  const holder = existing === undefined ? holderOf(cloud, CLUSTER, nameOf(id)) : undefined;
  const region = normalizeRegion(text(inputs, "location") ?? "");
  if (holder === undefined || text(holder.properties, "location") !== region) return undefined;
  return refusal(
    "NameNotAvailable",
    `The requested cache name '${nameOf(id)}' is not available in ${region}.`,
  );
}

/** Enterprise SKUs are refused (dotnet/arcade-services#6528, PSRule.Rules.Azure#3605). */
function refuseSku({ inputs }: Operation): ProviderError | undefined {
  const name = text(inputs, "sku.name") ?? "";
  if (/^Enterprise(Flash)?_/.test(name)) {
    return refusal(
      "BadRequest",
      `Creating a cache with the SKU '${name}' is no longer supported: Azure Cache for Redis Enterprise is being retired. ` +
        "Use a SKU of Azure Managed Redis, such as Balanced_B0.",
    );
  }
  const [, family = "", size = ""] = /^([A-Za-z]+_[A-Z])(\d+)$/.exec(name) ?? [];
  if (!(SKUS[family] ?? []).includes(Number(size)) || size === "") {
    return refusal(
      "InvalidSku",
      `The SKU '${name}' is unknown: Azure Managed Redis has ${Object.keys(SKUS).join(", ")} with a size.`,
    );
  }
  return inputs["sku"] !== undefined && (inputs["sku"] as JsonObject)["capacity"] !== undefined
    ? refusal("InvalidRequestBody", `The SKU '${name}' takes no capacity: only Enterprise SKUs have one.`)
    : undefined;
}

/** "Managed Redis is zone redundant by itself" (https://learn.microsoft.com/azure/reliability/reliability-managed-redis). */
function refuseZones({ inputs }: Operation): ProviderError | undefined {
  const zones = strings(inputs, "zones");
  return zones.length === 0
    ? undefined
    : refusal(
        "InvalidRequestBody",
        `zones cannot be given for Azure Managed Redis, which chooses them itself, got ${zones.join(", ")}.`,
      );
}

/** https://learn.microsoft.com/azure/redis/how-to-scale#prerequisiteslimitations-of-scaling-azure-managed-redis */
function refuseDowngrade({ inputs, existing }: Operation): ProviderError | undefined {
  const before = text(existing?.properties, "highAvailability");
  return before === "Enabled" && text(inputs, "highAvailability") === "Disabled"
    ? refusal("BadRequest", "High availability of a cache cannot be disabled once it is enabled.")
    : undefined;
}

function refuseDatabaseName({ cloud, id }: Operation): ProviderError | undefined {
  const others = cloud.store.list({ type: DATABASE, under: ownerIdOf(id) ?? id });
  if (nameOf(id) !== "default") {
    return refusal("InvalidResourceName", `The name of a database must be 'default', got '${nameOf(id)}'.`);
  }
  return others.some((other) => !sameId(other.id, id))
    ? refusal("BadRequest", "A cluster has one database.")
    : undefined;
}

function refusePort({ inputs }: Operation): ProviderError | undefined {
  const port = inputs["port"];
  return port === undefined || port === PORT
    ? undefined
    : refusal(
        "InvalidRequestBody",
        `The port of an Azure Managed Redis database must be ${PORT}, got ${JSON.stringify(port)}.`,
      );
}

/** "If the value is OSSCluster or EnterpriseCluster, it cannot be updated without deleting the database" (the API's own text). */
function refuseClustering({ inputs, existing }: Operation): ProviderError | undefined {
  const before = text(existing?.properties, "clusteringPolicy");
  const wanted = text(inputs, "clusteringPolicy");
  if (before === undefined || before === "NoCluster" || wanted === undefined || wanted === before)
    return undefined;
  return refusal(
    "BadRequest",
    `The clusteringPolicy cannot be changed from ${before} to ${wanted}: delete the database first.`,
  );
}

/** https://learn.microsoft.com/azure/redis/redis-modules */
function refuseModules({ inputs }: Operation): ProviderError | undefined {
  const hasSearch = list(inputs, "modules").some((module) => text(module, "name") === "RediSearch");
  if (!hasSearch) return undefined;
  if (text(inputs, "evictionPolicy") !== "NoEviction") {
    return refusal("BadRequest", "The module RediSearch needs evictionPolicy 'NoEviction'.");
  }
  return text(inputs, "clusteringPolicy") === "OSSCluster"
    ? refusal("BadRequest", "The module RediSearch needs clusteringPolicy 'EnterpriseCluster'.")
    : undefined;
}

function refusePersistence({ inputs }: Operation): ProviderError | undefined {
  return flag(inputs, "persistence.aofEnabled") && flag(inputs, "persistence.rdbEnabled")
    ? refusal("BadRequest", "Only one of persistence.aofEnabled and persistence.rdbEnabled can be true.")
    : undefined;
}

/** https://learn.microsoft.com/azure/redis/entra-for-authentication: there is one access policy, `default`. */
function refusePolicy({ inputs }: Operation): ProviderError | undefined {
  const policy = text(inputs, "accessPolicyName") ?? "";
  if (policy !== "default") {
    return refusal("BadRequest", `The access policy '${policy}' does not exist: 'default' is the only one.`);
  }
  return text(inputs, "user.objectId") === undefined
    ? refusal("InvalidRequestBody", "user.objectId of an access policy assignment is missing.")
    : undefined;
}
