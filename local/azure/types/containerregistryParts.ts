import { randomUUID } from "node:crypto";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import { normalizeRegion } from "../regions";
import { oneWriteAtATime, refuseZones } from "../registryRules";
import { refuseUnofferedRegion } from "../regionalServices";
import { describeTypes, refusal, type Operation } from "../resourceType";

const REGISTRY = "Microsoft.ContainerRegistry/registries";
const NAME = { pattern: /^[a-zA-Z0-9-]*$/, minLength: 5, maxLength: 50 };
/** https://learn.microsoft.com/azure/container-registry/artifact-cache-overview */
const UPSTREAMS =
  /^(docker\.io|mcr\.microsoft\.com|public\.ecr\.aws|ghcr\.io|quay\.io|registry\.k8s\.io|nvcr\.io|gcr\.io|[a-z0-9]+\.azurecr\.io|[a-z0-9-]+-docker\.pkg\.dev|us\.gcr\.io|eu\.gcr\.io|asia\.gcr\.io)\//;
/** https://learn.microsoft.com/azure/container-registry/tasks-agent-pools#pool-tiers */
const TIERS = ["S1", "S2", "S3", "I6"];

/** What a registry has besides images. The codes of its refusals are this emulator's: see registryRules. */
export const registryParts = describeTypes(
  {
    token: "containerregistry:Replication",
    shape: inGroup(`${REGISTRY}/replications`, "registryName", "replicationName"),
    apiVersion: "2024-11-01-preview",
    autoName: "copy",
    name: { ...NAME, pattern: /^[a-zA-Z0-9]*$/ },
    defaults: () => ({ regionEndpointEnabled: true, zoneRedundancy: "Disabled" }),
    computed: ["provisioningState", "status"],
    compute: ({ cloud }) => ({
      provisioningState: "Succeeded",
      status: { displayStatus: "Ready", timestamp: cloud.now().toISOString() },
    }),
    seconds: { create: 45, update: 20, delete: 40 },
    refuse: [refusePremium, refuseRegion, refuseSoftDelete, refuseZones],
    serial: oneWriteAtATime,
  },
  {
    token: "containerregistry:CacheRule",
    shape: inGroup(`${REGISTRY}/cacheRules`, "registryName", "cacheRuleName"),
    apiVersion: "2024-11-01-preview",
    autoName: "copy",
    name: NAME,
    located: false,
    references: ["credentialSetResourceId"],
    // x-ms-mutability [create, read] in the API's description.
    replaceOn: ["sourceRepository", "targetRepository"],
    computed: ["creationDate", "provisioningState"],
    compute: created,
    seconds: { create: 6, update: 5, delete: 4 },
    refuse: [refuseCacheRule],
  },
  {
    token: "containerregistry:CredentialSet",
    shape: inGroup(`${REGISTRY}/credentialSets`, "registryName", "credentialSetName"),
    apiVersion: "2023-01-01-preview",
    autoName: "copy",
    name: NAME,
    located: false,
    computed: ["creationDate", "identity.principalId", "identity.tenantId", "provisioningState"],
    compute: (operation) => ({
      ...created(operation),
      identity: {
        principalId: operation.keep("identity.principalId", randomUUID),
        tenantId: operation.cloud.tenantId,
        type: "SystemAssigned",
      },
    }),
    seconds: { create: 6, update: 5, delete: 4 },
    refuse: [refuseCredentials],
  },
  {
    token: "containerregistry:AgentPool",
    shape: inGroup(`${REGISTRY}/agentPools`, "registryName", "agentPoolName"),
    apiVersion: "2019-06-01-preview",
    autoName: "random",
    name: { pattern: /^[a-zA-Z0-9-]*$/, minLength: 3, maxLength: 20 },
    references: ["virtualNetworkSubnetResourceId"],
    defaults: () => ({ count: 1, os: "Linux", tier: "S2" }),
    computed: ["provisioningState"],
    compute: () => ({ provisioningState: "Succeeded" }),
    // https://learn.microsoft.com/azure/container-registry/tasks-agent-pools: "several minutes".
    seconds: { create: 240, update: 120, delete: 90 },
    refuse: [refuseUnofferedRegion("acr-agent-pools"), refusePremium, refuseAgents],
  },
);

function created({ cloud, keep }: Operation): JsonObject {
  return {
    creationDate: keep("creationDate", () => cloud.now().toISOString()),
    provisioningState: "Succeeded",
  };
}

