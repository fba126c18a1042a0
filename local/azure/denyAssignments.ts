/**
 * The deny assignment by which AKS locks a cluster's node resource group (`nodeResourceGroupProfile.restrictionLevel`
 * ReadOnly): nobody but AKS changes what is in it
 * (https://learn.microsoft.com/azure/aks/node-resource-group-lockdown). The refusal's words are Azure Resource Manager's
 * (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---deny-assignment).
 */
import type { ProviderError } from "../provider/backend";
import { text } from "../provider/values";
import { isWithin } from "./ids";
import { refusal, type AzureCloud, type AzureType } from "./resourceType";

const CLUSTER = "Microsoft.ContainerService/managedClusters";

/** A type whose writes and deletions a deny assignment holds off. AKS itself does not come by this way. */
export function underDenyAssignments(type: AzureType): AzureType {
  return {
    ...type,
    refuse: [({ cloud, id }) => refuseIn(cloud, type, id, "write"), ...(type.refuse ?? [])],
    refuseDelete: [
      ({ cloud, record }) => refuseIn(cloud, type, record.id, "delete"),
      ...(type.refuseDelete ?? []),
    ],
  };
}

function refuseIn(
  cloud: AzureCloud,
  { shape: { armType } }: AzureType,
  id: string,
  verb: "write" | "delete",
): ProviderError | undefined {
  const scope = lockedGroups(cloud).find((group) => isWithin(id, group));
  if (scope === undefined) return undefined;
  const { objectId } = cloud.deployer;
  return refusal(
    "DenyAssignmentAuthorizationFailed",
    `The client with object id '${objectId}' has permission to perform action '${armType}/${verb}' on scope '${id}'; ` +
      `however, the access is denied because of the deny assignment with name 'AKS node resource group lockdown' at ` +
      `scope '${scope}'.`,
  );
}

function lockedGroups({ store, subscriptionId }: AzureCloud): string[] {
  return store
    .list({ cloud: "azure", type: CLUSTER })
    .filter(({ properties }) => text(properties, "nodeResourceGroupProfile.restrictionLevel") === "ReadOnly")
    .map(({ properties }) => {
      const group = text(properties, "nodeResourceGroup") ?? "";
      return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
    });
}
