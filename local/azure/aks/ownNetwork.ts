/** What AKS refuses about subnets of one's own: for nodes, for pods, and their way out. */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, objects, strings, text } from "../../provider/values";
import { evaluate } from "../access";
import { sameId } from "../ids";
import { delegationsOf, networkOf } from "../networkSubnets";
import { locationOf } from "../networkUsage";
import { normalizeRegion } from "../regions";
import { refusal, type AzureCloud, type Operation } from "../resourceType";
import { clusterIdOf, invalid } from "./pools";

/** A cluster's check: its pools, and what they reach the Internet through. */
export function refuseOwnNetwork(operation: Operation): ProviderError | undefined {
  const { cloud, inputs } = operation;
  const pools = objects(inputs, "agentPoolProfiles");
  const subnets = pools.flatMap((pool) => text(pool, "vnetSubnetID") ?? []);
  const region = normalizeRegion(text(inputs, "location") ?? "");
  return (
    refuseMixture(pools, subnets) ??
    first(subnets, (subnet) => refuseNodeSubnet(cloud, subnet, region)) ??
    first(subnets, (subnet) => refuseForeignNetwork(subnet, subnets[0] ?? subnet)) ??
    first(subnets, (subnet) => refuseNoRights(operation, subnet)) ??
    refuseEgress(operation, pools, subnets)
  );
}

