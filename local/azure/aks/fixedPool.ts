/** What AKS keeps of a node pool as it was at creation; azure-native plans a change as an update, and AKS refuses. */
import type { Json, JsonObject, ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { refusal, type Operation } from "../resourceType";

/** `az aks nodepool update` has no option for these. */
const FIXED = [
  "availabilityZones",
  "enableEncryptionAtHost",
  "enableFIPS",
  "maxPods",
  "osDiskSizeGB",
  "osDiskType",
  "osType",
  "podSubnetID",
  "scaleSetPriority",
  "vmSize",
  "vnetSubnetID",
];

/** @param before the pool as AKS returned it. */
export function refuseFixedProperties(
  name: string,
  pool: JsonObject,
  before: JsonObject,
): ProviderError | undefined {
  const changed = FIXED.find((key) => {
    const wanted = pool[key];
    return wanted !== undefined && wanted !== null && !isSame(wanted, before[key]);
  });
  if (changed === undefined) return undefined;
  return refusal(
    "PropertyChangeNotAllowed",
    `Changing property 'properties.${changed}' is not allowed (node pool ${name}).`,
  );
}

/** No zones at all are the same as none given; ids and sizes are compared without regard to case. */
function isSame(wanted: Json, actual: Json | undefined): boolean {
  const plain = (value: Json): string => JSON.stringify(value).toLowerCase();
  return plain(wanted) === plain(actual ?? (Array.isArray(wanted) ? [] : null));
}

/** Pools that came with their cluster are changed through it, too. */
export function refuseInlineChanges({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  for (const pool of objects(inputs, "agentPoolProfiles")) {
    const name = text(pool, "name") ?? "";
    const before = cloud.store.get(`${id}/agentPools/${name}`);
    const found = before === undefined ? undefined : refuseFixedProperties(name, pool, before.properties);
    if (found !== undefined) return found;
  }
  return undefined;
}
