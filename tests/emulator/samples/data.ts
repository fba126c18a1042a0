/** Inputs with which each type of security and data can be made, in an order in which they can be made. */
import type { JsonObject } from "../../../local/provider/backend";
import { GROUP, guid, TENANT } from "../azure-support";
import type { Sample } from "./network";

const COSMOS = { accountName: "res01020304" };
const SERVER = { serverName: "res01020304" };
const CACHE = { clusterName: "res01020304" };
const STORE = { accountName: "res01020304" };
/** Cosmos DB's built-in data contributor. */
const CONTRIBUTOR = "00000000-0000-0000-0000-000000000002";
const RESTRICTED =
  "/providers/Microsoft.Authorization/policySetDefinitions/42b8ef37-b724-4e24-bbc8-7a7708edfe00";

export function vault(changes: JsonObject = {}): JsonObject {
  const sku = { family: "A", name: "standard" };
  return { properties: { tenantId: TENANT, sku, enableRbacAuthorization: true, ...changes } };
}

export function cosmosAccount(changes: JsonObject = {}): JsonObject {
  const locations = [{ locationName: "westus2", failoverPriority: 0, isZoneRedundant: true }];
  return { databaseAccountOfferType: "Standard", kind: "GlobalDocumentDB", locations, ...changes };
}

export function cosmosContainer(changes: JsonObject = {}): JsonObject {
  return { id: "items", partitionKey: { paths: ["/id"], kind: "Hash", version: 2 }, ...changes };
}

export function managedRedis(changes: JsonObject = {}): JsonObject {
  return { sku: { name: "Balanced_B0" }, publicNetworkAccess: "Disabled", ...changes };
}

export function postgresqlServer(changes: JsonObject = {}): JsonObject {
  return {
    sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    version: "17",
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: TENANT },
    network: { publicNetworkAccess: "Disabled" },
    ...changes,
  };
}

export function storageAccount(changes: JsonObject = {}): JsonObject {
  return { kind: "StorageV2", sku: { name: "Standard_ZRS" }, allowSharedKeyAccess: false, ...changes };
}

export function lifecycleRule(name: string): JsonObject {
  const actions = { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 30 } } };
  return {
    name,
    enabled: true,
    type: "Lifecycle",
    definition: { actions, filters: { blobTypes: ["blockBlob"] } },
  };
}

/** @param outputOf an output of a sample that was made before; `id` is its id. */
export function dataSamples(outputOf: (token: string, output: string) => string): readonly Sample[] {
  return [...securitySamples(outputOf), ...registrySamples(outputOf), ...serviceSamples(outputOf)];
}

function securitySamples(outputOf: (token: string, output: string) => string): readonly Sample[] {
  const vaultId = (): string => outputOf("keyvault:Vault", "id");
  return [
    ["keyvault:Vault", () => vault({ enablePurgeProtection: true, softDeleteRetentionInDays: 7 })],
    ["keyvault:Key", () => ({ vaultName: "res01020304", properties: { kty: "RSA", keySize: 3072 } })],
    [
      "keyvault:Secret",
      () => ({ vaultName: "res01020304", properties: { value: "s3cret", contentType: "text/plain" } }),
    ],
    [
      "compute:DiskEncryptionSet",
      () => ({
        activeKey: { keyUrl: outputOf("keyvault:Key", "keyUriWithVersion"), sourceVault: { id: vaultId() } },
        identity: { type: "SystemAssigned" },
        rotationToLatestKeyVersionEnabled: true,
      }),
    ],
    [
      "authorization:RoleDefinition",
      () => ({
        scope: GROUP,
        roleName: "Restarter",
        permissions: [{ actions: ["Microsoft.ContainerService/managedClusters/read"] }],
      }),
    ],
    [
      "authorization:PolicyAssignment",
      () => ({
        scope: GROUP,
        policyDefinitionId: RESTRICTED,
        parameters: { effect: { value: "Audit" }, excludedNamespaces: { value: ["kube-system"] } },
      }),
    ],
    ["authorization:ManagementLockByScope", () => ({ scope: vaultId(), level: "CanNotDelete" })],
    [
      "authorization:ManagementLockAtResourceGroupLevel",
      () => ({ lockName: "group", level: "CanNotDelete" }),
    ],
    [
      "authorization:ManagementLockAtResourceLevel",
      () => ({
        ...{ resourceProviderNamespace: "Microsoft.KeyVault", parentResourcePath: "vaults/res01020304" },
        ...{ resourceType: "keys", resourceName: "res", apiVersion: "2024-11-01", level: "CanNotDelete" },
      }),
    ],
  ];
}

