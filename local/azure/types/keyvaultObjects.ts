import { randomBytes } from "node:crypto";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, flag, number, text } from "../../provider/values";
import { evaluate } from "../access";
import { canReach, canReachPublicly } from "../reachability";
import { inGroup, nameOf, ownerIdOf } from "../ids";
import { describeTypes, refusal, type AzureType, type Deletion, type Operation } from "../resourceType";
import { isDeletedObject, keepDeletedObject } from "../softDelete";

const VAULT = "Microsoft.KeyVault/vaults";
const NAME = { pattern: /^[a-zA-Z0-9-]{1,127}$/, minLength: 1, maxLength: 127 };
const KEY_OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
const RSA_SIZES = [2048, 3072, 4096];
/** Seconds between the dates of an object and now, in the unit of Key Vault. */
const SECOND = 1000;

/** What keys and secrets have in common. */
function objectOf(kind: "key" | "secret"): Omit<AzureType, "computed" | "compute" | "token"> {
  return {
    shape: inGroup(`${VAULT}/${kind}s`, "vaultName", `${kind}Name`),
    apiVersion: "2024-11-01",
    autoName: "copy",
    name: NAME,
    located: false,
    required: ["properties"],
    // Neither a secret's value nor a key's properties come back under that name.
    writeOnly: ["properties"],
    seconds: { create: 3, update: 3, delete: 2 },
    refuseDelete: [refuseDataPlane(`${VAULT}/${kind}s/delete`)],
    // With its vault it is kept by the vault's own deletion.
    outlivesOwner: true,
    afterDelete: ({ cloud, record }) => {
      keepDeletedObject(cloud, record);
    },
  };
}

export const keyVaultObjects = describeTypes(
  {
    ...objectOf("key"),
    token: "keyvault:Key",
    computed: ["attributes", "keyOps", "keySize", "keyUri", "keyUriWithVersion", "kty", "location"],
    compute: computeKey,
    refuse: [refuseHeldName("Key"), refuseKeySize],
  },
  {
    ...objectOf("secret"),
    token: "keyvault:Secret",
    computed: [
      "location",
      "properties.attributes",
      "properties.secretUri",
      "properties.secretUriWithVersion",
    ],
    compute: computeSecret,
    refuse: [refuseHeldName("Secret")],
  },
);

/**
 * Azure Resource Manager makes a key and reads it, but changes none: a PUT of a key that exists returns it as it is
 * (Keys_CreateIfNotExist, https://learn.microsoft.com/rest/api/keyvault/keyvault/keys/create-if-not-exist).
 */
function computeKey(operation: Operation): JsonObject {
  const { cloud, id, inputs, existing } = operation;
  if (existing !== undefined) return existing.properties;
  const vault = cloud.store.get(ownerIdOf(id) ?? "");
  const uri = `${text(vault?.properties, "properties.vaultUri") ?? ""}keys/${nameOf(id)}`;
  const kty = text(inputs, "properties.kty") ?? "RSA";
  const curve = kty.startsWith("EC") ? { curveName: text(inputs, "properties.curveName") ?? "P-256" } : {};
  const rotation = at(inputs, "properties.rotationPolicy");
  const release = at(inputs, "properties.releasePolicy");
  return {
    attributes: attributesOf(operation, flag(vault?.properties, "properties.enablePurgeProtection")),
    keyOps: at(inputs, "properties.keyOps") ?? (kty.startsWith("EC") ? ["sign", "verify"] : KEY_OPERATIONS),
    keySize: number(inputs, "properties.keySize") ?? 2048,
    keyUri: uri,
    keyUriWithVersion: `${uri}/${randomBytes(16).toString("hex")}`,
    kty,
    location: text(vault?.properties, "location") ?? "",
    ...curve,
    ...(rotation === undefined ? {} : { rotationPolicy: rotation }),
    ...(release === undefined ? {} : { releasePolicy: release }),
  };
}

