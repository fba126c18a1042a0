import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { number, strings, text } from "../../provider/values";
import { inGroup, nameOf, sameId } from "../ids";
import {
  addressName,
  allocateAddress,
  allocatePrefix,
  PUBLIC_ADDRESS,
  PUBLIC_PREFIX,
} from "../networkAddresses";
import {
  badRequest,
  NETWORK_API,
  NETWORK_COMPUTED,
  NETWORK_NAME,
  networkOutputs,
  refuseZones,
} from "../networkParts";
import {
  holderOf,
  refuseAddressInUse,
  refuseOtherRegion,
  refuseTakenAddress,
  refuseWhileNamed,
} from "../networkUsage";
import { normalizeRegion } from "../regions";
import { describeTypes, refusal, type Operation } from "../resourceType";

export const addresses = describeTypes(
  {
    token: "network:PublicIPAddress",
    shape: inGroup(PUBLIC_ADDRESS, "publicIpAddressName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: ["publicIPPrefix.id", "natGateway.id"],
    defaults: () => ({
      idleTimeoutInMinutes: 4,
      ipTags: [],
      publicIPAddressVersion: "IPv4",
      publicIPAllocationMethod: "Dynamic",
      sku: { name: "Basic", tier: "Regional" },
      ddosSettings: { protectionMode: "VirtualNetworkInherited" },
    }),
    computed: [...NETWORK_COMPUTED, "ipAddress", "dnsSettings.fqdn"],
    compute: computeAddress,
    seconds: { create: 5, update: 5, delete: 12 },
    refuse: [refuseSku, refuseZones, refuseChangedAddress, refuseTakenLabel, refuseFullPrefix],
    refuseDelete: [refuseAddressInUse],
  },
  {
    token: "network:PublicIPPrefix",
    shape: inGroup(PUBLIC_PREFIX, "publicIpPrefixName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    // https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix#limitations
    replaceOn: ["prefixLength", "publicIPAddressVersion", "zones"],
    defaults: () => ({ publicIPAddressVersion: "IPv4", sku: { tier: "Regional" }, ipTags: [] }),
    computed: [...NETWORK_COMPUTED, "ipPrefix"],
    compute: (operation) => ({
      ...networkOutputs(operation),
      ipPrefix: operation.keep("ipPrefix", () =>
        allocatePrefix(operation.cloud, number(operation.inputs, "prefixLength") ?? 28),
      ),
    }),
    seconds: { create: 5, update: 5, delete: 12 },
    refuse: [refusePrefixLength, refuseZones],
    refuseDelete: [
      // Azure/kube-egress-gateway waits for this code to go away
      refuseWhileNamed(
        "InUsePublicIpPrefixCannotBeDeleted",
        ["publicIPPrefix.id", "publicIpPrefixes[].id"],
        (prefix, user) => `Public IP prefix ${prefix.id} is in use by ${user.id} and cannot be deleted.`,
      ),
    ],
  },
  {
    token: "network:NatGateway",
    shape: inGroup("Microsoft.Network/natGateways", "natGatewayName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: ["publicIpAddresses[].id", "publicIpPrefixes[].id"],
    // https://learn.microsoft.com/azure/nat-gateway/nat-availability-zones: the zone is chosen once.
    replaceOn: ["zones"],
    defaults: () => ({ idleTimeoutInMinutes: 4 }),
    computed: NETWORK_COMPUTED,
    compute: networkOutputs,
    seconds: { create: 8, update: 8, delete: 12 },
    refuse: [
      refuseZones,
      refuseNat,
      refuseOtherRegion("publicIpAddresses[].id", "publicIpPrefixes[].id"),
      refuseTakenAddress("publicIpAddresses[].id"),
    ],
    refuseDelete: [
      refuseWhileNamed(
        "InUseNatGatewayCannotBeDeleted",
        ["natGateway.id", "subnets[].natGateway.id"],
        (gateway, user) =>
          `Nat gateway ${gateway.id} cannot be deleted because it is in use by the following resources: ${user.id}. ` +
          "In order to delete the Nat gateway, remove the association with the resource(s).",
      ),
    ],
  },
);

function computeAddress(operation: Operation): JsonObject {
  const { cloud, inputs, keep } = operation;
  const prefix = prefixOf(operation);
  const label = text(inputs, "dnsSettings.domainNameLabel");
  const region = normalizeRegion(text(inputs, "location") ?? "");
  return {
    ...networkOutputs(operation),
    ipAddress: keep("ipAddress", () => {
      const address = allocateAddress(cloud, text(prefix?.properties, "ipPrefix"));
      if (address === undefined) throw new Error("no public address is left: delete a PublicIPAddress");
      return address;
    }),
    ...(label === undefined ? {} : { dnsSettings: { fqdn: addressName(label, region) } }),
  };
}

function prefixOf({ cloud, inputs }: Operation): CloudRecord | undefined {
  const id = text(inputs, "publicIPPrefix.id");
  return id === undefined ? undefined : cloud.store.get(id);
}

/** Basic ended on 2025-09-30 (https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance). */
function refuseSku({ inputs, existing }: Operation): ProviderError | undefined {
  const sku = text(inputs, "sku.name") ?? "Basic";
  if (sku === "Basic" && existing === undefined) {
    return refusal(
      "IPv4BasicSkuPublicIpCountLimitReached",
      "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
    );
  }
  // https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku
  return sku === "Standard" && text(inputs, "publicIPAllocationMethod") !== "Static"
    ? badRequest("A public IP address of the Standard SKU must have publicIPAllocationMethod 'Static'.")
    : undefined;
}

/** What an address got at its creation stays, and an address in use keeps its tier and its zones. */
function refuseChangedAddress({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const [before, after] = [existing.properties, inputs].map((from) =>
    JSON.stringify(strings(from, "zones").sort()),
  );
  if (before !== after) {
    // https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#availability-zone
    return refusal(
      "ResourceAvailabilityZonesCannotBeModified",
      `Resource ${id} has an existing availability zone constraint ${before} and the request has availability zone ` +
        `constraint ${after}, which do not match. Zones cannot be added/updated/removed once the resource is created.`,
    );
  }
  const method = "publicIPAllocationMethod";
  const holder = holderOf(cloud, existing);
  if (holder === undefined || text(existing.properties, method) === text(inputs, method)) return undefined;
  return badRequest(`The ${method} of ${id} cannot be changed while ${holder} uses the address.`);
}

/** A label is a name in the region's public DNS zone. */
function refuseTakenLabel({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const label = text(inputs, "dnsSettings.domainNameLabel");
  if (label === undefined) return undefined;
  if (!/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)) {
    return refusal(
      "InvalidDomainNameLabel",
      `The domain name label ${label} is invalid. It must conform to the following regular expression: ` +
        "^[a-z][a-z0-9-]{1,61}[a-z0-9]$.",
    );
  }
  const name = addressName(label, normalizeRegion(text(inputs, "location") ?? ""));
  const type = { type: PUBLIC_ADDRESS };
  const others = [...cloud.store.list(type), ...cloud.store.listElsewhere(type)];
  const other = others.find(
    (address) => !sameId(address.id, id) && text(address.properties, "dnsSettings.fqdn") === name,
  );
  return other === undefined
    ? undefined
    : refusal("DnsRecordInUse", `DNS record ${name} is already used by another public IP.`);
}

function refuseFullPrefix(operation: Operation): ProviderError | undefined {
  const prefix = prefixOf(operation);
  if (prefix === undefined || operation.existing !== undefined) return undefined;
  if (allocateAddress(operation.cloud, text(prefix.properties, "ipPrefix")) !== undefined) return undefined;
  return badRequest(`Public IP prefix ${prefix.id} has no free address for ${operation.id}.`);
}

/** https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix#prefix-sizes */
function refusePrefixLength({ inputs }: Operation): ProviderError | undefined {
  const length = number(inputs, "prefixLength");
  if (text(inputs, "sku.name") !== "Standard") {
    return badRequest("A public IP prefix must have the Standard SKU.");
  }
  return length !== undefined && length >= 21 && length <= 31
    ? undefined
    : badRequest(
        `The prefixLength of a public IP prefix must be between 21 and 31, got ${length ?? "(null)"}.`,
      );
}

/** https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource */
function refuseNat({ id, inputs }: Operation): ProviderError | undefined {
  if (text(inputs, "sku.name") !== "Standard") {
    return badRequest(`NAT gateway ${nameOf(id)} must have the sku name 'Standard'.`);
  }
  const idle = number(inputs, "idleTimeoutInMinutes") ?? 4;
  if (idle < 4 || idle > 120) {
    return badRequest(`idleTimeoutInMinutes of a NAT gateway must be between 4 and 120, got ${idle}.`);
  }
  return strings(inputs, "zones").length <= 1
    ? undefined
    : badRequest(`NAT gateway ${nameOf(id)} can be in one availability zone at most.`);
}