function registryOf({ cloud, id }: Operation): JsonObject {
  return cloud.store.get(ownerIdOf(id) ?? "")?.properties ?? {};
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-skus */
function refusePremium(operation: Operation): ProviderError | undefined {
  const sku = text(registryOf(operation), "sku.name") ?? "";
  const kind = operation.type.token.split(":")[1] ?? "";
  return sku === "Premium"
    ? undefined
    : refusal("SkuNotSupported", `The ${kind} of a registry requires the Premium SKU, got '${sku}'.`);
}

/**
 * One replica a region. The registry's own region is among its replications, so that azure-native finds that one there
 * (https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication); a template that asks
 * for it changes nothing (mspnp/reference-architectures#318).
 */
function refuseRegion(operation: Operation): ProviderError | undefined {
  const { cloud, id, inputs } = operation;
  const region = normalizeRegion(text(inputs, "location") ?? "");
  if (region === text(registryOf(operation), "location")) {
    return refusal(
      "ResourceExists",
      `cannot create already existing resource '${id}': the registry itself is in ${region}.`,
    );
  }
  const twin = cloud.store
    .list({ type: `${REGISTRY}/replications`, under: ownerIdOf(id) ?? id })
    .find((other) => !sameId(other.id, id) && text(other.properties, "location") === region);
  return twin === undefined
    ? undefined
    : refusal(
        "ReplicationAlreadyExists",
        `The registry has a replication in ${region} already: ${nameOf(twin.id)}.`,
      );
}

/** https://learn.microsoft.com/azure/container-registry/container-registry-soft-delete-policy#known-issues-and-limitations */
function refuseSoftDelete(operation: Operation): ProviderError | undefined {
  return text(registryOf(operation), "policies.softDeletePolicy.status")?.toLowerCase() === "enabled"
    ? refusal(
        "PolicyConflict",
        "A registry with the soft delete policy cannot be replicated: disable the policy first.",
      )
    : undefined;
}

function refuseCacheRule({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const [source, target] = [text(inputs, "sourceRepository") ?? "", text(inputs, "targetRepository") ?? ""];
  if (!UPSTREAMS.test(source)) {
    return refusal(
      "InvalidSourceRepository",
      `The sourceRepository '${source}' must be <login server>/<repository> of a registry that can be cached, such as ` +
        "docker.io/library/nginx or mcr.microsoft.com/*.",
    );
  }
  if (!/^[a-z0-9]+([._/-][a-z0-9]+)*(\/\*)?$/.test(target)) {
    return refusal("InvalidTargetRepository", `The targetRepository '${target}' is no repository's name.`);
  }
  if (source.endsWith("/*") !== target.endsWith("/*")) {
    return refusal(
      "InvalidTargetRepository",
      "Source and target of a cache rule both end in '/*', or neither does.",
    );
  }
  const twin = cloud.store
    .list({ type: `${REGISTRY}/cacheRules`, under: ownerIdOf(id) ?? id })
    .find((other) => !sameId(other.id, id) && text(other.properties, "targetRepository") === target);
  return twin === undefined
    ? undefined
    : refusal(
        "CacheRuleConflict",
        `The cache rule ${nameOf(twin.id)} has the targetRepository '${target}' already.`,
      );
}

function refuseCredentials({ inputs }: Operation): ProviderError | undefined {
  const credentials = objects(inputs, "authCredentials");
  const isSecret = (value: string | undefined): boolean =>
    /^https:\/\/[a-z0-9-]+\.vault\.azure\.net\/secrets\/[^/]+/i.test(value ?? "");
  const bad = credentials.find(
    (entry) =>
      !isSecret(text(entry, "usernameSecretIdentifier")) ||
      !isSecret(text(entry, "passwordSecretIdentifier")),
  );
  return credentials.length === 1 && bad === undefined
    ? undefined
    : refusal(
        "InvalidCredentialSet",
        "A credential set has one entry in authCredentials, of two Key Vault secret URLs.",
      );
}

/** https://learn.microsoft.com/azure/container-registry/tasks-agent-pools#preview-limitations */
function refuseAgents({ inputs }: Operation): ProviderError | undefined {
  const [tier, os] = [text(inputs, "tier") ?? "S2", text(inputs, "os") ?? "Linux"];
  if (!TIERS.includes(tier))
    return refusal("InvalidAgentPoolTier", `The tier '${tier}' is unknown: allowed are ${TIERS.join(", ")}.`);
  return os === "Linux" ? undefined : refusal("InvalidAgentPoolOS", `Agents run Linux alone, got '${os}'.`);
}
