/**
 * What a platform team has made in the subscription before any stack: the network that the machines which deploy sit
 * in (bootstrap/subscription.sh). It belongs to no stack, and stays when one is destroyed.
 */
import type { CloudStore } from "../cloud/store";
import type { Json, JsonObject } from "../provider/backend";
import { normalizeRegion } from "./regions";

export interface LandingZone {
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  /** IPv4 range in CIDR notation. @default 10.14.0.0/24, as in bootstrap/subscription.sh */
  readonly addressSpace?: string;
  /** Azure region. */
  readonly location: string;
}

const DEFAULT_ADDRESS_SPACE = "10.14.0.0/24";

/** Puts the network into the cloud, unless it is there. @returns its id */
export function seedLandingZone(
  { store, subscriptionId }: { readonly store: CloudStore; readonly subscriptionId: string },
  { resourceGroup, virtualNetwork, addressSpace = DEFAULT_ADDRESS_SPACE, location }: LandingZone,
): string {
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const network = `${group}/providers/Microsoft.Network/virtualNetworks/${virtualNetwork}`;
  const region = normalizeRegion(location);
  seed(store, group, "Microsoft.Resources/resourceGroups", { location: region });
  seed(store, network, "Microsoft.Network/virtualNetworks", {
    location: region,
    addressSpace: { addressPrefixes: [addressSpace] },
  });
  seed(store, `${network}/subnets/runners`, "Microsoft.Network/virtualNetworks/subnets", {
    addressPrefix: addressSpace,
    defaultOutboundAccess: false,
  });
  return network;
}

function seed(store: CloudStore, id: string, type: string, properties: Readonly<Record<string, Json>>): void {
  if (store.get(id) !== undefined) return;
  const name = id.slice(id.lastIndexOf("/") + 1);
  const described: JsonObject = { name, type, provisioningState: "Succeeded", ...properties };
  store.put({
    ...{ id, type, cloud: "azure", properties: described },
    createdAt: "2026-01-01T00:00:00.000Z",
    seconds: 0,
    ofSubscription: true,
  });
}
