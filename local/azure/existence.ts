/** What must be there before a resource can be: its group, its owner, and everything that its inputs name by id. */
import { refusal, type Operation } from "./resourceType";
import { groupIdOf, isWithin, nameOf, ownerIdOf, sameId, armTypeOf, subscriptionOf } from "./ids";
import { knownRegions, normalizeRegion, zonesOf } from "./regions";
import { each, text } from "../provider/values";

/** @throws ResourceGroupNotFound or ParentResourceNotFound, in Azure Resource Manager's words. */
export function checkPlacement({ cloud, id, type }: Operation): void {
  if (isElsewhere(id, cloud.subscriptionId)) return;
  const group = groupIdOf(id);
  if (group !== undefined && !sameId(group, id) && cloud.store.get(group) === undefined) {
    throw refusal("ResourceGroupNotFound", `Resource group '${nameOf(group)}' could not be found.`);
  }
  const owner = ownerIdOf(id);
  if (owner === undefined || isElsewhere(owner, cloud.subscriptionId)) return;
  // The cluster's Kubernetes namespaces are no ARM resources: a scope below a cluster is taken as it is
  // (mspnp/aks-baseline assigns roles to namespaces before they exist).
  const beside = /^(.*\/managedClusters\/[^/]+)\/namespaces\/[^/]+$/i.exec(owner)?.[1];
  // A storage account has its blob service from the start, whether or not the program sets its properties.
  const within = /^(.*\/storageAccounts\/[^/]+)\/blobServices\/default$/i.exec(owner)?.[1];
  const target = beside ?? within ?? owner;
  if (cloud.store.get(target) === undefined) {
    throw refusal(
      "ParentResourceNotFound",
      `Failed to perform 'write' on resource(s) of type '${type.shape.armType.split("/").slice(1).join("/")}', ` +
        `because the parent resource '${target}' could not be found.`,
    );
  }
}

/** @throws LocationRequired or LocationNotAvailableForResourceType. Alerts and the like may live in `global`. */
export function checkLocation({ type, inputs }: Operation): void {
  if (type.located === false) return;
  const location = text(inputs, "location");
  if (location === undefined) {
    throw refusal("LocationRequired", "The location property is required for this definition.");
  }
  const region = normalizeRegion(location);
  if (region === "global" || zonesOf(region) !== undefined) return;
  throw refusal(
    "LocationNotAvailableForResourceType",
    `The provided location '${location}' is not available for resource type '${type.shape.armType}'. List of ` +
      `available regions for the resource type is '${knownRegions().join(",")}'.`,
  );
}

/** @throws InvalidResourceReference (network) or ResourceNotFound for an id that names nothing. */
export function checkReferences({ cloud, type, inputs, id }: Operation): void {
  for (const path of type.references ?? []) {
    for (const reference of each(inputs, path)) {
      if (typeof reference !== "string" || reference === "" || reference.startsWith("$self")) continue;
      if (isElsewhere(reference, cloud.subscriptionId) || cloud.store.get(reference) !== undefined) continue;
      throw missing(reference, id);
    }
  }
}

/** Other subscriptions are not emulated, and a subscription itself always exists. */
function isElsewhere(id: string, subscriptionId: string): boolean {
  const subscription = subscriptionOf(id);
  if (subscription === undefined || subscription.toLowerCase() !== subscriptionId.toLowerCase()) return true;
  return isWithin(`/subscriptions/${subscriptionId}`, id);
}

function missing(reference: string, id: string): Error {
  if (/\/providers\/Microsoft\.Network\//i.test(reference)) {
    return refusal(
      "InvalidResourceReference",
      `Resource ${reference} referenced by resource ${id} was not found. Please make sure that the referenced ` +
        "resource exists, and that both resources are in the same region.",
    );
  }
  const group = groupIdOf(reference);
  return refusal(
    "ResourceNotFound",
    `The Resource '${armTypeOf(reference)}/${nameOf(reference)}' under resource group ` +
      `'${group === undefined ? "" : nameOf(group)}' was not found. It is referenced by ${id}.`,
  );
}
