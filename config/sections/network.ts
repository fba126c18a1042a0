import { z } from "zod";

import { cidr, region } from "./values";

/** A host name, or one with `*.` in front. */
const fqdn = z.string().regex(/^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$/, "a host name such as *.example.com");

export const networkSchema = z.strictObject({
  /** `hubAndSpoke` adds a hub with what several networks share: firewall, Bastion, gateway. */
  topology: z.enum(["spoke", "hubAndSpoke"]),
  /** Address space of a region's networks, a /16, where not the platform's own plan. */
  addressSpaces: z.record(region, cidr),
  /** How the nodes reach the internet. Chosen once: the provider replaces a cluster whose way out changes. */
  egress: z.enum(["loadBalancer", "natGateway", "firewall"]),
  firewall: z.strictObject({
    tier: z.enum(["Standard", "Premium"]),
    /** Each gives 2,496 SNAT ports an instance and destination. */
    publicIpCount: z.number().int().min(1).max(100),
    /** What the Premium tier does with traffic that matches a signature of an attack. */
    intrusionDetection: z.enum(["Off", "Alert", "Deny"]),
    /** Hosts that pods may reach besides what the enabled features need. */
    allowedFqdns: z.array(fqdn),
  }),
  natGateway: z.strictObject({ publicIpCount: z.number().int().min(1).max(16) }),
  bastion: z.enum(["none", "Standard", "Premium"]),
  /** VPN gateway in the hub, whose routes the spoke uses. */
  vpnGateway: z.enum(["none", "VpnGw1AZ", "VpnGw2AZ"]),
  /** Opt-out: registry, vault, data services and monitor answer on the internet, behind Microsoft Entra ID. */
  allowPublicServiceEndpoints: z.boolean(),
  /** Days that VNet flow logs are kept; 0: none are written. */
  flowLogRetentionDays: z.number().int().min(0).max(365),
  /** An existing network that the deployer sits in, made before the platform; it is peered with each region's. */
  runnerNetwork: z
    .strictObject({ resourceGroup: z.string().min(1).max(90), virtualNetwork: z.string().min(2).max(64) })
    .nullable(),
});

export type NetworkSettings = z.infer<typeof networkSchema>;
