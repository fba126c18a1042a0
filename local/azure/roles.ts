/**
 * Built-in roles (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles), each with the
 * permissions that questions are asked about here. `*` stands for any part of an action.
 */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

const AKS = "Microsoft.ContainerService/managedClusters";
const VAULT = "Microsoft.KeyVault/vaults";
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices";
/** What a role may not do if it may not hand out access. */
const NO_ACCESS_MANAGEMENT = ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"];

function role(
  name: string,
  id: string,
  actions: readonly string[],
  dataActions: readonly string[] = [],
  notActions: readonly string[] = [],
): Role {
  return { id, name, actions, dataActions, notActions };
}

export const ROLES: readonly Role[] = [
  role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ["*"]),
  role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", ["*"], [], NO_ACCESS_MANAGEMENT),
  role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", ["*/read"]),
  role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", [
    "*/read",
    "Microsoft.Authorization/*",
  ]),
  role("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168", [
    "Microsoft.Authorization/roleAssignments/*",
    "*/read",
  ]),
  role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", [
    "Microsoft.ContainerRegistry/registries/pull/read",
  ]),
  role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec", [
    "Microsoft.ContainerRegistry/registries/pull/read",
    "Microsoft.ContainerRegistry/registries/push/write",
  ]),
  role(
    "Container Registry Repository Reader",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    [],
    [
      "Microsoft.ContainerRegistry/registries/repositories/content/read",
      "Microsoft.ContainerRegistry/registries/repositories/metadata/read",
    ],
  ),
  role("Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7", ["Microsoft.Network/*"]),
  role("Private DNS Zone Contributor", "b12aa53e-6015-4669-85d0-8515ebb3ae7f", [
    "Microsoft.Network/privateDnsZones/*",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/virtualNetworks/join/action",
  ]),
  role("DNS Zone Contributor", "befefa01-2a29-4197-83a8-272ff33ce314", ["Microsoft.Network/dnsZones/*"]),
  role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830", [
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ]),
  role("Managed Identity Contributor", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", [
    "Microsoft.ManagedIdentity/userAssignedIdentities/*",
  ]),
  role("Virtual Machine Contributor", "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", [
    "Microsoft.Compute/virtualMachines/*",
  ]),
  role(
    "Key Vault Administrator",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    [`${VAULT}/*/read`],
    [`${VAULT}/*`],
  ),
  role("Key Vault Contributor", "f25e0fa2-a7c8-4377-a976-54943a77a395", ["Microsoft.KeyVault/*"]),
  role(
    "Key Vault Reader",
    "21090545-7ca7-4776-b22c-e363652d74d2",
    [`${VAULT}/*/read`],
    [`${VAULT}/*/read`, `${VAULT}/secrets/readMetadata/action`],
  ),
  role(
    "Key Vault Secrets User",
    "4633458b-17de-408a-b874-0445c86b69e6",
    [],
    [`${VAULT}/secrets/getSecret/action`, `${VAULT}/secrets/readMetadata/action`],
  ),
  role(
    "Key Vault Secrets Officer",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    [`${VAULT}/*/read`],
    [`${VAULT}/secrets/*`],
  ),
  role(
    "Key Vault Certificates Officer",
    "a4417e6f-fecd-4de8-b567-7b0420556985",
    [`${VAULT}/*/read`],
    [`${VAULT}/certificates/*`],
  ),
  role(
    "Key Vault Crypto Officer",
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    [`${VAULT}/*/read`],
    [`${VAULT}/keys/*`],
  ),
  role(
    "Key Vault Crypto User",
    "12338af0-0e69-4776-bea7-57ae8d297424",
    [],
    [
      `${VAULT}/keys/read`,
      `${VAULT}/keys/encrypt/action`,
      `${VAULT}/keys/decrypt/action`,
      `${VAULT}/keys/wrap/action`,
      `${VAULT}/keys/unwrap/action`,
    ],
  ),
  role(
    "Key Vault Crypto Service Encryption User",
    "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    [],
    [`${VAULT}/keys/read`, `${VAULT}/keys/wrap/action`, `${VAULT}/keys/unwrap/action`],
  ),
  role("Azure Kubernetes Service Cluster User Role", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f", [
    `${AKS}/listClusterUserCredential/action`,
    `${AKS}/read`,
  ]),
  role(
    "Azure Kubernetes Service RBAC Cluster Admin",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    [`${AKS}/listClusterUserCredential/action`],
    [`${AKS}/*`],
  ),
  role(
    "Azure Kubernetes Service RBAC Admin",
    "3498e952-d568-435e-9b2c-8d77e338d7f7",
    [`${AKS}/listClusterUserCredential/action`],
    [`${AKS}/*`],
  ),
  role(
    "Azure Kubernetes Service RBAC Writer",
    "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
    [],
    [`${AKS}/*/read`, `${AKS}/*/write`],
  ),
  role("Azure Kubernetes Service RBAC Reader", "7f6c6a51-bcf8-42ba-9220-52d62157d7db", [], [`${AKS}/*/read`]),
  role(
    "Monitoring Metrics Publisher",
    "3913510d-42f4-4e42-8a64-420c390055eb",
    [],
    ["Microsoft.Insights/Metrics/Write"],
  ),
  role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", [
    "*/read",
    "Microsoft.OperationalInsights/workspaces/search/action",
  ]),
  role(
    "Monitoring Data Reader",
    "b0d8363b-8ddd-447d-831f-62ca05bff136",
    [],
    ["Microsoft.Monitor/accounts/data/*/read"],
  ),
  role(
    "Grafana Admin",
    "22926164-76b3-42b3-bc55-97df3dab3e41",
    [],
    ["Microsoft.Dashboard/grafana/ActAsGrafanaAdmin/action"],
  ),
  role(
    "Grafana Viewer",
    "60921a7e-fef1-4a43-9b16-a26c52ad4769",
    [],
    ["Microsoft.Dashboard/grafana/ActAsGrafanaViewer/action"],
  ),
  role(
    "Storage Blob Data Contributor",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    [`${BLOBS}/containers/*`],
    [`${BLOBS}/containers/blobs/*`],
  ),
  role(
    "Storage Blob Data Reader",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    [`${BLOBS}/containers/read`],
    [`${BLOBS}/containers/blobs/read`],
  ),
  role("AppGw for Containers Configuration Manager", "fbc52c3f-28ad-4303-a892-8a056630b8f1", [
    "Microsoft.ServiceNetworking/trafficControllers/*",
  ]),
];

