import { randomUUID } from "node:crypto";
import type { ProviderError } from "../../provider/backend";
import { each, flag, number, objects, strings, text } from "../../provider/values";
import { inGroup, nameOf } from "../ids";
import {
  badRequest,
  NETWORK_API,
  NETWORK_COMPUTED,
  NETWORK_NAME,
  networkOutputs,
  refuseSpecialSubnet,
  refuseZones,
  stateOutputs,
} from "../networkParts";
import { refuseOtherRegion, refuseTakenAddress } from "../networkUsage";
import { refuseUnofferedZones } from "../regionalServices";
import { describeTypes, refusal, type Operation } from "../resourceType";

const SUBNETS = "ipConfigurations[].subnet.id";
const ADDRESSES = "ipConfigurations[].publicIPAddress.id";
/** Bastion's tiers, the lowest first. */
const BASTION_TIERS = ["Developer", "Basic", "Standard", "Premium"];

export const gateways = describeTypes(
  {
    token: "network:BastionHost",
    shape: inGroup("Microsoft.Network/bastionHosts", "bastionHostName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: [SUBNETS, ADDRESSES, "virtualNetwork.id"],
    defaults: () => ({
      disableCopyPaste: false,
      enableFileCopy: false,
      enableIpConnect: false,
      enableKerberos: false,
      enableSessionRecording: false,
      enableShareableLink: false,
      enableTunneling: false,
      scaleUnits: 2,
      sku: { name: "Standard" },
    }),
    computed: ["dnsName", "etag", "provisioningState"],
    compute: ({ keep }) => ({
      ...stateOutputs(),
      dnsName: keep("dnsName", () => `bst-${randomUUID()}.bastion.azure.com`),
    }),
    // https://learn.microsoft.com/azure/bastion/tutorial-create-host-portal: about ten minutes.
    seconds: { create: 600, update: 120, delete: 300 },
    refuse: [
      refuseUnofferedZones("bastion-zones"),
      refuseBastion,
      refuseZones,
      refuseOtherRegion(SUBNETS, ADDRESSES),
      refuseTakenAddress(ADDRESSES),
    ],
  },
  {
    token: "network:VirtualNetworkGateway",
    shape: inGroup("Microsoft.Network/virtualNetworkGateways", "virtualNetworkGatewayName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: [SUBNETS, ADDRESSES],
    // The spec: gatewayType, vpnType and the generation of a gateway are given at its creation.
    replaceOn: ["gatewayType", "vpnType", "vpnGatewayGeneration"],
    defaults: () => ({ activeActive: false, enableBgp: false, enablePrivateIpAddress: false }),
    computed: NETWORK_COMPUTED,
    compute: networkOutputs,
    // https://learn.microsoft.com/azure/vpn-gateway/tutorial-create-gateway-portal: 45 minutes or more at most.
    seconds: { create: 1500, update: 300, delete: 600 },
    refuse: [refuseGateway, refuseOtherRegion(SUBNETS, ADDRESSES), refuseTakenAddress(ADDRESSES)],
  },
);

function refuseBastion(operation: Operation): ProviderError | undefined {
  const { inputs, id } = operation;
  const tier = text(inputs, "sku.name") ?? "Standard";
  for (const subnet of each(inputs, SUBNETS)) {
    if (typeof subnet !== "string") continue;
    const found = refuseSpecialSubnet(operation, subnet, "AzureBastionSubnet", 26);
    if (found !== undefined) return found;
  }
  if (tier === "Developer" && text(inputs, "virtualNetwork.id") === undefined) {
    return badRequest(`Bastion host ${nameOf(id)} of the Developer SKU must name its virtualNetwork.`);
  }
  if (tier !== "Developer" && objects(inputs, "ipConfigurations").length === 0) {
    return badRequest(`Bastion host ${nameOf(id)} of the ${tier} SKU must have an IP configuration.`);
  }
  return refuseBastionFeatures(operation, tier) ?? refuseBastionDowngrade(operation, tier);
}

/** https://learn.microsoft.com/azure/bastion/bastion-sku-comparison */
function refuseBastionFeatures({ inputs, id }: Operation, tier: string): ProviderError | undefined {
  const used: readonly (readonly [feature: string, least: string, used: boolean])[] = [
    ...["enableTunneling", "enableFileCopy", "enableIpConnect", "enableShareableLink"].map(
      (feature) => [feature, "Standard", flag(inputs, feature)] as const,
    ),
    ["disableCopyPaste", "Standard", flag(inputs, "disableCopyPaste")],
    ["scaleUnits", "Standard", (number(inputs, "scaleUnits") ?? 2) !== 2],
    ["enableKerberos", "Basic", flag(inputs, "enableKerberos")],
    ["zones", "Basic", strings(inputs, "zones").length > 0],
    ["enableSessionRecording", "Premium", flag(inputs, "enableSessionRecording")],
    ["enablePrivateOnlyBastion", "Premium", flag(inputs, "enablePrivateOnlyBastion")],
  ];
  const rank = (name: string): number => BASTION_TIERS.indexOf(name);
  const refused = used.find(([, least, isUsed]) => isUsed && rank(least) > rank(tier));
  if (refused !== undefined) {
    return badRequest(
      `Bastion host ${nameOf(id)} of the ${tier} SKU cannot use ${refused[0]}: the ${refused[1]} SKU is needed.`,
    );
  }
  const units = number(inputs, "scaleUnits") ?? 2;
  return units >= 2 && units <= 50
    ? undefined
    : badRequest(`scaleUnits of a Bastion host must be between 2 and 50, got ${units}.`);
}

/** https://learn.microsoft.com/azure/bastion/upgrade-sku: a SKU can be raised, never lowered. */
function refuseBastionDowngrade({ existing }: Operation, tier: string): ProviderError | undefined {
  const before = text(existing?.properties, "sku.name");
  if (before === undefined || BASTION_TIERS.indexOf(before) <= BASTION_TIERS.indexOf(tier)) return undefined;
  return badRequest(`The SKU of a Bastion host cannot be lowered from ${before} to ${tier}.`);
}

function refuseGateway(operation: Operation): ProviderError | undefined {
  const { inputs, id } = operation;
  for (const subnet of each(inputs, SUBNETS)) {
    if (typeof subnet !== "string") continue;
    // https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub
    const found = refuseSpecialSubnet(operation, subnet, "GatewaySubnet", 27);
    if (found !== undefined) return found;
  }
  const configurations = objects(inputs, "ipConfigurations").length;
  const needed = flag(inputs, "activeActive") ? 2 : 1;
  if (configurations < needed) {
    return badRequest(
      `Virtual network gateway ${nameOf(id)} must have at least ${needed} IP configurations, got ${configurations}.`,
    );
  }
  return refuseGatewaySku(operation);
}

/** https://learn.microsoft.com/azure/vpn-gateway/gateway-sku-consolidation: since 2025-11-01, with zones only. */
function refuseGatewaySku({ inputs, existing }: Operation): ProviderError | undefined {
  const sku = text(inputs, "sku.name") ?? "";
  if (sku !== text(inputs, "sku.tier")) {
    return badRequest(`The sku of a gateway must have one name and tier, got '${sku}' and another tier.`);
  }
  const vpn = text(inputs, "gatewayType") === "Vpn";
  if (!vpn || existing !== undefined || !/^VpnGw[1-5]$/.test(sku)) return undefined;
  return refusal(
    "NonAzSkusNotAllowedForVPNGateway",
    `VpnGw1-5 non-AZ SKUs are no longer supported for VPN gateways. Only VpnGw1-5AZ SKUs can be created going ` +
      `forward. (got ${sku})`,
  );
}
