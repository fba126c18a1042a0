/** The API server in a network of one's own: its subnet, its private DNS zone, its name. */
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, object, objects, text } from "../../provider/values";
import { evaluate } from "../access";
import { isWithin, nameOf, sameId } from "../ids";
import { A_RECORD } from "../networkEndpoints";
import { addressIn, rangeOf } from "../networkParts";
import { delegationsOf, networkOf } from "../networkSubnets";
import { occupantOf } from "../networkUsage";
import { normalizeRegion } from "../regions";
import { refusal, type Deletion, type Operation } from "../resourceType";
import { controlPlanePrincipal } from "./ownNetwork";
import { invalid } from "./pools";

const SERVICE = "Microsoft.ContainerService/managedClusters";
const ZONE = "apiServerAccessProfile.privateDNSZone";
const SUBNET = "apiServerAccessProfile.subnetId";
const LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";

export function refuseApiServerNetwork(operation: Operation): ProviderError | undefined {
  return refuseApiServerSubnet(operation) ?? refuseZoneName(operation) ?? refuseZoneLink(operation);
}

/** https://learn.microsoft.com/azure/aks/api-server-vnet-integration#limitations */
function refuseApiServerSubnet(operation: Operation): ProviderError | undefined {
  const { cloud, inputs, existing, id } = operation;
  const integration = "apiServerAccessProfile.enableVnetIntegration";
  if (flag(existing?.properties, integration) && !flag(inputs, integration)) {
    return invalid("API server VNet integration cannot be disabled once it is enabled.");
  }
  const subnetId = text(inputs, SUBNET);
  if (!flag(inputs, integration)) {
    return subnetId === undefined
      ? undefined
      : configError("apiServerAccessProfile.subnetId requires enableVnetIntegration.");
  }
  const nodes = objects(inputs, "agentPoolProfiles").flatMap((pool) => text(pool, "vnetSubnetID") ?? []);
  if (subnetId === undefined) {
    return nodes.length === 0
      ? undefined
      : configError("apiServerAccessProfile.subnetId is required where nodes are in a subnet of one's own.");
  }
  const delegations = delegationsOf(cloud.store.get(subnetId)?.properties ?? {});
  if (delegations.toLowerCase() !== SERVICE.toLowerCase()) {
    return configError(
      `The API server subnet ${subnetId} must be delegated to ${SERVICE}, got '${delegations}'.`,
    );
  }
  const range = rangeOf(cloud, subnetId);
  if (range !== undefined && range.prefixLength > 28) {
    return configError(`The API server subnet ${subnetId} must be a /28 or larger, got ${range.text}.`);
  }
  if (nodes.some((node) => !sameId(networkOf(node), networkOf(subnetId)))) {
    return configError(`The API server subnet ${subnetId} must be in the virtual network of the nodes.`);
  }
  const other = existing === undefined ? occupantOf(cloud, subnetId) : undefined;
  if (other !== undefined && !sameId(other.id, id)) {
    return configError(`The API server subnet ${subnetId} is used by ${other.id}; it cannot be shared.`);
  }
  return refuseJoin(operation, subnetId);
}

/** The control plane injects the API server into the subnet, so its identity has to be there before it. */
function refuseJoin(operation: Operation, subnetId: string): ProviderError | undefined {
  const principal = controlPlanePrincipal(operation);
  const join = "Microsoft.Network/virtualNetworks/subnets/join/action";
  const allowed =
    principal !== undefined && evaluate(operation.cloud.store, principal, join, subnetId).allowed;
  return allowed
    ? undefined
    : configError(
        `The cluster's user-assigned identity must have Network Contributor on the API server subnet ${subnetId}. ` +
          `Check access result not allowed for action ${join}.`,
      );
}

/** AKS's own name for what is wrong with the subnet of its API server. */
function configError(message: string): ProviderError {
  return refusal("ApiserverSubnetConfigError", message);
}

