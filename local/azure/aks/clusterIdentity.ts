/** What AKS refuses about a cluster's identities and what they are allowed to do. */
import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { flag, object, strings, text } from "../../provider/values";
import { evaluate } from "../access";
import { refusal, type Operation } from "../resourceType";
import { invalid } from "./pools";

export function refuseIdentity(operation: Operation): ProviderError | undefined {
  const { inputs, existing } = operation;
  const workloadIdentity = flag(inputs, "securityProfile.workloadIdentity.enabled");
  if (workloadIdentity && !flag(inputs, "oidcIssuerProfile.enabled")) {
    return invalid("Workload identity requires the OIDC issuer: enable oidcIssuerProfile.");
  }
  // https://learn.microsoft.com/azure/aks/use-oidc-issuer: once on, the issuer stays on.
  if (flag(existing?.properties, "oidcIssuerProfile.enabled") && !flag(inputs, "oidcIssuerProfile.enabled")) {
    return refusal("OIDCIssuerFeatureCannotBeDisabled", "The OIDC issuer feature cannot be disabled.");
  }
  const usesEntra = inputs["aadProfile"] !== undefined && inputs["aadProfile"] !== null;
  if (flag(inputs, "disableLocalAccounts") && !usesEntra) {
    return invalid(
      "Disabling local accounts is only supported for clusters with Microsoft Entra ID (aadProfile).",
    );
  }
  return refuseKubeletIdentity(operation) ?? refusePrivateDnsZone(operation);
}

/** Azure/AKS and pulumi/pulumi-azure-native#2020: the role is needed on the kubelet's identity, not on the cluster's. */
function refuseKubeletIdentity(operation: Operation): ProviderError | undefined {
  const kubelet = text(operation.inputs, "identityProfile.kubeletidentity.resourceId");
  if (kubelet === undefined) return undefined;
  const identity = controlPlaneIdentity(operation);
  if (identity === undefined) {
    return refusal(
      "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
      "Custom kubelet identity is only supported on user assigned MSI cluster.",
    );
  }
  const action = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
  const principal = text(operation.cloud.store.get(identity)?.properties, "principalId") ?? "";
  if (evaluate(operation.cloud.store, principal, action, kubelet).allowed) return undefined;
  return refusal(
    "CustomKubeletIdentityMissingPermissionError",
    `The cluster user assigned identity must be given permission to assign kubelet identity ${kubelet}. Check ` +
      `access result not allowed for action ${action}.`,
  );
}

/** Azure/AKS#3470: a private DNS zone of one's own needs a user-assigned identity with rights on the zone. */
function refusePrivateDnsZone(operation: Operation): ProviderError | undefined {
  const zone = text(operation.inputs, "apiServerAccessProfile.privateDNSZone");
  if (zone === undefined || !zone.startsWith("/")) {
    return zone === "none" && !flag(operation.inputs, "apiServerAccessProfile.enablePrivateClusterPublicFQDN")
      ? invalid("Private DNS zone 'none' requires the public FQDN of the private cluster to be enabled.")
      : undefined;
  }
  const identity = controlPlaneIdentity(operation);
  const action = "Microsoft.Network/privateDnsZones/write";
  const principal = text(operation.cloud.store.get(identity ?? "")?.properties, "principalId") ?? "";
  if (evaluate(operation.cloud.store, principal, action, zone).allowed) return undefined;
  return refusal(
    "CustomPrivateDNSZoneMissingPermissionError",
    `Service principal or user assigned identity must be given permission to read and write to custom private dns ` +
      `zone ${zone}. Check access result not allowed for action ${action}.`,
  );
}

/** Object id of the identity that acts for a cluster, or undefined. */
export function controlPlanePrincipal({ properties }: CloudRecord): string | undefined {
  const [first] = Object.values(object(properties, "identity.userAssignedIdentities"));
  return text(first, "principalId") ?? text(properties, "identity.principalId");
}

export function controlPlaneIdentity({ inputs }: Operation): string | undefined {
  return strings(inputs, "identity.userAssignedIdentities")[0];
}
