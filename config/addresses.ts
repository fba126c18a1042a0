import { addressAt, parseCidr } from "./cidr";
import { REGIONS } from "./regions";

/** Networks of one region, cut from its /16; what a stack does not use stays free. */
export interface AddressPlan {
  readonly hub: string;
  readonly spoke: string;
  /** Hub: names that Azure prescribes, each at least the size that it wants. */
  readonly firewall: string;
  readonly gateway: string;
  readonly bastion: string;
  /** Spoke. */
  readonly nodes: string;
  readonly apiServer: string;
  readonly privateEndpoints: string;
  readonly applicationGateway: string;
  readonly applicationGatewayForContainers: string;
  /** Address of the firewall: the first that Azure gives away in its subnet. */
  readonly firewallAddress: string;
  /** Address of the API's internal load balancer, at the far end of the nodes' subnet. */
  readonly internalLoadBalancerAddress: string;
}

/** Prefix length of a region's address space. */
export const ADDRESS_SPACE_PREFIX_LENGTH = 16;

/** Network of the agents that build images (`registry.buildAgents`), outside of every region's. */
export const BUILD_AGENTS_ADDRESS_SPACE = "10.15.0.0/24";

/** A region's address space where the stack names none. */
export function defaultAddressSpace(location: string): string | undefined {
  const region = REGIONS[location];
  return region && `10.${region.network}.0.0/${ADDRESS_SPACE_PREFIX_LENGTH}`;
}

/** Cuts a /16 into the region's networks, always at the same places. */
export function planAddresses(addressSpace: string): AddressPlan {
  const space = parseCidr(addressSpace);
  const cut = (third: number, fourth: number, prefixLength: number) =>
    `${addressAt(space, third * 256 + fourth)}/${prefixLength}`;
  return {
    hub: cut(0, 0, 20),
    firewall: cut(0, 0, 26),
    gateway: cut(0, 64, 26),
    bastion: cut(0, 128, 26),
    spoke: cut(64, 0, 18),
    nodes: cut(64, 0, 20),
    apiServer: cut(80, 0, 28),
    privateEndpoints: cut(81, 0, 24),
    applicationGateway: cut(82, 0, 24),
    applicationGatewayForContainers: cut(83, 0, 24),
    firewallAddress: addressAt(space, 4),
    internalLoadBalancerAddress: addressAt(space, 79 * 256 + 250),
  };
}
