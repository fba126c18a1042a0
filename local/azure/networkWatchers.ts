/** Network watchers: one a region, which Azure makes by itself. */
import type { ProviderError } from "../provider/backend";
import { text } from "../provider/values";
import { sameId } from "./ids";
import { normalizeRegion } from "./regions";
import { refusal, type AzureCloud, type Operation } from "./resourceType";

export const NETWORK_WATCHER = "Microsoft.Network/networkWatchers";

/**
 * The first network of a region brings the region's network watcher along, in a group of its own
 * (https://learn.microsoft.com/azure/network-watcher/network-watcher-create). Both stay for good: they are the
 * subscription's, and not left over from a stack.
 */
export function ensureNetworkWatcher(cloud: AzureCloud, location: string): void {
  const region = normalizeRegion(location);
  if (watcherOf(cloud, region) !== undefined) return;
  const group = `/subscriptions/${cloud.subscriptionId}/resourceGroups/NetworkWatcherRG`;
  if (cloud.store.get(group) === undefined) put(cloud, group, "Microsoft.Resources/resourceGroups", region);
  put(cloud, `${group}/providers/${NETWORK_WATCHER}/NetworkWatcher_${region}`, NETWORK_WATCHER, region);
}

/** hashicorp/terraform-provider-azurerm and Azure/azure-cli#15796. */
export function refuseSecondWatcher({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const other = watcherOf(cloud, normalizeRegion(text(inputs, "location") ?? ""));
  if (other === undefined || sameId(other, id)) return undefined;
  return refusal(
    "NetworkWatcherCountLimitReached",
    `Cannot create more than 1 network watchers for this subscription in this region. (${other} is there)`,
  );
}

/** Id of a region's network watcher. */
function watcherOf(cloud: AzureCloud, region: string): string | undefined {
  return cloud.store
    .list({ type: NETWORK_WATCHER })
    .find(({ properties }) => text(properties, "location") === region)?.id;
}

function put(cloud: AzureCloud, id: string, type: string, location: string): void {
  cloud.store.put({
    id,
    cloud: "azure",
    type,
    properties: { name: id.slice(id.lastIndexOf("/") + 1), type, location, provisioningState: "Succeeded" },
    createdAt: cloud.now().toISOString(),
    seconds: 0,
    ofSubscription: true,
  });
}
