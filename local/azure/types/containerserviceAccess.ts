import type { ProviderError } from "../../provider/backend";
import { strings, text } from "../../provider/values";
import { invalid } from "../aks/pools";
import { armTypeOf, inGroup } from "../ids";
import { describeTypes, type Operation } from "../resourceType";

/** `az aks trustedaccess role list` (https://learn.microsoft.com/azure/aks/trusted-access-feature). */
const ROLES = [
  "Microsoft.DataProtection/backupVaults/backup-operator",
  "Microsoft.MachineLearningServices/workspaces/inference-v1",
  "Microsoft.MachineLearningServices/workspaces/mlworkload",
  "Microsoft.Security/pricings/microsoft-defender-operator",
  "Microsoft.Security/pricings/microsoft-defender-policy-operator",
];

export const trustedAccess = describeTypes({
  token: "containerservice:TrustedAccessRoleBinding",
  shape: inGroup(
    "Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings",
    "resourceName",
    "trustedAccessRoleBindingName",
  ),
  apiVersion: "2025-09-01",
  autoName: "copy",
  name: { pattern: /^([A-Za-z0-9-])+$/, minLength: 1, maxLength: 24 },
  located: false,
  required: ["roles", "sourceResourceId"],
  references: ["sourceResourceId"],
  computed: ["provisioningState"],
  compute: () => ({ provisioningState: "Succeeded" }),
  seconds: { create: 20, update: 15, delete: 15 },
  refuse: [refuseRoles],
});

/** A role belongs to a type of resource; Azure/azure-cli#27174 shows that another one's role is not found. */
function refuseRoles({ inputs }: Operation): ProviderError | undefined {
  const source = armTypeOf(text(inputs, "sourceResourceId") ?? "");
  const allowed = ROLES.filter((role) => role.toLowerCase().startsWith(`${source.toLowerCase()}/`));
  const unknown = strings(inputs, "roles").find((role) => !allowed.includes(role));
  if (unknown === undefined && strings(inputs, "roles").length > 0) return undefined;
  return invalid(
    `Trusted access role '${unknown ?? ""}' was not found for resources of type '${source}'. Allowed: ` +
      `${allowed.join(", ") || "none"}.`,
  );
}
