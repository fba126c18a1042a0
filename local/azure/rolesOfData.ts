/** Built-in roles for registries, vaults and data services, with the permissions that questions are asked about. */
import { role, type Role } from "./role";

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices";
const REGISTRY = "Microsoft.ContainerRegistry/registries";
const VAULT = "Microsoft.KeyVault/vaults";

export const dataRoles: readonly Role[] = [
  role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", [`${REGISTRY}/pull/read`]),
  role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec", [
    `${REGISTRY}/pull/read`,
    `${REGISTRY}/push/write`,
  ]),
  role(
    "Container Registry Repository Reader",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    [],
    [`${REGISTRY}/repositories/content/read`, `${REGISTRY}/repositories/metadata/read`],
  ),
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
  role("AcrDelete", "c2f4ef07-c644-48eb-af81-4b1b4947fb11", [`${REGISTRY}/artifacts/delete`]),
  role(
    "Container Registry Repository Writer",
    "2a1e307c-b015-4ebd-883e-5b7698a07328",
    [],
    [
      `${REGISTRY}/repositories/content/read`,
      `${REGISTRY}/repositories/content/write`,
      `${REGISTRY}/repositories/metadata/read`,
      `${REGISTRY}/repositories/metadata/write`,
    ],
  ),
  role("Container Registry Tasks Contributor", "fb382eab-e894-4461-af04-94435c366c3f", [
    `${REGISTRY}/agentPools/*`,
    `${REGISTRY}/tasks/*`,
    `${REGISTRY}/taskRuns/*`,
    `${REGISTRY}/runs/*`,
    `${REGISTRY}/scheduleRun/action`,
    `${REGISTRY}/read`,
  ]),
  role("Container Registry Data Importer and Data Reader", "577a9874-89fd-4f24-9dbd-b5034d0ad23a", [
    `${REGISTRY}/importImage/action`,
    `${REGISTRY}/read`,
    `${REGISTRY}/pull/read`,
  ]),
  role(
    "Key Vault Certificate User",
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
    [],
    [
      `${VAULT}/certificates/read`,
      `${VAULT}/secrets/getSecret/action`,
      `${VAULT}/secrets/readMetadata/action`,
      `${VAULT}/keys/read`,
    ],
  ),
  role("Key Vault Purge Operator", "a68e7c17-0ab2-4c09-9a58-125dae29748c", [
    "Microsoft.KeyVault/locations/deletedVaults/read",
    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
    "Microsoft.KeyVault/deletedVaults/read",
  ]),
  role("Storage Account Contributor", "17d1049b-9a84-46fb-8f53-869881c3d3ab", [
    "Microsoft.Storage/storageAccounts/*",
  ]),
  role(
    "Storage Blob Data Owner",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    [`${BLOBS}/containers/*`],
    [`${BLOBS}/containers/blobs/*`],
  ),
  role("DocumentDB Account Contributor", "5bd9cd88-fe45-4216-938b-f97437e15450", [
    "Microsoft.DocumentDB/databaseAccounts/*",
  ]),
  role(
    "Cosmos DB Operator",
    "230815da-be43-4aae-9cb4-875f7bd000aa",
    ["Microsoft.DocumentDB/databaseAccounts/*"],
    [],
    [
      "Microsoft.DocumentDB/databaseAccounts/listKeys/*",
      "Microsoft.DocumentDB/databaseAccounts/regenerateKey/*",
      "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/write",
      "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write",
    ],
  ),
  role("Redis Cache Contributor", "e0f68234-74aa-48ed-b826-c38b57376e17", ["Microsoft.Cache/*"]),
];
