/** How the nodes of a region reach the internet. */
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { AddressPlan, NetworkSettings } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { EgressFirewall } from "./egressFirewall";
import { createPublicAddresses, placed, type Site, valuesOf } from "./site";
import type { SubnetPlan } from "./subnets";

export interface NodeEgress {
  /** As AKS names it. */
  readonly outboundType: "loadBalancer" | "userAssignedNATGateway" | "userDefinedRouting";
  /** What the nodes' subnet is given for it. */
  readonly subnet: Pick<SubnetPlan, "natGatewayId" | "routeTableId">;
  /** Addresses that the internet sees; none where AKS makes them itself. */
  readonly addresses: pulumi.Output<string[]>;
}

export interface NodeEgressArgs {
  readonly site: Site;
  readonly settings: NetworkSettings;
  readonly plan: AddressPlan;
  /** The hub's; undefined: it has none. */
  readonly firewall: EgressFirewall | undefined;
}

export function createNodeEgress(
  name: string,
  { site, settings, plan, firewall }: NodeEgressArgs,
  parent: pulumi.Resource,
): NodeEgress {
  if (firewall) {
    return {
      outboundType: "userDefinedRouting",
      subnet: { routeTableId: routeThrough(firewall, name, site, plan, parent).id },
      addresses: firewall.addresses,
    };
  }
  if (settings.egress === "natGateway") return createNatGateway(name, site, settings, parent);
  return { outboundType: "loadBalancer", subnet: {}, addresses: pulumi.output([]) };
}

/** Created once the firewall and its rules exist: nodes that come up before would find no way out. */
function routeThrough(
  { firewall }: EgressFirewall,
  name: string,
  site: Site,
  plan: AddressPlan,
  parent: pulumi.Resource,
): network.RouteTable {
  return new network.RouteTable(
    `${name}-routes`,
    {
      ...placed(site),
      routeTableName: site.names.of("nodes-routes"),
      // No other network may draw the nodes' traffic away from the firewall.
      disableBgpRoutePropagation: true,
      routes: [
        {
          name: "internet-through-firewall",
          addressPrefix: "0.0.0.0/0",
          nextHopType: "VirtualAppliance",
          nextHopIpAddress: plan.firewallAddress,
        },
      ],
    },
    { parent, dependsOn: firewall },
  );
}

/** About $33 a month and $0.045 per GB. It lives in one zone; Azure has no other of this SKU. */
function createNatGateway(
  name: string,
  site: Site,
  { natGateway }: NetworkSettings,
  parent: pulumi.Resource,
): NodeEgress {
  const addresses = createPublicAddresses(
    `${name}-nat-ip`,
    natGateway.publicIpCount,
    { site, role: "nat-ip" },
    { parent },
  );
  const gateway = new network.NatGateway(
    `${name}-nat`,
    {
      ...placed(site),
      ...(site.zones.length > 0 ? { zones: site.zones.slice(0, 1) } : {}),
      natGatewayName: site.names.of("nat"),
      sku: { name: "Standard" },
      idleTimeoutInMinutes: 4,
      publicIpAddresses: addresses.map(({ id }) => ({ id })),
    },
    { parent },
  );
  sendDiagnostics(
    `${name}-nat`,
    { resourceUri: gateway.id, workspace: site.workspace, hasLogs: false },
    { parent: gateway },
  );
  return {
    outboundType: "userAssignedNATGateway",
    subnet: { natGatewayId: gateway.id },
    addresses: valuesOf(addresses),
  };
}
