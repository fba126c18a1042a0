/** What AKS refuses about keys of one's own: for Kubernetes secrets in etcd, for disks, for hosts. */
import { UNKNOWN, type JsonObject, type ProviderError } from "../../provider/backend";
import { at, flag, isObject, text } from "../../provider/values";
import { evaluate } from "../access";
import { canEncryptDisks, keyOf } from "../encryption";
import { nameOf } from "../ids";
import { normalizeRegion } from "../regions";
import { refusal, type AzureCloud, type Operation } from "../resourceType";
import { controlPlaneIdentity } from "./clusterIdentity";
import { invalid } from "./pools";

const KMS = "securityProfile.azureKeyVaultKms";
const VAULT = "Microsoft.KeyVault/vaults";

export function refuseEncryption(operation: Operation): ProviderError | undefined {
  return refuseKms(operation) ?? refuseDiskEncryptionSet(operation);
}

/** https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption */
function refuseKms(operation: Operation): ProviderError | undefined {
  const { inputs } = operation;
  const settings = at(inputs, KMS);
  if (!isObject(settings) || !flag(settings, "enabled")) return undefined;
  if (controlPlaneIdentity(operation) === undefined) {
    return invalid(
      "securityProfile.azureKeyVaultKms requires a user-assigned identity: a system-assigned one has no rights on the " +
        "key before the cluster exists.",
    );
  }
  const keyId = text(settings, "keyId");
  if (keyId === UNKNOWN) return undefined;
  if (keyId === undefined || !/^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/i.test(keyId)) {
    return invalid(
      `securityProfile.azureKeyVaultKms.keyId must be a key's identifier with its version, got '${keyId ?? "(null)"}'.`,
    );
  }
  return refuseVaultAccess(settings) ?? refuseKeyRights(operation, settings, keyId);
}

/** Azure/telescope#1121, and the same rule the other way round (specification of keyVaultResourceId). */
function refuseVaultAccess(settings: JsonObject): ProviderError | undefined {
  const access = text(settings, "keyVaultNetworkAccess") ?? "Public";
  const vaultId = text(settings, "keyVaultResourceId") ?? "";
  if (access === "Private" && vaultId === "") {
    return refusal("BadRequest", "KeyVault resource ID is empty when KeyVault network access is Private.");
  }
  return access === "Public" && vaultId !== ""
    ? refusal("BadRequest", "KeyVault resource ID must be empty when KeyVault network access is Public.")
    : undefined;
}

/** MicrosoftDocs/azure-docs#98954 (the code), Azure/terraform-azurerm-aks#390 (a vault that is closed to the public). */
function refuseKeyRights(
  operation: Operation,
  settings: JsonObject,
  keyId: string,
): ProviderError | undefined {
  const { store } = operation.cloud;
  const denied = (vault: string, why: string): ProviderError =>
    refusal(
      "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
      `The identity does not have keys encrypt/decrypt permission on key vault ${vault} (${why}).`,
    );
  const host = new URL(keyId).origin;
  const { vault, key } = keyOf(store, keyId);
  if (vault === undefined || key === undefined) return denied(host, `there is no key ${keyId}`);
  const isPrivate = text(settings, "keyVaultNetworkAccess") === "Private";
  if (!isPrivate && text(vault.properties, "properties.publicNetworkAccess") === "Disabled") {
    return denied(host, "keyVaultNetworkAccess is Public, and the vault's publicNetworkAccess is Disabled");
  }
  const identity = store.get(controlPlaneIdentity(operation) ?? "");
  const principal = text(identity?.properties, "principalId") ?? "";
  const crypto = ["encrypt", "decrypt"].map((verb) => `${VAULT}/keys/${verb}/action`);
  const approval = isPrivate ? [`${VAULT}/privateEndpointConnectionsApproval/action`] : [];
  for (const action of [...crypto, ...approval]) {
    const decision = evaluate(store, principal, action, action.includes("/keys/") ? key.id : vault.id);
    if (!decision.allowed) return denied(host, decision.chain.join("; "));
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys; the code is that of Azure Compute. */
function refuseDiskEncryptionSet({ cloud, inputs }: Operation): ProviderError | undefined {
  const id = text(inputs, "diskEncryptionSetID");
  const set = id === undefined ? undefined : cloud.store.get(id);
  if (set === undefined) return undefined;
  const [wanted, actual] = [inputs, set.properties].map((values) =>
    normalizeRegion(text(values, "location") ?? ""),
  );
  if (wanted !== actual) {
    return invalid(
      `The disk encryption set ${set.id} is in ${actual ?? ""}: it must be in the cluster's region, ${wanted ?? ""}.`,
    );
  }
  const decision = canEncryptDisks(cloud.store, set.id);
  return decision.allowed
    ? undefined
    : refusal(
        "KeyVaultAccessForbidden",
        `Unable to access key vault resource '${text(set.properties, "activeKey.keyUrl") ?? ""}' to enable encryption ` +
          `at rest. Please grant get, wrap and unwrap key permissions to disk encryption set '${nameOf(set.id)}' ` +
          `(${decision.chain.join("; ")}). Please visit https://aka.ms/keyvaultaccessssecmk for more information.`,
      );
}

/** Azure/azure-cli#16788 and https://learn.microsoft.com/azure/aks/enable-host-encryption: a feature of the subscription. */
export function refuseHostEncryption(
  cloud: Pick<AzureCloud, "unregisteredFeatures">,
  pool: JsonObject,
): ProviderError | undefined {
  const feature = "Microsoft.Compute/EncryptionAtHost";
  if (!flag(pool, "enableEncryptionAtHost") || !cloud.unregisteredFeatures.includes(feature))
    return undefined;
  return refusal(
    "SubscriptionNotEnabledEncryptionAtHost",
    `Subscription does not enable EncryptionAtHost: register the feature '${feature}'.`,
  );
}
