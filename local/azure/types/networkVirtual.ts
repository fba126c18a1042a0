import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { prefixesOf } from "../aks/clusterNetwork";
import { includes, overlaps, parseCidr } from "../cidr";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import {
  NETWORK_API,
  NETWORK_COMPUTED,
  NETWORK_NAME,
  networkOutputs,
  oneChildAtATime,
  stateOutputs,
} from "../networkParts";
import { refuseAttachments, refuseChangeInUse } from "../networkSubnets";
import { occupantOf, refuseOtherRegion, refuseSubnetInUse } from "../networkUsage";
import { ensureNetworkWatcher } from "../networkWatchers";
import { describeTypes, refusal, type AzureCloud, type Deletion, type Operation } from "../resourceType";

const NETWORK = "Microsoft.Network/virtualNetworks";
const SUBNET = `${NETWORK}/subnets`;

export const virtualNetworks = describeTypes(
  {
    token: "network:VirtualNetwork",
    shape: inGroup(NETWORK, "virtualNetworkName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: { ...NETWORK_NAME, minLength: 2, maxLength: 64 },
    references: ["ddosProtectionPlan.id"],
    defaults: () => ({ enableDdosProtection: false, privateEndpointVNetPolicies: "Disabled" }),
    computed: NETWORK_COMPUTED,
    compute: networkOutputs,
    seconds: { create: 5, update: 5, delete: 10 },
    refuse: [refuseAddressSpace, refuseRemovedSubnets],
    refuseDelete: [refuseOccupied],
    subResources: ["subnets", "virtualNetworkPeerings"],
    afterWrite: (operation, record) => {
      writeInlineSubnets(operation, record);
      ensureNetworkWatcher(operation.cloud, text(record.properties, "location") ?? "");
    },
    live: liveSubnets,
  },
  {
    token: "network:Subnet",
    shape: inGroup(SUBNET, "virtualNetworkName", "subnetName"),
    apiVersion: NETWORK_API,
    autoName: "copy",
    name: NETWORK_NAME,
    located: false,
    references: ["networkSecurityGroup.id", "routeTable.id", "natGateway.id"],
    defaults: () => ({
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
    }),
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 5, update: 5, delete: 11 },
    refuse: [
      refuseSubnetRange,
      refuseOtherRegion("networkSecurityGroup.id", "routeTable.id", "natGateway.id"),
      refuseAttachments,
      refuseChangeInUse,
    ],
    refuseDelete: [refuseSubnetInUse],
    serial: oneChildAtATime,
  },
);