const BY_ID = new Map(ROLES.map((entry) => [entry.id, entry]));

/** @param roleDefinitionId full id, or the GUID alone. */
export function findRole(roleDefinitionId: string): Role | undefined {
  return BY_ID.get(roleDefinitionId.slice(roleDefinitionId.lastIndexOf("/") + 1).toLowerCase());
}

/** True where the role lets its holder do the action, be it one on the resource or on the data in it. */
export function permits({ actions, notActions = [], dataActions = [] }: Role, action: string): boolean {
  if (isDataAction(action)) return matchesAny(dataActions, action);
  return matchesAny(actions, action) && !matchesAny(notActions, action);
}

/**
 * Actions on data, which no role's `actions` cover, not even an owner's `*`
 * (https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations).
 */
const DATA_ACTIONS: readonly RegExp[] = [
  /^Microsoft\.KeyVault\/vaults\/(secrets|keys|certificates)\//i,
  /^Microsoft\.ContainerRegistry\/registries\/repositories\//i,
  /^Microsoft\.ContainerService\/managedClusters\/(?!agentPools|maintenanceConfigurations|accessProfiles)[^/]+\/(?!action$)/i,
  /^Microsoft\.Insights\/(Metrics|Telemetry)\/Write$/i,
  /^Microsoft\.Monitor\/accounts\/data\//i,
  /^Microsoft\.Dashboard\/grafana\/ActAs/i,
  /^Microsoft\.Storage\/storageAccounts\/blobServices\/containers\/blobs\//i,
];

function isDataAction(action: string): boolean {
  return DATA_ACTIONS.some((pattern) => pattern.test(action));
}

function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
  });
}
