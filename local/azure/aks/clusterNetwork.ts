/** What AKS refuses about a cluster's network. */
import { UNKNOWN, type JsonObject, type ProviderError } from "../../provider/backend";
import { each, strings, text } from "../../provider/values";
import { includes, overlaps, parseAddress, parseCidr, type Cidr } from "../cidr";
import { ownerIdOf } from "../ids";
import { refusal, type Operation } from "../resourceType";
import { invalid } from "./pools";

/** Those of API version 2025-09-01; `block` and the like are for preview versions alone. */
const OUTBOUND_TYPES = [
  "loadBalancer",
  "userDefinedRouting",
  "managedNATGateway",
  "userAssignedNATGateway",
  "none",
] as const;

export function refuseNetwork(operation: Operation): ProviderError | undefined {
  const profile = operation.inputs["networkProfile"] ?? {};
  const ranges = clusterRanges(operation.inputs);
  return (
    refuseProfile(profile as JsonObject) ?? refuseRanges(ranges) ?? refuseSubnetOverlap(operation, ranges)
  );
}

/** https://learn.microsoft.com/azure/aks/azure-cni-powered-by-cilium and the AKS release notes (Basic load balancer). */
function refuseProfile(profile: JsonObject): ProviderError | undefined {
  const [dataplane, policy] = [text(profile, "networkDataplane"), text(profile, "networkPolicy")];
  if (policy === "cilium" && dataplane !== "cilium") {
    return invalid(
      `networkPolicy 'cilium' requires networkDataplane 'cilium', got '${dataplane ?? "azure"}'.`,
    );
  }
  if (dataplane === "cilium" && policy !== undefined && !["cilium", "none"].includes(policy)) {
    return invalid(`networkDataplane 'cilium' requires networkPolicy 'cilium' or 'none', got '${policy}'.`);
  }
  if (dataplane === "cilium" && text(profile, "networkPlugin") !== "azure") {
    return invalid("networkDataplane 'cilium' requires networkPlugin 'azure'.");
  }
  if (text(profile, "loadBalancerSku")?.toLowerCase() === "basic") {
    return invalid(
      "Creating clusters with the Basic load balancer is blocked: it was retired on 2025-09-30.",
    );
  }
  const outbound = text(profile, "outboundType") ?? OUTBOUND_TYPES[0];
  return OUTBOUND_TYPES.some((known) => known === outbound)
    ? undefined
    : invalid(`outboundType '${outbound}' is not supported. Allowed: ${OUTBOUND_TYPES.join(", ")}.`);
}

interface ClusterRanges {
  readonly service: Cidr | undefined;
  readonly pod: Cidr | undefined;
  readonly dnsServiceIp: string | undefined;
}

function clusterRanges(inputs: JsonObject): ClusterRanges {
  const overlay = text(inputs, "networkProfile.networkPluginMode") === "overlay";
  return {
    service: parseCidr(text(inputs, "networkProfile.serviceCidr") ?? "10.0.0.0/16"),
    pod: overlay ? parseCidr(text(inputs, "networkProfile.podCidr") ?? "10.244.0.0/16") : undefined,
    dnsServiceIp: text(inputs, "networkProfile.dnsServiceIP"),
  };
}

/** https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning */
function refuseRanges({ service, pod, dnsServiceIp }: ClusterRanges): ProviderError | undefined {
  if (service !== undefined && service.prefixLength < 12) {
    return invalid(`The service CIDR ${service.text} is too large: it must be smaller than a /12 range.`);
  }
  if (service !== undefined && pod !== undefined && overlaps(service, pod)) {
    return invalid(`The service CIDR ${service.text} overlaps with the pod CIDR ${pod.text}.`);
  }
  if (dnsServiceIp === undefined || dnsServiceIp === UNKNOWN || service === undefined) return undefined;
  const address = parseAddress(dnsServiceIp);
  if (address !== undefined && address > service.first + 1 && address < service.last) return undefined;
  return invalid(
    `The DNS service IP ${dnsServiceIp} must lie in the service CIDR ${service.text} and be neither its first ` +
      "nor its second address.",
  );
}

/** Overlap with any subnet of the network that the nodes are in. */
function refuseSubnetOverlap(
  operation: Operation,
  { service, pod }: ClusterRanges,
): ProviderError | undefined {
  for (const subnet of networkSubnets(operation)) {
    if (service !== undefined && overlaps(service, subnet)) {
      // The code that AKS gives for it (hashicorp/terraform-provider-azurerm#8404 and many more).
      return refusal(
        "ServiceCidrOverlapExistingSubnetsCidr",
        `The specified service CIDR ${service.text} is conflicted with an existing subnet CIDR ${subnet.text}`,
      );
    }
    if (pod !== undefined && (overlaps(pod, subnet) || includes(pod, subnet))) {
      return refusal(
        "PodCidrOverlapExistingSubnetsCidr",
        `The specified pod CIDR ${pod.text} is conflicted with an existing subnet CIDR ${subnet.text}`,
      );
    }
  }
  return undefined;
}

function networkSubnets({ cloud, inputs }: Operation): Cidr[] {
  const networks = new Set(
    each(inputs, "agentPoolProfiles[].vnetSubnetID").flatMap((id) =>
      typeof id === "string" ? (ownerIdOf(id) ?? []) : [],
    ),
  );
  return [...networks].flatMap((network) =>
    cloud.store
      .list({ under: network, type: "Microsoft.Network/virtualNetworks/subnets" })
      .flatMap((subnet) => prefixesOf(subnet.properties))
      .flatMap((prefix) => parseCidr(prefix) ?? []),
  );
}

export function prefixesOf(subnet: JsonObject): string[] {
  const single = text(subnet, "addressPrefix");
  return [...(single === undefined ? [] : [single]), ...strings(subnet, "addressPrefixes")];
}
