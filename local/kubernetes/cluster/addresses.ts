/**
 * Addresses of load balancers that a Service asks for by annotations, as cloud-provider-azure gives them out
 * (https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/): with the rights of the cluster's own identity.
 */
import { evaluate } from "../../azure/access";
import { controlPlanePrincipal } from "../../azure/aks/clusterIdentity";
import { formatAddress, rangeOf } from "../../azure/networkParts";
import { holderOf } from "../../azure/networkUsage";
import { isWithin, nameOf, sameId } from "../../azure/ids";
import { normalizeRegion } from "../../azure/regions";
import type { CloudRecord, CloudStore } from "../../cloud/store";
import type { AddressAnswer, AddressRequest } from "./platform";
import { each, objects, text } from "../../provider/values";

const PUBLIC_ADDRESS = "Microsoft.Network/publicIPAddresses";
const SUBNET_JOIN = "Microsoft.Network/virtualNetworks/subnets/join/action";

/** @returns undefined where the Service asks for no address in particular: the cluster's own will do. */
export function requestedAddress(
  store: CloudStore,
  cluster: CloudRecord,
  request: AddressRequest,
): AddressAnswer | undefined {
  if (request.internal) return internalAddress(store, cluster, request);
  return request.name === undefined && request.ip === undefined
    ? undefined
    : publicAddress(store, cluster, request);
}

/** In the words of cloud-provider-azure (pkg/provider/azure_loadbalancer.go). */
function publicAddress(store: CloudStore, cluster: CloudRecord, request: AddressRequest): AddressAnswer {
  const group = groupId(cluster, request.resourceGroup);
  const address = store
    .list({ type: PUBLIC_ADDRESS, under: group })
    .find(({ id, properties }) =>
      request.name === undefined
        ? text(properties, "ipAddress") === request.ip
        : sameId(nameOf(id), request.name),
    );
  if (address === undefined) {
    return request.name === undefined
      ? failed(
          `user supplied IP Address ${request.ip ?? ""} was not found in resource group ${nameOf(group)}`,
        )
      : failed(
          `PublicIP from annotation azure-pip-name(-IPv6)=${request.name} for service ${request.service} doesn't exist ` +
            `in resource group ${nameOf(group)}`,
        );
  }
  const denial = refuseAction(store, cluster, `${PUBLIC_ADDRESS}/join/action`, address.id);
  if (denial !== undefined) return denial;
  const region = normalizeRegion(text(address.properties, "location") ?? "");
  if (region !== normalizeRegion(text(cluster.properties, "location") ?? "")) {
    return failed(
      `InvalidResourceReference: public IP ${address.id} is in ${region}, another region than the cluster`,
    );
  }
  const holder = holderOf({ store }, address);
  if (holder !== undefined && !sameId(holder, request.owner)) {
    return failed(
      `PublicIPAddressInUse: public IP address ${address.id} is already allocated to resource ${holder}`,
    );
  }
  const ip = text(address.properties, "ipAddress");
  return ip === undefined ? failed(`public IP ${address.id} has no address`) : { address: ip };
}

/** A free address of the subnet that is named, or else of the nodes'; undefined where AKS made the network. */
function internalAddress(
  store: CloudStore,
  cluster: CloudRecord,
  request: AddressRequest,
): AddressAnswer | undefined {
  const nodes = each(cluster.properties, "agentPoolProfiles[].vnetSubnetID")[0];
  if (typeof nodes !== "string") return undefined;
  const network = nodes.replace(/\/subnets\/[^/]+$/i, "");
  const subnetId = request.subnet === undefined ? nodes : `${network}/subnets/${request.subnet}`;
  const range = rangeOf({ store }, subnetId);
  if (range === undefined) {
    return failed(
      `ensure(${request.service}): lb - failed to get subnet: ${nameOf(network)}/${nameOf(subnetId)}`,
    );
  }
  const denial = refuseAction(store, cluster, SUBNET_JOIN, subnetId);
  if (denial !== undefined) return denial;
  const taken = takenAddresses(store, request.owner);
  if (request.ip !== undefined) {
    return taken.has(request.ip)
      ? failed(`PrivateIPAddressInUse: IP address ${request.ip} is in use in subnet ${subnetId}`)
      : { address: request.ip };
  }
  // Nodes fill a subnet from below.
  for (let address = range.last - 1; address >= range.first + 4; address--) {
    if (!taken.has(formatAddress(address))) return { address: formatAddress(address) };
  }
  return failed(`SubnetIsFull: subnet ${subnetId} has no free address`);
}

/** Addresses of other Services, and of network interfaces such as private endpoints'. */
function takenAddresses(store: CloudStore, owner: string): Set<string> {
  const services = store
    .list({ cloud: "kubernetes", type: "v1/Service" })
    .filter(({ id }) => !sameId(id, owner))
    .flatMap(({ properties }) => each(properties, "status.loadBalancer.ingress[].ip"));
  const interfaces = store
    .list({ type: "Microsoft.Network/networkInterfaces" })
    .flatMap(({ properties }) => objects(properties, "ipConfigurations"))
    .map((configuration) => text(configuration, "privateIPAddress"));
  return new Set([...services, ...interfaces].filter((address) => typeof address === "string"));
}

/** The cluster's identity is at home in the node resource group; elsewhere it needs a role. */
function refuseAction(
  store: CloudStore,
  cluster: CloudRecord,
  action: string,
  scope: string,
): AddressAnswer | undefined {
  if (isWithin(scope, groupId(cluster, undefined))) return undefined;
  const principal = controlPlanePrincipal(cluster);
  const decision = principal === undefined ? undefined : evaluate(store, principal, action, scope);
  if (decision?.allowed === true) return undefined;
  return failed(
    `LinkedAuthorizationFailed: the client with object id '${principal ?? "(none)"}' does not have permission to ` +
      `perform action '${action}' on the linked scope '${scope}' (${decision?.chain.join("; ") ?? "no identity"})`,
  );
}

/** Id of a resource group of the cluster's subscription. @param name the node resource group where undefined */
function groupId(cluster: CloudRecord, name: string | undefined): string {
  const [, subscription = ""] = /^(\/subscriptions\/[^/]+)/i.exec(cluster.id) ?? [];
  return `${subscription}/resourceGroups/${name ?? text(cluster.properties, "nodeResourceGroup") ?? ""}`;
}

function failed(why: string): AddressAnswer {
  return { problem: `Error syncing load balancer: failed to ensure load balancer: ${why}` };
}