/** MicrosoftDocs/azure-docs#104092 */
function refuseZoneName({ inputs }: Operation): ProviderError | undefined {
  const zone = text(inputs, ZONE);
  const isOwn = zone?.startsWith("/") === true;
  if (text(inputs, "fqdnSubdomain") !== undefined && !isOwn) {
    return invalid("fqdnSubdomain requires a private cluster with a private DNS zone of one's own.");
  }
  if (zone === undefined || !isOwn) return undefined;
  if (!flag(inputs, "apiServerAccessProfile.enablePrivateCluster")) {
    return invalid("A private DNS zone is for private clusters only: enablePrivateCluster is off.");
  }
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const integrated = flag(inputs, "apiServerAccessProfile.enableVnetIntegration");
  const labels = integrated ? ["private", "privatelink"] : ["privatelink"];
  const allowed = labels.flatMap((label) => [
    `${label}.${region}.azmk8s.io`,
    `[a-zA-Z0-9-]{1,32}.${label}.${region}.azmk8s.io`,
  ]);
  const pattern = new RegExp(`^([a-z0-9-]{1,32}\\.)?(${labels.join("|")})\\.${region}\\.azmk8s\\.io$`, "i");
  return pattern.test(nameOf(zone))
    ? undefined
    : invalid(`The private DNS zone name '${nameOf(zone)}' is invalid. Allowed: '${allowed.join(",")}'.`);
}

/**
 * AKS links the zone to the nodes' network, unless somebody has done it
 * (https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/createorupdatevirtualnetworklinkfailed-error).
 */
function refuseZoneLink(operation: Operation): ProviderError | undefined {
  const { cloud, inputs } = operation;
  const zone = text(inputs, ZONE);
  const node = objects(inputs, "agentPoolProfiles").flatMap((pool) => text(pool, "vnetSubnetID") ?? [])[0];
  const principal = controlPlanePrincipal(operation);
  if (zone?.startsWith("/") !== true || node === undefined || principal === undefined) return undefined;
  const network = networkOf(node);
  const linked = cloud.store
    .list({ type: LINK, under: zone })
    .some(({ properties }) => sameId(text(properties, "virtualNetwork.id") ?? "", network));
  const join = "Microsoft.Network/virtualNetworks/join/action";
  if (linked || evaluate(cloud.store, principal, join, network).allowed) return undefined;
  return refusal(
    "CreateOrUpdateVirtualNetworkLinkFailed",
    `The client with object id '${principal}' does not have permission to perform action '${join}' on ${network}, ` +
      `which private DNS zone ${nameOf(zone)} is to be linked to.`,
  );
}

/** Name of a private API server: the first label of the public name in the zone that has it. */
export function privateFqdn(inputs: JsonObject, fqdn: string): string {
  const zone = text(inputs, ZONE);
  if (zone?.startsWith("/") !== true) return fqdn.replace(".hcp.", ".privatelink.");
  const label = text(inputs, "fqdnSubdomain") ?? fqdn.split(".")[0] ?? "";
  return `${label}.${nameOf(zone)}`;
}

/** AKS writes its A record into a zone of one's own and leaves it there (hashicorp/terraform-provider-azurerm#11419). */
export function writeApiServerName({ cloud, inputs, existing }: Operation, cluster: CloudRecord): void {
  const zone = text(inputs, ZONE);
  const host = text(cluster.properties, "privateFQDN");
  const isHere = zone !== undefined && cloud.store.get(zone) !== undefined;
  if (existing !== undefined || !isHere || host === undefined) return;
  const [label = ""] = host.split(".");
  const subnet =
    text(inputs, SUBNET) ??
    objects(inputs, "agentPoolProfiles").flatMap((pool) => text(pool, "vnetSubnetID") ?? [])[0];
  cloud.store.put({
    id: `${zone}/A/${label}`,
    cloud: "azure",
    type: A_RECORD,
    properties: {
      name: label,
      type: A_RECORD,
      aRecords: [{ ipv4Address: subnet === undefined ? "10.224.0.4" : addressIn(cloud, subnet, 4) }],
      fqdn: `${host}.`,
      ttl: 300,
    },
    createdAt: cluster.createdAt,
    // Part of the cluster's own duration.
    seconds: 0,
  });
}

/** Azure/AKS#2121: a cluster cannot be deleted any more once its zone or its identity is gone. */
export function refuseStrandedDelete({ cloud, record }: Deletion): ProviderError | undefined {
  const zone = text(record.properties, ZONE);
  const needed = [
    ...(zone?.startsWith("/") === true ? [zone] : []),
    ...Object.keys(object(record.properties, "identity.userAssignedIdentities")),
  ];
  const here = needed.filter((id) => isWithin(id, `/subscriptions/${cloud.subscriptionId}`));
  const gone = here.find((id) => cloud.store.get(id) === undefined);
  return gone === undefined
    ? undefined
    : refusal(
        "ResourceNotFound",
        `Cluster ${nameOf(record.id)} cannot be deleted: ${gone}, which its control plane uses, was not found. ` +
          "Create it again, then delete the cluster.",
      );
}
