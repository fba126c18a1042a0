/**
 * Is there a way through the network to a resource's data endpoint? Either it is public, or a private endpoint leads to
 * it, whose names the asking network resolves (https://learn.microsoft.com/azure/private-link/private-endpoint-dns).
 */
import type { CloudRecord, CloudStore } from "../cloud/store";
import type { Decision } from "./access";
import { isWithin, nameOf, ownerIdOf, sameId } from "./ids";
import { groupsOf, namesOf } from "./networkLinks";
import { each, objects, strings, text } from "../provider/values";

const SERVER = "Microsoft.DBforPostgreSQL/flexibleServers";
const NETWORK_RULES = [
  "properties.networkAcls.virtualNetworkRules[].id",
  "networkRuleSet.virtualNetworkRules[].virtualNetworkResourceId",
  "virtualNetworkRules[].id",
] as const;

/**
 * @param fromNetworkId id of the virtual network that asks; the cluster's, for a pod.
 * @param resourceId the vault, registry, account, cache or server that is asked.
 */
export function canReach(store: CloudStore, fromNetworkId: string, resourceId: string): Decision {
  const target = store.get(resourceId);
  if (target === undefined) return { allowed: false, chain: [`there is no ${resourceId}`] };
  const injected = text(target.properties, "network.delegatedSubnetResourceId");
  if (injected !== undefined) return canReachInjected(store, fromNetworkId, target, injected);
  const endpoints = endpointsOf(store, target);
  const byEndpoint = endpoints.map((endpoint) => throughEndpoint(store, fromNetworkId, target, endpoint));
  const open = byEndpoint.find(({ allowed }) => allowed);
  if (open !== undefined) return open;
  const refused = byEndpoint.flatMap(({ chain }) => chain);
  // A zone that is linked, and has no record of the target, hides the public name as well.
  const known = namesOf(target, groupsOf(target.id)?.[0] ?? "")[0]?.zone;
  const hiding = endpoints.length > 0 ? linkedZone(store, fromNetworkId, known ?? "") : undefined;
  const allowed = canReachPublicly(target, { store, fromNetworkId });
  if (hiding === undefined) return { ...allowed, chain: [...refused, ...allowed.chain] };
  return allowed.allowed
    ? { allowed: false, chain: [...refused, `${hiding} is linked and answers for its public name`] }
    : { allowed: false, chain: [...refused, ...allowed.chain] };
}

/** Is its public endpoint open: to everyone, or to one of the asking network's subnets? */
export function canReachPublicly(
  target: CloudRecord,
  from?: { readonly store: CloudStore; readonly fromNetworkId: string },
): Decision {
  const { id, properties } = target;
  const access = ["properties", "network"].map((key) => text(properties, `${key}.publicNetworkAccess`));
  const setting = [text(properties, "publicNetworkAccess"), ...access].find((value) => value !== undefined);
  if (setting === "Disabled" || setting === "SecuredByPerimeter") {
    return { allowed: false, chain: [`${id} has publicNetworkAccess '${setting}'`] };
  }
  if (target.type === SERVER) return throughFirewall(target, from?.store);
  const action = ["properties.networkAcls", "networkRuleSet"].map((key) =>
    text(properties, `${key}.defaultAction`),
  );
  const isFiltered = action.includes("Deny") || isCosmosFiltered(target);
  if (!isFiltered)
    return { allowed: true, chain: [`${id} has a public endpoint that is open to all networks`] };
  const subnet = NETWORK_RULES.flatMap((path) => each(properties, path)).find(
    (rule): rule is string =>
      typeof rule === "string" && from !== undefined && isWithin(rule, from.fromNetworkId),
  );
  return subnet === undefined
    ? { allowed: false, chain: [`the network rules of ${id} deny all but those that they name`] }
    : { allowed: true, chain: [`the network rules of ${id} let subnet ${subnet} in`] };
}

function isCosmosFiltered({ properties }: CloudRecord): boolean {
  return properties["isVirtualNetworkFilterEnabled"] === true || objects(properties, "ipRules").length > 0;
}

/** A PostgreSQL server's public endpoint lets nobody in without a rule; 0.0.0.0 stands for all of Azure. */
function throughFirewall({ id }: CloudRecord, store: CloudStore | undefined): Decision {
  const rules = store?.list({ type: `${SERVER}/firewallRules`, under: id }) ?? [];
  const azure = rules.find(({ properties }) => text(properties, "startIpAddress") === "0.0.0.0");
  return azure === undefined
    ? { allowed: false, chain: [`no firewall rule of ${id} lets Azure's addresses in`] }
    : { allowed: true, chain: [`firewall rule ${nameOf(azure.id)} of ${id} lets Azure's addresses in`] };
}

