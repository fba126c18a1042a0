/** A rule of a network security group. */
import type * as inputs from "@pulumi/azure-native/types/input";

/** One or more CIDR ranges, or one service tag, or `*`. */
type Addresses = string | readonly string[];

/** Traffic that a security group allows, unless it says otherwise. */
export interface SecurityRule {
  /** Unique by group, in both directions. */
  readonly name: string;
  /** 100 to 4096, unique by direction; the lowest wins. Fixed, so that a new rule moves no other. */
  readonly priority: number;
  readonly why: string;
  /** @default `*` */
  readonly from?: Addresses;
  /** @default `*` */
  readonly to?: Addresses;
  /** @default `*` */
  readonly protocol?: "Tcp" | "Udp";
  /** @default all */
  readonly ports?: readonly string[];
  /** @default Inbound */
  readonly direction?: "Inbound" | "Outbound";
  /** @default Allow */
  readonly access?: "Deny";
}

/** The last of every group. */
export const DENY_INBOUND: SecurityRule = {
  name: "DenyAllInbound",
  priority: 4096,
  why: "Nothing else comes in, other networks of the platform included",
  access: "Deny",
};

/** Who breaks into something here does not go on from machine to machine by SSH or RDP. */
export const DENY_LATERAL_MANAGEMENT: SecurityRule = {
  direction: "Outbound",
  name: "DenyLateralManagement",
  priority: 100,
  why: "Nothing here administers machines",
  to: "VirtualNetwork",
  protocol: "Tcp",
  ports: ["22", "3389"],
  access: "Deny",
};

/** Health probes and, in the nodes' subnet, the load balancer's traffic. */
export const ALLOW_PROBES: SecurityRule = {
  name: "AllowAzureLoadBalancer",
  priority: 120,
  why: "Health probes of Azure's load balancers",
  from: "AzureLoadBalancer",
};

/** The rules as Azure takes them: one value or several, each under a name of its own. */
export function asSecurityRules(rules: readonly SecurityRule[]): inputs.network.SecurityRuleArgs[] {
  return rules.map(({ name, priority, why, from, to, protocol, ports, direction, access }) => ({
    name,
    priority,
    description: why,
    direction: direction ?? "Inbound",
    access: access ?? "Allow",
    protocol: protocol ?? "*",
    sourcePortRange: "*",
    ...oneOrMany(from, "sourceAddressPrefix", "sourceAddressPrefixes"),
    ...oneOrMany(to, "destinationAddressPrefix", "destinationAddressPrefixes"),
    ...oneOrMany(ports, "destinationPortRange", "destinationPortRanges"),
  }));
}

function oneOrMany<One extends string, Many extends string>(
  values: Addresses = "*",
  one: One,
  many: Many,
): Partial<Record<One, string> & Record<Many, string[]>> {
  const [first = "", ...rest] = typeof values === "string" ? [values] : values;
  const entry = rest.length === 0 ? { [one]: first } : { [many]: [first, ...rest] };
  return entry as Partial<Record<One, string> & Record<Many, string[]>>;
}
