import type * as inputs from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";

import type { ClusterSettings } from "../../config";
import type { RegionalNetwork } from "../network/regionalNetwork";

/**
 * Who reaches the API server. Private: it has an address in the network alone, and a name in a zone that the network
 * knows. Public: from the given ranges, and from the addresses that the nodes themselves come from.
 */
export function apiServerAccessProfile(
  cluster: ClusterSettings,
  { apiServerSubnet, apiServerZone, egressAddresses }: RegionalNetwork,
): inputs.containerservice.ManagedClusterAPIServerAccessProfileArgs {
  const common = { disableRunCommand: true };
  if (apiServerSubnet && apiServerZone) {
    return {
      ...common,
      enablePrivateCluster: true,
      enablePrivateClusterPublicFQDN: false,
      enableVnetIntegration: true,
      subnetId: apiServerSubnet.id,
      privateDNSZone: apiServerZone.id,
    };
  }
  return {
    ...common,
    enablePrivateCluster: false,
    authorizedIPRanges: authorizedRanges(cluster, egressAddresses),
  };
}

function authorizedRanges(
  { authorizedIpRanges }: ClusterSettings,
  egressAddresses: pulumi.Output<string[]>,
): pulumi.Input<string[]> {
  if (authorizedIpRanges.length === 0) return [];
  return egressAddresses.apply((addresses) => [
    ...authorizedIpRanges,
    ...addresses.map((address) => `${address}/32`),
  ]);
}