/** https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq#what-address-ranges-can-i-use-in-my-vnets */
function refuseAddressSpace({ inputs, id }: Operation): ProviderError | undefined {
  const prefixes = strings(inputs, "addressSpace.addressPrefixes");
  const bad = prefixes.find((prefix) => parseCidr(prefix) === undefined && !prefix.includes(":"));
  if (bad !== undefined || (prefixes.length === 0 && inputs["addressSpace"] === undefined)) {
    return refusal(
      "InvalidAddressPrefixFormat",
      `Address prefix ${bad ?? "(null)"} of resource ${id} is not formatted correctly.`,
    );
  }
  const ranges = objects(inputs, "subnets").flatMap((subnet) =>
    prefixesOf(subnet).map((prefix) => ({ subnet, prefix })),
  );
  for (const [index, { subnet, prefix }] of ranges.entries()) {
    const name = text(subnet, "name") ?? "";
    const others = ranges
      .slice(0, index)
      .map((range) => ({ name: text(range.subnet, "name") ?? "", prefix: range.prefix }));
    const found = refuseRange(name, prefix, prefixes, others, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function refuseSubnetRange({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const networkId = ownerIdOf(id) ?? "";
  const space = strings(cloud.store.get(networkId)?.properties, "addressSpace.addressPrefixes");
  const others = subnetsOf(cloud, networkId)
    .filter((other) => !sameId(other.id, id))
    .flatMap((other) => prefixesOf(other.properties).map((prefix) => ({ name: nameOf(other.id), prefix })));
  for (const prefix of prefixesOf(inputs)) {
    const found = refuseRange(nameOf(id), prefix, space, others, networkId);
    if (found !== undefined) return found;
  }
  return prefixesOf(inputs).length > 0
    ? undefined
    : refusal("InvalidRequestFormat", `Subnet ${nameOf(id)} must have at least one address prefix.`);
}

function refuseRange(
  name: string,
  prefix: string,
  space: readonly string[],
  others: readonly { readonly name: string; readonly prefix: string }[],
  networkId: string,
): ProviderError | undefined {
  const range = parseCidr(prefix);
  if (range === undefined) {
    return refusal(
      "InvalidAddressPrefixFormat",
      `Address prefix ${prefix} of resource ${networkId}/subnets/${name} is not formatted correctly.`,
    );
  }
  if (!space.flatMap((outer) => parseCidr(outer) ?? []).some((outer) => includes(outer, range))) {
    return refusal(
      "NetcfgInvalidSubnet",
      `Subnet '${name}' is not valid in virtual network '${nameOf(networkId)}'. (The range ${prefix} is not within ` +
        `${space.join(", ")}.)`,
    );
  }
  const other = others.find((item) => {
    const taken = parseCidr(item.prefix);
    return taken !== undefined && overlaps(taken, range);
  });
  if (other === undefined) return undefined;
  return refusal(
    "NetcfgSubnetRangesOverlap",
    `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual ` +
      `network '${nameOf(networkId)}'. (${prefix} and ${other.prefix} of ${other.name})`,
  );
}

/**
 * A network written with a list of subnets loses those that are not in the list
 * (SDK: "will conflict with any inline subnets ... leading to resources deletion"), unless something is in them.
 */
function refuseRemovedSubnets(operation: Operation): ProviderError | undefined {
  for (const subnet of removedSubnets(operation)) {
    const found = refuseSubnetInUse({ cloud: operation.cloud, record: subnet });
    if (found !== undefined) return found;
  }
  return undefined;
}

function removedSubnets({ cloud, id, inputs, existing }: Operation): CloudRecord[] {
  if (existing === undefined || !Array.isArray(inputs["subnets"])) return [];
  const kept = new Set(objects(inputs, "subnets").map((subnet) => text(subnet, "name")?.toLowerCase()));
  return subnetsOf(cloud, id).filter((subnet) => !kept.has(nameOf(subnet.id).toLowerCase()));
}

function writeInlineSubnets(operation: Operation, record: CloudRecord): void {
  const { cloud, id, inputs } = operation;
  for (const subnet of removedSubnets(operation)) cloud.store.remove(subnet.id);
  for (const subnet of objects(inputs, "subnets")) {
    const subnetId = `${id}/subnets/${text(subnet, "name") ?? ""}`;
    cloud.store.put({
      id: subnetId,
      cloud: "azure",
      type: SUBNET,
      properties: { ...subnet, type: SUBNET, provisioningState: "Succeeded" },
      createdAt: cloud.store.get(subnetId)?.createdAt ?? record.createdAt,
      seconds: 0,
    });
  }
}

function liveSubnets(cloud: AzureCloud, record: CloudRecord): JsonObject {
  return {
    subnets: subnetsOf(cloud, record.id).map(({ id, properties }) => ({
      ...properties,
      id,
      name: nameOf(id),
    })),
  };
}

function subnetsOf(cloud: AzureCloud, networkId: string): CloudRecord[] {
  return cloud.store.list({ type: SUBNET, under: networkId });
}

/** A network goes with its subnets, and none of them while something is in it. */
function refuseOccupied({ cloud, record }: Deletion): ProviderError | undefined {
  const occupied = subnetsOf(cloud, record.id).find(({ id }) => occupantOf(cloud, id) !== undefined);
  return occupied === undefined ? undefined : refuseSubnetInUse({ cloud, record: occupied });
}