function registrySamples(outputOf: (token: string, output: string) => string): readonly Sample[] {
  const registry = { registryName: "res01020304" };
  const secret = (): string => outputOf("keyvault:Secret", "properties.secretUri");
  return [
    [
      "containerregistry:Replication",
      () => ({ ...registry, replicationName: "eastus2", location: "eastus2" }),
    ],
    [
      "containerregistry:CredentialSet",
      () => ({
        ...registry,
        credentialSetName: "docker",
        loginServer: "docker.io",
        identity: { type: "SystemAssigned" },
        authCredentials: [
          { name: "Credential1", usernameSecretIdentifier: secret(), passwordSecretIdentifier: secret() },
        ],
      }),
    ],
    [
      "containerregistry:CacheRule",
      () => ({
        ...registry,
        cacheRuleName: "docker-nginx",
        sourceRepository: "docker.io/library/nginx",
        targetRepository: "docker/nginx",
        credentialSetResourceId: outputOf("containerregistry:CredentialSet", "id"),
      }),
    ],
    ["containerregistry:AgentPool", () => ({ ...registry, agentPoolName: "build" })],
  ];
}

function serviceSamples(outputOf: (token: string, output: string) => string): readonly Sample[] {
  const account = (): string => outputOf("cosmosdb:DatabaseAccount", "id");
  return [
    ["cosmosdb:DatabaseAccount", () => cosmosAccount()],
    ["cosmosdb:SqlResourceSqlDatabase", () => ({ ...COSMOS, databaseName: "api", resource: { id: "api" } })],
    [
      "cosmosdb:SqlResourceSqlContainer",
      () => ({
        ...{ ...COSMOS, databaseName: "api", containerName: "items", resource: cosmosContainer() },
        options: { autoscaleSettings: { maxThroughput: 1000 } },
      }),
    ],
    [
      "cosmosdb:SqlResourceSqlRoleDefinition",
      () => ({
        ...COSMOS,
        roleName: "Reader of items",
        assignableScopes: [account()],
        permissions: [{ dataActions: ["Microsoft.DocumentDB/databaseAccounts/readMetadata"] }],
        type: "CustomRole",
      }),
    ],
    [
      "cosmosdb:SqlResourceSqlRoleAssignment",
      () => ({
        ...COSMOS,
        principalId: guid(1),
        scope: `${account()}/dbs/api`,
        roleDefinitionId: `${account()}/sqlRoleDefinitions/${CONTRIBUTOR}`,
      }),
    ],
    ["redisenterprise:RedisEnterprise", () => managedRedis()],
    ["redisenterprise:Database", () => ({ ...CACHE, databaseName: "default" })],
    [
      "redisenterprise:AccessPolicyAssignment",
      () => ({ ...CACHE, databaseName: "default", accessPolicyName: "default", user: { objectId: guid(1) } }),
    ],
    ["dbforpostgresql:Server", () => postgresqlServer()],
    ["dbforpostgresql:Database", () => ({ ...SERVER, databaseName: "api" })],
    [
      "dbforpostgresql:AdministratorsMicrosoftEntra",
      () => ({
        ...{ ...SERVER, objectId: guid(1), principalName: "api" },
        ...{ principalType: "ServicePrincipal", tenantId: TENANT },
      }),
    ],
    [
      "dbforpostgresql:Configuration",
      () => ({ ...SERVER, configurationName: "log_checkpoints", source: "user-override", value: "on" }),
    ],
    [
      "dbforpostgresql:FirewallRule",
      () => ({ ...SERVER, startIpAddress: "0.0.0.0", endIpAddress: "0.0.0.0" }),
    ],
    ["storage:StorageAccount", () => storageAccount()],
    [
      "storage:BlobServiceProperties",
      () => ({ ...STORE, blobServicesName: "default", deleteRetentionPolicy: { enabled: true, days: 7 } }),
    ],
    ["storage:BlobContainer", () => ({ ...STORE, containerName: "items" })],
    [
      "storage:ManagementPolicy",
      () => ({ ...STORE, managementPolicyName: "default", policy: { rules: [lifecycleRule("age")] } }),
    ],
  ];
}
