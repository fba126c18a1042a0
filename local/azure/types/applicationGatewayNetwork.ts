/** The network of an application gateway: its subnet, the subnet's security group, its public address. */
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, number, objects, strings, text } from "../../provider/values";
import { sameId } from "../ids";
import { badRequest, rangeOf } from "../networkParts";
import { delegationsOf } from "../networkSubnets";
import { refusal, type Operation, type Refusal } from "../resourceType";

const SERVICE = "Microsoft.Network/applicationGateways";
const [FIRST_PORT, LAST_PORT] = [65200, 65535];

/** Sources in which Azure's gateway manager is; the first four as public threads report them to work. */
const MANAGERS = ["gatewaymanager", "internet", "azurecloud", "*", "any", "0.0.0.0/0"];

export const refuseNetwork: readonly Refusal<Operation>[] = [
  refuseNoFrontend,
  refuseSmallSubnet,
  refuseUndelegated,
  refuseBlockedPorts,
  refuseAddress,
];

function subnetsOf(inputs: JsonObject): string[] {
  return each(inputs, "gatewayIPConfigurations[].subnet.id").filter((id) => typeof id === "string");
}

function refuseNoFrontend({ inputs, id }: Operation): ProviderError | undefined {
  if (subnetsOf(inputs).length !== 1) {
    return badRequest(
      `Application Gateway ${id} must have exactly one gateway IP configuration with a subnet.`,
    );
  }
  return objects(inputs, "frontendIPConfigurations").length > 0
    ? undefined
    : badRequest(`Application Gateway ${id} must have at least one frontend IP configuration.`);
}

/** https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#size-of-the-subnet */
function refuseSmallSubnet({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const [subnet = ""] = subnetsOf(inputs);
  const range = rangeOf(cloud, subnet);
  const most = number(inputs, "autoscaleConfiguration.maxCapacity") ?? number(inputs, "sku.capacity") ?? 10;
  if (range === undefined) return undefined;
  // One address for each instance, one for a private frontend, five for Azure.
  const isPrivate = objects(inputs, "frontendIPConfigurations").some(
    (frontend) => text(frontend, "publicIPAddress.id") === undefined,
  );
  const needed = most + (isPrivate ? 1 : 0) + 5;
  const size = range.last - range.first + 1;
  return size >= needed
    ? undefined
    : badRequest(
        `Subnet ${subnet} of Application Gateway ${id} has ${size} addresses (${range.text}): ${needed} are needed for ` +
          `${most} instances.`,
      );
}

/** Azure/apim-landing-zone-accelerator#149, ansible-collections/azure#2217, langchain-ai/terraform#179 */
function refuseUndelegated({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const [subnet = ""] = subnetsOf(inputs);
  const delegations = delegationsOf(cloud.store.get(subnet)?.properties ?? {}).split(", ");
  if (delegations.some((service) => sameId(service, SERVICE))) return undefined;
  return refusal(
    "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
    `Application Gateway ${id} with NetworkIsolation requires subnet delegation. Please delegate subnet ${subnet} to ` +
      `${SERVICE}.`,
  );
}

/** Azure/AKS-Construction#333, mspnp/aks-baseline#284 */
function refuseBlockedPorts({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const [subnet = ""] = subnetsOf(inputs);
  const group = cloud.store.get(text(cloud.store.get(subnet)?.properties, "networkSecurityGroup.id") ?? "");
  if (group === undefined || letsManagersIn(group)) return undefined;
  return refusal(
    "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
    `Network security group ${group.id} blocks incoming internet traffic on ports ${FIRST_PORT} - ${LAST_PORT} to ` +
      `subnet ${subnet}, associated with Application Gateway ${id}. This is not permitted for Application Gateways ` +
      "that have V2 Sku.",
  );
}

/** The first rule that is about managers and these ports decides; without one, the group's default denies. */
function letsManagersIn(group: CloudRecord): boolean {
  const inbound = objects(group.properties, "securityRules")
    .filter((rule) => text(rule, "direction") === "Inbound")
    .filter((rule) => ["*", "tcp"].includes(text(rule, "protocol")?.toLowerCase() ?? "*"))
    .sort((left, right) => (number(left, "priority") ?? 0) - (number(right, "priority") ?? 0));
  for (const rule of inbound) {
    const sources = [text(rule, "sourceAddressPrefix"), ...strings(rule, "sourceAddressPrefixes")];
    const isAbout = sources.some((source) => MANAGERS.includes(source?.toLowerCase() ?? ""));
    if (!isAbout || !touches(rule)) continue;
    return (
      text(rule, "access") === "Allow" &&
      portRanges(rule).some(([low, high]) => low <= FIRST_PORT && high >= LAST_PORT)
    );
  }
  return false;
}

function touches(rule: JsonObject): boolean {
  return portRanges(rule).some(([low, high]) => low <= LAST_PORT && high >= FIRST_PORT);
}

function portRanges(rule: JsonObject): (readonly [low: number, high: number])[] {
  const ranges = [text(rule, "destinationPortRange") ?? "", ...strings(rule, "destinationPortRanges")];
  return ranges.filter(Boolean).map((range) => {
    if (range === "*") return [0, LAST_PORT] as const;
    const [low = NaN, high = low] = range.split("-").map(Number);
    return [low, high] as const;
  });
}

/** https://learn.microsoft.com/azure/application-gateway/configuration-frontend-ip */
function refuseAddress({ cloud, inputs, id }: Operation): ProviderError | undefined {
  for (const frontend of objects(inputs, "frontendIPConfigurations")) {
    const address = text(frontend, "publicIPAddress.id");
    if (address === undefined && text(frontend, "subnet.id") === undefined) {
      return badRequest(`A frontend IP configuration of ${id} has neither a public IP address nor a subnet.`);
    }
    if (address === undefined && text(frontend, "privateIPAddress") === undefined) {
      return badRequest(`A private frontend of ${id} with the SKU v2 needs a static privateIPAddress.`);
    }
    const sku = text(cloud.store.get(address ?? "")?.properties, "sku.name");
    if (sku !== undefined && sku !== "Standard") {
      return badRequest(
        `Public IP address ${address ?? ""} of ${id} must have the SKU Standard, got ${sku}.`,
      );
    }
  }
  return undefined;
}
