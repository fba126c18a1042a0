import * as privatedns from "@pulumi/azure-native/privatedns";
import type * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../../config";
import type { LinkedNetwork } from "../support/linkedNetwork";

export interface PrivateZoneArgs {
  readonly tags: Tags;
  readonly resourceGroup: resources.ResourceGroup;
  /** DNS name. */
  readonly zone: string;
  readonly linkedNetworks: readonly LinkedNetwork[];
}

/** A private DNS zone, and what makes networks use it. */
export interface LinkedZone {
  readonly zone: privatedns.PrivateZone;
  readonly links: readonly privatedns.VirtualNetworkLink[];
}

/** A private DNS zone that the networks resolve names in; none of them registers its machines there. */
export function createPrivateZone(
  name: string,
  { tags, resourceGroup, zone: privateZoneName, linkedNetworks }: PrivateZoneArgs,
  opts: pulumi.CustomResourceOptions,
): LinkedZone {
  const common = { resourceGroupName: resourceGroup.name, location: "global", tags };
  const zone = new privatedns.PrivateZone(`${name}-zone`, { ...common, privateZoneName }, opts);
  const links = linkedNetworks.map(
    ({ key, id }) =>
      new privatedns.VirtualNetworkLink(
        `${name}-link-${key}`,
        {
          ...common,
          privateZoneName: zone.name,
          virtualNetworkLinkName: key,
          registrationEnabled: false,
          resolutionPolicy: "Default",
          virtualNetwork: { id },
        },
        { parent: zone },
      ),
  );
  return { zone, links };
}
