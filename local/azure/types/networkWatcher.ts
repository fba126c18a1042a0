import { randomUUID } from "node:crypto";
import type { ProviderError } from "../../provider/backend";
import { text } from "../../provider/values";
import { armTypeOf, inGroup, nameOf, ownerIdOf } from "../ids";
import { badRequest, NETWORK_API, NETWORK_NAME, stateOutputs } from "../networkParts";
import { locationOf } from "../networkUsage";
import { NETWORK_WATCHER, refuseSecondWatcher } from "../networkWatchers";
import { normalizeRegion } from "../regions";
import { describeTypes, refusal, type Operation } from "../resourceType";

const WORKSPACE = "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.workspaceResourceId";

export const watchers = describeTypes(
  {
    token: "network:NetworkWatcher",
    shape: inGroup(NETWORK_WATCHER, "networkWatcherName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 4, update: 4, delete: 11 },
    refuse: [refuseSecondWatcher],
  },
  {
    token: "network:FlowLog",
    shape: inGroup(`${NETWORK_WATCHER}/flowLogs`, "networkWatcherName", "flowLogName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    required: ["storageId", "targetResourceId"],
    references: ["storageId", "targetResourceId", WORKSPACE],
    defaults: () => ({
      enabled: true,
      format: { type: "JSON", version: 1 },
      retentionPolicy: { days: 0, enabled: false },
    }),
    computed: ["etag", "provisioningState", "targetResourceGuid"],
    compute: ({ cloud, inputs, keep }) => ({
      ...stateOutputs(),
      targetResourceGuid:
        text(cloud.store.get(text(inputs, "targetResourceId") ?? "")?.properties, "resourceGuid") ??
        keep("targetResourceGuid", randomUUID),
    }),
    seconds: { create: 6, update: 6, delete: 11 },
    refuse: [refuseGroupLog, refuseElsewhere],
  },
);

/** https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview: none since 2025-06-30. */
function refuseGroupLog({ inputs, existing }: Operation): ProviderError | undefined {
  const target = text(inputs, "targetResourceId") ?? "";
  if (existing !== undefined || !/networkSecurityGroups$/i.test(armTypeOf(target))) return undefined;
  return refusal(
    "NsgFlowLogCreationBlocked",
    `Creation of NSG flow logs is blocked since June 30, 2025 (target ${target}). Use a virtual network, a subnet or ` +
      "a network interface as the target.",
  );
}

/** https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview#considerations-for-virtual-network-flow-logs */
function refuseElsewhere({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const related = [ownerIdOf(id), text(inputs, "targetResourceId"), text(inputs, "storageId")];
  const other = related.find((resource) => {
    const location = resource === undefined ? undefined : locationOf(cloud, resource);
    return location !== undefined && normalizeRegion(location) !== region;
  });
  return other === undefined
    ? undefined
    : badRequest(
        `Flow log ${nameOf(id)} in ${region}: its network watcher, its target and its storage account must be in the ` +
          `same region, but ${other} is in ${locationOf(cloud, other) ?? ""}.`,
      );
}
