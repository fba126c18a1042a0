/** What Azure refuses about a subnet, its address range aside. */
import type { JsonObject, ProviderError } from "../provider/backend";
import { objects, text } from "../provider/values";
import { prefixesOf } from "./aks/clusterNetwork";
import { nameOf, ownerIdOf } from "./ids";
import { missingBastionRule } from "./networkRules";
import { occupantOf } from "./networkUsage";
import { refusal, type Operation } from "./resourceType";

const BASTION = "AzureBastionSubnet";

/** https://learn.microsoft.com/azure/bastion/bastion-nsg and bastion-faq#udr */
export function refuseAttachments({ cloud, id, inputs }: Operation): ProviderError | undefined {
  if (nameOf(id) !== BASTION) return undefined;
  const routes = text(inputs, "routeTable.id");
  if (routes !== undefined) {
    return refusal(
      "RouteTableCannotBeAttachedForAzureBastionSubnet",
      `Route table ${routes} cannot be attached to the Azure Bastion subnet ${id}. This is not supported.`,
    );
  }
  const group = cloud.store.get(text(inputs, "networkSecurityGroup.id") ?? "");
  const missing = group === undefined ? undefined : missingBastionRule(group);
  if (group === undefined || missing === undefined) return undefined;
  return refusal(
    "NetworkSecurityGroupNotCompliantForAzureBastionSubnet",
    `Network security group ${nameOf(group.id)} does not have necessary rules for Azure Bastion Subnet ${BASTION}. ` +
      `(missing: ${missing})`,
  );
}

/** What is in a subnet holds its ranges and its delegation (virtual-kubelet/virtual-kubelet#647). */
export function refuseChangeInUse({ cloud, id, inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const kept = new Set(prefixesOf(inputs));
  const gone = prefixesOf(existing.properties).find((prefix) => !kept.has(prefix));
  const [before, after] = [delegationsOf(existing.properties), delegationsOf(inputs)];
  if (gone === undefined && before === after) return undefined;
  const user = occupantOf(cloud, id);
  if (user === undefined) return undefined;
  if (gone !== undefined) {
    return refusal(
      "InUsePrefixCannotBeDeleted",
      `IpPrefix ${gone} on Subnet ${nameOf(id)} has active allocations and cannot be deleted. (${user.id})`,
    );
  }
  return refusal(
    "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
    `Delegations of subnet ${id} cannot be changed from [${before}] to [${after}] because it is being used by the ` +
      `resource ${user.id}.`,
  );
}

/** Services that a subnet is delegated to, sorted and in one string. */
export function delegationsOf(subnet: JsonObject): string {
  return objects(subnet, "delegations")
    .map((delegation) => text(delegation, "serviceName") ?? "")
    .sort()
    .join(", ");
}

/** Id of the network that a subnet belongs to. */
export function networkOf(subnetId: string): string {
  return ownerIdOf(subnetId) ?? "";
}
