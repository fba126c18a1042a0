/** Network resources for tests, by their short names. */
import type { JsonObject, ResourceState } from "../../../local/provider/backend";
import { GROUP, type Azure } from "../azure-support";

export const PROVIDER = `${GROUP}/providers/Microsoft.Network`;
/** What every public address needs. */
export const STANDARD = { sku: { name: "Standard" }, publicIPAllocationMethod: "Static" };

type Made = Promise<ResourceState & { inputs: JsonObject }>;

/** Inputs that hold a resource's own name where it is not that of the type. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  IpGroup: "ipGroupsName",
  PrivateLinkService: "serviceName",
  PublicIPAddress: "publicIpAddressName",
  PublicIPPrefix: "publicIpPrefixName",
};

/** Makes a resource of the network module in the group `rg`. */
export function make(azure: Azure, token: string, name: string, inputs: JsonObject = {}): Made {
  const key = OWN_NAMES[token] ?? `${token.charAt(0).toLowerCase()}${token.slice(1)}Name`;
  return azure.create(`network:${token}`, { resourceGroupName: "rg", [key]: name, ...inputs });
}

export function network(azure: Azure, name: string, prefix: string, more: JsonObject = {}): Made {
  return make(azure, "VirtualNetwork", name, { addressSpace: { addressPrefixes: [prefix] }, ...more });
}

/** A subnet of the network `vnet`. */
export function subnet(azure: Azure, name: string, addressPrefix: string, more: JsonObject = {}): Made {
  return make(azure, "Subnet", name, { virtualNetworkName: "vnet", addressPrefix, ...more });
}

/** A rule that Azure takes: HTTPS from the Internet; `changes` are laid over it. */
export function rule(changes: JsonObject): JsonObject {
  return {
    ...{ name: "a", priority: 100, direction: "Inbound", access: "Allow", protocol: "Tcp" },
    ...{ sourceAddressPrefix: "Internet", sourcePortRange: "*" },
    ...{ destinationAddressPrefix: "*", destinationPortRange: "443" },
    ...changes,
  };
}

/** A route that Azure takes: everything to an appliance; `changes` are laid over it. */
export function route(changes: JsonObject): JsonObject {
  return {
    ...{ name: "a", addressPrefix: "0.0.0.0/0" },
    ...{ nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" },
    ...changes,
  };
}