/** A further pool's check: the same network as the cluster's first pool. */
export function refusePoolSubnet({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const cluster = cloud.store.get(clusterIdOf(id));
  const subnet = text(inputs, "vnetSubnetID");
  const others = objects(cluster?.properties, "agentPoolProfiles");
  const known = others.flatMap((pool) => text(pool, "vnetSubnetID") ?? [])[0];
  if (subnet === undefined || cluster === undefined) return undefined;
  const region = normalizeRegion(text(cluster.properties, "location") ?? "");
  return (
    refuseMixture(others, known === undefined ? [subnet] : []) ??
    refuseNodeSubnet(cloud, subnet, region) ??
    refuseForeignNetwork(subnet, known ?? subnet)
  );
}

function first<Item>(
  items: readonly Item[],
  check: (item: Item) => ProviderError | undefined,
): ProviderError | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Azure/AKS#2927 */
function refuseMixture(pools: readonly JsonObject[], subnets: readonly string[]): ProviderError | undefined {
  const bare = pools.find((pool) => text(pool, "vnetSubnetID") === undefined);
  return bare === undefined || subnets.length === 0
    ? undefined
    : invalid(`The Agentpool ${text(bare, "name") ?? ""} does not have subnet defined.`);
}

function refuseNodeSubnet(cloud: AzureCloud, subnetId: string, region: string): ProviderError | undefined {
  const location = locationOf(cloud, subnetId);
  if (location !== undefined && normalizeRegion(location) !== region) {
    return invalid(`Subnet ${subnetId} is in ${location}: it must be in the cluster's region, ${region}.`);
  }
  const subnet = cloud.store.get(subnetId);
  // MicrosoftDocs/azure-docs#69774: delegated to whatever service, AKS itself included
  return subnet === undefined || delegationsOf(subnet.properties) === ""
    ? undefined
    : refusal(
        "SubnetIsDelegated",
        `AgentPoolProfile subnet with id ${subnetId} cannot be used as it's a delegated subnet. Please check ` +
          "https://aka.ms/adv-network-prerequest for more details.",
      );
}

/** https://learn.microsoft.com/azure/aks/node-pool-unique-subnet#limitations */
function refuseForeignNetwork(subnet: string, known: string): ProviderError | undefined {
  return sameId(networkOf(subnet), networkOf(known))
    ? undefined
    : invalid(
        `All subnets assigned to node pools must belong to the same virtual network, got ${subnet} and ${known}.`,
      );
}

/**
 * An identity that was given to the cluster joins the nodes to the subnet (Azure/aad-pod-identity#550). The rights
 * of a system-assigned one cannot be there yet: nodes join with the caller's, and load balancers fail later.
 */
function refuseNoRights(operation: Operation, subnet: string): ProviderError | undefined {
  const principal = controlPlanePrincipal(operation);
  const join = "Microsoft.Network/virtualNetworks/subnets/join/action";
  if (principal === undefined || evaluate(operation.cloud.store, principal, join, subnet).allowed)
    return undefined;
  return refusal(
    "LinkedAuthorizationFailed",
    `The client with object id '${principal}' has permission to perform action ` +
      `'Microsoft.ContainerService/managedClusters/write' on scope '${operation.id}'; however, it does not have ` +
      `permission to perform action '${join}' on the linked scope(s) '${subnet}' or the linked scope(s) are invalid.`,
  );
}

/** Object id of the identity that was given to the control plane, or undefined. */
export function controlPlanePrincipal({ cloud, inputs }: Operation): string | undefined {
  const [id] = strings(inputs, "identity.userAssignedIdentities");
  return id === undefined ? undefined : text(cloud.store.get(id)?.properties, "principalId");
}

/** https://learn.microsoft.com/azure/aks/egress-outboundtype: a way out of one's own is there before the cluster. */
function refuseEgress(
  { cloud, inputs }: Operation,
  pools: readonly JsonObject[],
  subnets: readonly string[],
): ProviderError | undefined {
  const outbound = text(inputs, "networkProfile.outboundType") ?? "loadBalancer";
  if (outbound !== "userDefinedRouting" && outbound !== "userAssignedNATGateway") return undefined;
  // Azure/terraform-azurerm-avm-res-containerservice-managedcluster#199
  if (subnets.length === 0) return refusal("EmptySubnetError", "The input subnet is an empty string.");
  if (outbound === "userAssignedNATGateway") return first(subnets, (subnet) => refuseNoNat(cloud, subnet));
  if (pools.some((pool) => flag(pool, "enableNodePublicIP"))) {
    return refusal(
      "UDRWithNodePublicIPNotAllowed",
      "outboundType userDefinedRouting cannot be combined with enableNodePublicIP.",
    );
  }
  return first(subnets, (subnet) => refuseRoutes(cloud, subnet));
}

/** jenkins-infra/azure#719 */
function refuseNoNat(cloud: AzureCloud, subnet: string): ProviderError | undefined {
  return text(cloud.store.get(subnet)?.properties, "natGateway.id") !== undefined
    ? undefined
    : refusal(
        "SubnetNotAssociatedWithNATGateway",
        `Subnet '${subnet}' must have a NAT gateway associated for outbound connection.`,
      );
}

/** Azure/AKS#1842, hashicorp/terraform-provider-azurerm#8609 */
function refuseRoutes(cloud: AzureCloud, subnet: string): ProviderError | undefined {
  const tableId = text(cloud.store.get(subnet)?.properties, "routeTable.id");
  if (tableId === undefined) {
    return refusal(
      "ExistingRouteTableNotAssociatedWithSubnet",
      `An existing route table has not been associated with subnet ${subnet}. Please update the route table association`,
    );
  }
  const way = objects(cloud.store.get(tableId)?.properties, "routes").find(
    (route) => text(route, "addressPrefix") === "0.0.0.0/0",
  );
  if (way === undefined) {
    return refusal(
      "RouteTableMissingDefaultRouteError",
      `Route table ${tableId} of subnet ${subnet} has no default route 0.0.0.0/0. Please see ` +
        "http://aka.ms/aks/outboundtype for more details",
    );
  }
  const hop = text(way, "nextHopType") ?? "";
  return ["VirtualAppliance", "VirtualNetworkGateway"].includes(hop)
    ? undefined
    : refusal(
        "RouteTableInvalidNextHop",
        `Default route 0.0.0.0/0 has a next hop of ${hop} but only next hops of VirtualAppliance or ` +
          "VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details",
      );
}