/** Each PUT of a secret is a new version of it. */
function computeSecret(operation: Operation): JsonObject {
  const { cloud, id, inputs } = operation;
  const vault = cloud.store.get(ownerIdOf(id) ?? "");
  const uri = `${text(vault?.properties, "properties.vaultUri") ?? ""}secrets/${nameOf(id)}`;
  const contentType = text(inputs, "properties.contentType");
  return {
    location: text(vault?.properties, "location") ?? "",
    properties: {
      attributes: attributesOf(operation, flag(vault?.properties, "properties.enablePurgeProtection")),
      ...(contentType === undefined ? {} : { contentType }),
      secretUri: uri,
      secretUriWithVersion: `${uri}/${randomBytes(16).toString("hex")}`,
    },
  };
}

function attributesOf({ cloud, inputs, existing }: Operation, isPurgeProtected: boolean): JsonObject {
  const now = Math.floor(cloud.now().getTime() / SECOND);
  const given = (at(inputs, "properties.attributes") ?? {}) as JsonObject;
  return {
    enabled: true,
    ...given,
    created: number(existing?.properties, "properties.attributes.created") ?? now,
    updated: now,
    recoveryLevel: isPurgeProtected ? "Recoverable" : "Recoverable+Purgeable",
  };
}

/** pulumi/pulumi-azure-native#1174, Azure/azure-rest-api-specs#9222 */
function refuseHeldName(kind: string) {
  return ({ cloud, id, existing }: Operation): ProviderError | undefined =>
    existing === undefined && isDeletedObject(cloud, id)
      ? refusal(
          "Conflict",
          `${kind} ${nameOf(id)} is currently in a deleted but recoverable state, and its name cannot be reused; in this ` +
            `state, the ${kind.toLowerCase()} can only be recovered or purged.`,
        )
      : undefined;
}

/** https://learn.microsoft.com/azure/key-vault/keys/about-keys#key-types-and-protection-methods */
function refuseKeySize({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const kty = text(inputs, "properties.kty") ?? "RSA";
  const size = number(inputs, "properties.keySize");
  if (kty.startsWith("RSA") && size !== undefined && !RSA_SIZES.includes(size)) {
    return refusal("BadParameter", `Key size ${size} is not supported: allowed are ${RSA_SIZES.join(", ")}.`);
  }
  const vault = cloud.store.get(ownerIdOf(id) ?? "");
  const isPremium = text(vault?.properties, "properties.sku.name")?.toLowerCase() === "premium";
  return kty.endsWith("-HSM") && !isPremium
    ? refusal("BadParameter", `Keys of type ${kty} need a vault of SKU premium.`)
    : undefined;
}

/**
 * azure-native deletes keys and secrets through the vault itself (custom_keyvault.go in pulumi-azure-native), since Azure
 * Resource Manager cannot: whoever destroys needs a data-plane role, and a way to the vault's endpoint. `deletedWith`
 * the vault, neither is needed.
 */
function refuseDataPlane(action: string) {
  return ({ cloud, record }: Deletion): ProviderError | undefined => {
    const vault = cloud.store.get(ownerIdOf(record.id) ?? "");
    if (vault === undefined) return undefined;
    const { networkId, objectId } = cloud.deployer;
    const network =
      networkId === undefined ? canReachPublicly(vault) : canReach(cloud.store, networkId, vault.id);
    if (!network.allowed) {
      return refusal(
        "Forbidden",
        "Public network access is disabled and request is not from a trusted service nor via an approved private link. " +
          `Caller: oid=${objectId}. Vault: ${nameOf(vault.id)}. (${network.chain.join("; ")})`,
      );
    }
    if (!flag(vault.properties, "properties.enableRbacAuthorization")) return undefined;
    const decision = evaluate(cloud.store, objectId, action, record.id);
    return decision.allowed
      ? undefined
      : refusal(
          "Forbidden",
          `Caller is not authorized to perform action on resource. Caller: oid=${objectId}. Action: '${action}'. ` +
            `Resource: '${record.id}'. (${decision.chain.join("; ")})`,
        );
  };
}
