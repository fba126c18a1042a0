import type { Azure } from "../azure-support";

export interface PrivateLink {
  /** ARM id of the service. */
  readonly target: string;
  readonly group: string;
  readonly zone: string;
  /** Subnet of the endpoint. */
  readonly subnet: string;
  /** Networks that resolve names in the zone. @default the endpoint's own */
  readonly linked?: readonly string[];
}

/** A private endpoint with its names in a zone, made one step after the other as a program does. */
export async function connect(
  azure: Azure,
  { target, group, zone, subnet, linked }: PrivateLink,
): Promise<void> {
  const inGroup = { resourceGroupName: "rg" };
  await azure.create("network:PrivateEndpoint", {
    ...{ ...inGroup, privateEndpointName: `to-${group}`, subnet: { id: subnet } },
    privateLinkServiceConnections: [{ name: group, privateLinkServiceId: target, groupIds: [group] }],
  });
  const { id } = await azure.create("privatedns:PrivateZone", {
    ...{ ...inGroup, privateZoneName: zone, location: "global" },
  });
  await azure.create("network:PrivateDnsZoneGroup", {
    ...{ ...inGroup, privateEndpointName: `to-${group}`, privateDnsZoneGroupName: "default" },
    privateDnsZoneConfigs: [{ name: "zone", privateDnsZoneId: id }],
  });
  for (const [index, network] of (linked ?? [subnet.replace(/\/subnets\/.*/, "")]).entries()) {
    await azure.create("privatedns:VirtualNetworkLink", {
      ...{ ...inGroup, privateZoneName: zone, virtualNetworkLinkName: `link-${index}`, location: "global" },
      ...{ registrationEnabled: false, virtualNetwork: { id: network } },
    });
  }
}