function endpointsOf(store: CloudStore, target: CloudRecord): CloudRecord[] {
  return store
    .list({ type: "Microsoft.Network/privateEndpoints" })
    .filter(({ properties }) =>
      each(properties, "privateLinkServiceConnections[].privateLinkServiceId").some(
        (id) => typeof id === "string" && sameId(id, target.id),
      ),
    );
}

function throughEndpoint(
  store: CloudStore,
  fromNetworkId: string,
  target: CloudRecord,
  endpoint: CloudRecord,
): Decision {
  const network = ownerIdOf(text(endpoint.properties, "subnet.id") ?? "") ?? "";
  const where = `private endpoint ${nameOf(endpoint.id)} in ${nameOf(network)}`;
  const path = pathBetween(store, fromNetworkId, network);
  if (path === undefined) {
    return {
      allowed: false,
      chain: [`${where} cannot be reached from ${fromNetworkId}: neither its network nor a peer`],
    };
  }
  const group =
    strings(objects(endpoint.properties, "privateLinkServiceConnections")[0], "groupIds")[0] ?? "";
  for (const { label, zone } of namesOf(target, group)) {
    const linked = linkedZone(store, fromNetworkId, zone);
    if (linked === undefined)
      return { allowed: false, chain: [`${where}: no zone ${zone} is linked to ${fromNetworkId}`] };
    const record = store.get(`${linked}/A/${label}`);
    if (!holdsAddressOf(record, endpoint)) {
      return {
        allowed: false,
        chain: [`${where}: zone ${linked} has no record '${label}' with its address`],
      };
    }
  }
  return {
    allowed: true,
    chain: [`${where} leads to ${target.id}`, path, "its names resolve in a zone that is linked"],
  };
}

function holdsAddressOf(record: CloudRecord | undefined, endpoint: CloudRecord): boolean {
  const addresses = objects(endpoint.properties, "customDnsConfigs").flatMap((item) =>
    strings(item, "ipAddresses"),
  );
  return objects(record?.properties, "aRecords").some((entry) =>
    addresses.includes(text(entry, "ipv4Address") ?? ""),
  );
}

/** Servers that live in a subnet of their own. */
function canReachInjected(store: CloudStore, from: string, target: CloudRecord, subnetId: string): Decision {
  const network = ownerIdOf(subnetId) ?? "";
  const path = pathBetween(store, from, network);
  if (path === undefined)
    return { allowed: false, chain: [`${target.id} is in ${network}, no peer of ${from}`] };
  const zoneId = text(target.properties, "network.privateDnsZoneArmResourceId") ?? "";
  const links = store.list({ type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks", under: zoneId });
  return links.some((link) => isLinkTo(link, from))
    ? { allowed: true, chain: [`${target.id} is in ${network}`, path, `zone ${nameOf(zoneId)} is linked`] }
    : { allowed: false, chain: [`zone ${zoneId} of ${target.id} is not linked to ${from}`] };
}

/** One network, or two that are peered. */
function pathBetween(store: CloudStore, from: string, to: string): string | undefined {
  if (sameId(from, to)) return `it is in the asking network ${nameOf(to)}`;
  const peering = store
    .list({ type: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", under: from })
    .find(
      ({ properties }) =>
        sameId(text(properties, "remoteVirtualNetwork.id") ?? "", to) &&
        text(properties, "peeringState") === "Connected",
    );
  return peering === undefined
    ? undefined
    : `${nameOf(from)} is peered with ${nameOf(to)} (${nameOf(peering.id)})`;
}

/** Id of the zone of that name that a network resolves names in. */
function linkedZone(store: CloudStore, networkId: string, zone: string): string | undefined {
  const link = store
    .list({ type: "Microsoft.Network/privateDnsZones/virtualNetworkLinks" })
    .find(
      (candidate) => sameId(nameOf(ownerIdOf(candidate.id) ?? ""), zone) && isLinkTo(candidate, networkId),
    );
  return link === undefined ? undefined : ownerIdOf(link.id);
}

function isLinkTo({ properties }: CloudRecord, networkId: string): boolean {
  return sameId(text(properties, "virtualNetwork.id") ?? "", networkId);
}
