/**
 * Is there a way to a cluster's API server from where a caller sits?
 * https://learn.microsoft.com/azure/aks/private-clusters and https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges
 */
import type { CloudRecord, CloudStore } from "../../cloud/store";
import { includes, parseCidr } from "../cidr";
import { sameId } from "../ids";
import { networkOf } from "../networkSubnets";
import { each, flag, strings, text } from "../../provider/values";

const PEERING = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";
const LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";

/** Where somebody sits. */
export interface Place {
  /** Id of the virtual network; absent on the Internet. */
  readonly networkId?: string | undefined;
  /** Address that the Internet sees. @default {@link DEPLOYER_ADDRESS} */
  readonly publicAddress?: string | undefined;
}

/** Of the range for documentation (RFC 5737). */
export const DEPLOYER_ADDRESS = "203.0.113.10";

/** @returns what a client says that cannot get through to `host`, or undefined where it can. */
export function apiServerProblem(
  store: CloudStore,
  cluster: CloudRecord,
  host: string,
  from: Place,
): string | undefined {
  const { properties } = cluster;
  const unknownHost = `dial tcp: lookup ${host}: no such host`;
  if (text(properties, "powerState.code") === "Stopped") return `${unknownHost} (the cluster is stopped)`;
  if (!flag(properties, "apiServerAccessProfile.enablePrivateCluster")) {
    return isAuthorized(properties, from)
      ? undefined
      : `dial tcp ${host}:443: i/o timeout (${addressOf(from)} is in none of the cluster's authorizedIPRanges)`;
  }
  if (!resolves(store, cluster, host, from)) return `${unknownHost} (${resolutionFix(cluster, from)})`;
  return isConnected(store, cluster, from)
    ? undefined
    : `dial tcp ${host}:443: i/o timeout (${from.networkId ?? "the Internet"} is not peered with the cluster's network)`;
}

function addressOf(from: Place): string {
  return from.publicAddress ?? DEPLOYER_ADDRESS;
}

/** No range at all lets everyone in. */
function isAuthorized(properties: CloudRecord["properties"], from: Place): boolean {
  const ranges = strings(properties, "apiServerAccessProfile.authorizedIPRanges");
  const caller = parseCidr(`${addressOf(from)}/32`);
  return (
    ranges.length === 0 ||
    ranges.some((range) => {
      const allowed = parseCidr(range.includes("/") ? range : `${range}/32`);
      return allowed !== undefined && caller !== undefined && includes(allowed, caller);
    })
  );
}

/** The public name, where there is one, is known everywhere; the private one in the networks that its zone is linked to. */
function resolves(store: CloudStore, cluster: CloudRecord, host: string, { networkId }: Place): boolean {
  const { properties } = cluster;
  const zone = text(properties, "apiServerAccessProfile.privateDNSZone");
  const hasPublicName =
    zone === "none" || flag(properties, "apiServerAccessProfile.enablePrivateClusterPublicFQDN");
  if (hasPublicName && host === text(properties, "fqdn")) return true;
  if (networkId === undefined) return false;
  if (zone?.startsWith("/") !== true) return clusterNetworks(cluster).some((own) => sameId(own, networkId));
  return store
    .list({ type: LINK, under: zone })
    .some(({ properties: link }) => sameId(text(link, "virtualNetwork.id") ?? "", networkId));
}

function resolutionFix(cluster: CloudRecord, { networkId }: Place): string {
  if (networkId === undefined) return "the API server is private, and the caller sits on the Internet";
  const zone = text(cluster.properties, "apiServerAccessProfile.privateDNSZone") ?? "system";
  return `the private DNS zone ${zone} is not linked to ${networkId}`;
}

/** In the network itself, or in one that is peered with it; peerings lead no further. */
function isConnected(store: CloudStore, cluster: CloudRecord, { networkId }: Place): boolean {
  if (networkId === undefined) return false;
  const own = clusterNetworks(cluster);
  if (own.some((network) => sameId(network, networkId))) return true;
  return store
    .list({ type: PEERING, under: networkId })
    .some(
      ({ properties }) =>
        text(properties, "peeringState") === "Connected" &&
        own.some((network) => sameId(network, text(properties, "remoteVirtualNetwork.id") ?? "")),
    );
}

/** Of the API server where it has a subnet of its own, else of the nodes. */
function clusterNetworks({ properties }: CloudRecord): string[] {
  const subnet = text(properties, "apiServerAccessProfile.subnetId");
  const subnets = subnet === undefined ? each(properties, "agentPoolProfiles[].vnetSubnetID") : [subnet];
  return subnets.flatMap((id) => (typeof id === "string" ? networkOf(id) : []));
}
