import type { CloudRecord } from "../../cloud/store";
import type { ProviderError } from "../../provider/backend";
import { each, flag, strings, text } from "../../provider/values";
import { overlaps, parseCidr } from "../cidr";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import {
  NETWORK_API,
  NETWORK_COMPUTED,
  NETWORK_NAME,
  badRequest,
  networkOutputs,
  oneChildAtATime,
} from "../networkParts";
import { describeTypes, refusal, type AzureCloud, type Deletion, type Operation } from "../resourceType";

const PEERING = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";

export const peerings = describeTypes({
  token: "network:VirtualNetworkPeering",
  shape: inGroup(PEERING, "virtualNetworkName", "virtualNetworkPeeringName"),
  apiVersion: NETWORK_API,
  autoName: "copy",
  name: NETWORK_NAME,
  located: false,
  references: ["remoteVirtualNetwork.id"],
  // The spec: "the remote virtual network" of a peering is given at its creation.
  replaceOn: ["remoteVirtualNetwork.id"],
  defaults: () => ({
    allowForwardedTraffic: false,
    allowGatewayTransit: false,
    allowVirtualNetworkAccess: true,
    useRemoteGateways: false,
    doNotVerifyRemoteGateways: false,
    peerCompleteVnets: true,
  }),
  computed: [...NETWORK_COMPUTED, "peeringState", "peeringSyncLevel"],
  compute: (operation) => ({
    ...networkOutputs(operation),
    peeringState: oppositeOf(operation.cloud, operation.id, remoteOf(operation)) ? "Connected" : "Initiated",
    peeringSyncLevel: oppositeOf(operation.cloud, operation.id, remoteOf(operation))
      ? "FullyInSync"
      : "RemoteNotInSync",
  }),
  seconds: { create: 8, update: 8, delete: 11 },
  refuse: [refuseSelf, refuseSecond, refuseOverlap, refuseDisconnected, refuseGateways],
  serial: oneChildAtATime,
  afterWrite: ({ cloud, id, inputs }) => {
    setOpposite(cloud, id, text(inputs, "remoteVirtualNetwork.id"), "Connected", "FullyInSync");
  },
  afterDelete: ({ cloud, record }: Deletion) => {
    const remote = text(record.properties, "remoteVirtualNetwork.id");
    setOpposite(cloud, record.id, remote, "Disconnected", "RemoteNotInSync");
  },
});

function remoteOf({ inputs }: Operation): string {
  return text(inputs, "remoteVirtualNetwork.id") ?? "";
}

/** The remote network's peering with this one, where there is one. */
function oppositeOf(cloud: AzureCloud, id: string, remoteId: string | undefined): CloudRecord | undefined {
  if (remoteId === undefined) return undefined;
  return peeringsOf(cloud, remoteId).find(({ properties }) =>
    sameId(text(properties, "remoteVirtualNetwork.id") ?? "", ownerIdOf(id) ?? ""),
  );
}

function peeringsOf(cloud: AzureCloud, networkId: string): CloudRecord[] {
  return cloud.store.list({ type: PEERING, under: networkId });
}

/** Both sides are there: connected. One side is removed: the other one is disconnected, and stays so. */
function setOpposite(
  cloud: AzureCloud,
  id: string,
  remoteId: string | undefined,
  peeringState: string,
  peeringSyncLevel: string,
): void {
  const opposite = oppositeOf(cloud, id, remoteId);
  if (opposite === undefined) return;
  cloud.store.put({ ...opposite, properties: { ...opposite.properties, peeringState, peeringSyncLevel } });
}

function refuseSelf(operation: Operation): ProviderError | undefined {
  if (!sameId(remoteOf(operation), ownerIdOf(operation.id) ?? "")) return undefined;
  return refusal(
    "CannotPeerVirtualNetworkWithItself",
    `Peering ${operation.id} cannot reference its own virtual network.`,
  );
}

/** One peering for each pair of networks. */
function refuseSecond(operation: Operation): ProviderError | undefined {
  const { cloud, id } = operation;
  const other = peeringsOf(cloud, ownerIdOf(id) ?? "").find(
    (peering) =>
      !sameId(peering.id, id) &&
      sameId(text(peering.properties, "remoteVirtualNetwork.id") ?? "", remoteOf(operation)),
  );
  return other === undefined
    ? undefined
    : refusal(
        "AnotherPeeringAlreadyReferencesRemoteVnet",
        `Peering ${id} cannot be created. Peering ${other.id} already references remote virtual network ` +
          `${remoteOf(operation)}. Cannot add another peering referencing the same remote virtual network.`,
      );
}

/** Azure/ResourceModules#731 and https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering */
function refuseOverlap(operation: Operation): ProviderError | undefined {
  const { cloud, id } = operation;
  const [own, remote] = [ownerIdOf(id) ?? "", remoteOf(operation)];
  const direct = overlap(cloud, own, remote);
  if (direct.length > 0) {
    return refusal(
      "VnetAddressSpacesOverlap",
      `Cannot create or update peering ${id}. Virtual networks ${own} and ${remote} cannot be peered because their ` +
        `address spaces overlap. Overlapping address prefixes: ${direct.join(", ")}`,
    );
  }
  for (const peering of peeringsOf(cloud, remote)) {
    const third = text(peering.properties, "remoteVirtualNetwork.id") ?? "";
    const shared = sameId(third, own) ? [] : overlap(cloud, own, third);
    if (shared.length > 0) {
      return refusal(
        "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
        `Cannot create or update peering ${id}. Virtual networks ${own} and ${remote} cannot be peered because ` +
          `address space of the first virtual network overlaps with address space of virtual network ${third} ` +
          `already peered with the second virtual network. Overlapping address prefixes: ${shared.join(", ")}.`,
      );
    }
  }
  return undefined;
}

/** Ranges of the first network that overlap with the second's. */
function overlap(cloud: AzureCloud, first: string, second: string): string[] {
  const space = (id: string): string[] =>
    strings(cloud.store.get(id)?.properties, "addressSpace.addressPrefixes");
  const others = space(second).flatMap((prefix) => parseCidr(prefix) ?? []);
  return space(first).filter((prefix) => {
    const range = parseCidr(prefix);
    return range !== undefined && others.some((other) => overlaps(range, other));
  });
}

/** https://learn.microsoft.com/azure/virtual-network/virtual-network-troubleshoot-peering-issues */
function refuseDisconnected(operation: Operation): ProviderError | undefined {
  const { cloud, id } = operation;
  const opposite = oppositeOf(cloud, id, remoteOf(operation));
  if (text(opposite?.properties, "peeringState") !== "Disconnected") return undefined;
  return refusal(
    "RemotePeeringIsDisconnected",
    `Cannot create or update peering ${id} because remote peering ${opposite?.id ?? ""} referencing parent virtual ` +
      `network ${ownerIdOf(id) ?? ""} is in Disconnected state. Update or re-create the remote peering to get it ` +
      "back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
  );
}

/** The description of `useRemoteGateways` in the API: one peering of a network, and none of a network with its own gateway. */
function refuseGateways(operation: Operation): ProviderError | undefined {
  const { cloud, id, inputs } = operation;
  if (!flag(inputs, "useRemoteGateways")) return undefined;
  const [own, remote] = [ownerIdOf(id) ?? "", remoteOf(operation)];
  if (!hasGateway(cloud, remote)) {
    return refusal(
      "RemoteVnetHasNoGateways",
      `Peering ${nameOf(id)} cannot have UseRemoteGateways flag set to true because remote virtual network ` +
        `${remote} referenced by the peering does not have any gateways.`,
    );
  }
  const opposite = oppositeOf(cloud, id, remote);
  if (opposite !== undefined && !flag(opposite.properties, "allowGatewayTransit")) {
    // hashicorp/terraform#20298
    return badRequest(
      `${nameOf(id)} cannot have UseRemoteGateways flag set to true, because corresponding remote peering ` +
        `${opposite.id} has AllowGatewayTransit flag set to false.`,
    );
  }
  if (hasGateway(cloud, own)) {
    // MicrosoftDocs/azure-docs#4197
    return badRequest(`${nameOf(id)} cannot have UseRemoteGateways flag set to true: ${own} has a gateway.`);
  }
  const other = peeringsOf(cloud, own).find(
    (peering) => !sameId(peering.id, id) && flag(peering.properties, "useRemoteGateways"),
  );
  // MicrosoftDocs/azure-docs#63147
  return other === undefined
    ? undefined
    : badRequest(`${nameOf(id)} cannot have UseRemoteGateways flag set to true: ${other.id} has it already.`);
}

function hasGateway(cloud: AzureCloud, networkId: string): boolean {
  return cloud.store
    .list({ type: "Microsoft.Network/virtualNetworkGateways" })
    .some(({ properties }) =>
      each(properties, "ipConfigurations[].subnet.id").some(
        (subnet) => typeof subnet === "string" && sameId(ownerIdOf(subnet) ?? "", networkId),
      ),
    );
}
