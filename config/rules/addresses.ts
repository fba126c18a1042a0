/** Networks of regions, pods and services: where they may lie, that they do not meet, and that they are large enough. */
import { ADDRESS_SPACE_PREFIX_LENGTH, BUILD_AGENTS_ADDRESS_SPACE, defaultAddressSpace } from "../addresses";
import { overlap, parseCidr } from "../cidr";
import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { refuseRepeated } from "./access";
import type { Rule } from "./rule";

/** Nodes that the subnet of a region holds (a /20, less what Azure keeps, load balancers and a surge of nodes). */
const MAX_NODES = 2000;

/** Least services that leave room for the cluster's DNS at the tenth address. */
const SMALLEST_SERVICE_PREFIX = 28;
/**
 * What AKS keeps for itself (https://learn.microsoft.com/azure/aks/configure-azure-cni#plan-ip-addressing-for-your-cluster),
 * and what no virtual network may be: loopback, multicast, and the network of Azure's own 168.63.129.16.
 */
const RESERVED = [
  ...["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"],
  ...["127.0.0.0/8", "224.0.0.0/4", "168.63.129.16/32"],
];
/** Addresses that no caller has on the internet; AKS takes public ones alone. */
const NOT_PUBLIC = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  "224.0.0.0/3",
];

export const addressRules: readonly Rule[] = [
  checkUnusedSpaces,
  checkAddressSpaces,
  checkReserved,
  checkOverlaps,
  checkRoom,
  checkAuthorizedRanges,
];

/** A line for a region that the stack does not run in does nothing. */
function checkUnusedSpaces({ network, regions }: Settings): ConfigProblem[] {
  return Object.keys(network.addressSpaces)
    .filter((region) => !regions.includes(region))
    .map((region) => ({
      path: `network.addressSpaces.${region}`,
      got: `${region} with regions ${regions.join(", ")}`,
      allowed: "a region that the stack runs in",
      fix: "add it to regions, or remove the line",
    }));
}

function checkReserved({ cluster, network }: Settings): ConfigProblem[] {
  const networks = [
    ["cluster.podCidr", cluster.podCidr],
    ["cluster.serviceCidr", cluster.serviceCidr],
    ...Object.entries(network.addressSpaces).map(([region, space]) => [
      `network.addressSpaces.${region}`,
      space,
    ]),
  ] as const;
  return networks.flatMap(([path = "", cidr = ""]) =>
    RESERVED.filter((reserved) => overlap(parseCidr(cidr), parseCidr(reserved))).map((reserved) => ({
      path,
      got: cidr,
      allowed: `a network outside ${reserved}, which Azure keeps for itself`,
      fix: "choose another private range, such as 10.200.0.0/16",
    })),
  );
}

function checkAuthorizedRanges({ cluster: { authorizedIpRanges } }: Settings): ConfigProblem[] {
  const path = "cluster.authorizedIpRanges";
  const hidden = authorizedIpRanges.flatMap((range, index) =>
    NOT_PUBLIC.filter((other) => overlap(parseCidr(range), parseCidr(other))).map((other) => ({
      path: `${path}[${index}]`,
      got: range,
      allowed: `public addresses: a public API server sees no caller from ${other}`,
      fix: "name the address that the callers have on the internet; for any caller, remove all ranges",
    })),
  );
  return [...refuseRepeated(path, authorizedIpRanges, (range) => range), ...hidden];
}

function checkAddressSpaces({ network }: Settings): ConfigProblem[] {
  return Object.entries(network.addressSpaces)
    .filter(([, space]) => parseCidr(space).prefixLength !== ADDRESS_SPACE_PREFIX_LENGTH)
    .map(([region, space]) => ({
      path: `network.addressSpaces.${region}`,
      got: space,
      allowed: `a /${ADDRESS_SPACE_PREFIX_LENGTH}: hub, nodes, gateways and private endpoints are cut from it`,
      fix: "give the region a whole /16, or remove the line and take the platform's own plan",
    }));
}

/**
 * Pods and services have networks of their own; those of the regions may not meet either, nor one another, nor the build
 * agents': a network of yours could then not be peered with both.
 */
function checkOverlaps({ cluster, network, regions, registry }: Settings): ConfigProblem[] {
  const networks: readonly (readonly [string, string])[] = [
    ["cluster.podCidr", cluster.podCidr],
    ["cluster.serviceCidr", cluster.serviceCidr],
    ...regions.flatMap((region): [string, string][] => {
      const space = network.addressSpaces[region] ?? defaultAddressSpace(region);
      return space === undefined ? [] : [[`network.addressSpaces.${region}`, space]];
    }),
    ...(registry.buildAgents ? [["registry.buildAgents", BUILD_AGENTS_ADDRESS_SPACE] as const] : []),
  ];
  return networks.flatMap(([path, cidr], index) =>
    networks
      .slice(index + 1)
      .filter(([, other]) => overlap(parseCidr(cidr), parseCidr(other)))
      .map(([otherPath, other]) => ({
        path,
        got: cidr,
        allowed: `a network that does not overlap ${otherPath} (${other})`,
        fix: `choose another private range, such as ${path.endsWith("podCidr") ? "192.168.0.0/16" : "172.16.0.0/16"}`,
      })),
  );
}

function checkRoom({ cluster }: Settings): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { prefixLength } = parseCidr(cluster.serviceCidr);
  if (prefixLength <= 12 || prefixLength > SMALLEST_SERVICE_PREFIX) {
    problems.push({
      path: "cluster.serviceCidr",
      got: cluster.serviceCidr,
      allowed: `a network smaller than /12 (AKS), and at least a /${SMALLEST_SERVICE_PREFIX}: DNS has its tenth address`,
      fix: "use 172.16.0.0/16",
    });
  }
  const nodes = cluster.nodePools.reduce((sum, pool) => sum + pool.maxCount, 0);
  const podNetworks = Math.floor(2 ** (24 - parseCidr(cluster.podCidr).prefixLength));
  if (nodes > podNetworks) {
    problems.push({
      path: "cluster.podCidr",
      got: cluster.podCidr,
      allowed: `room for ${nodes} nodes: Azure CNI overlay gives each node a /24, and this network holds ${podNetworks}`,
      fix: "use a larger network or lower the pools' maxCount",
    });
  }
  if (nodes > MAX_NODES) {
    problems.push({
      path: "cluster.nodePools",
      got: `${nodes} nodes at most`,
      allowed: `${MAX_NODES} nodes together: the subnet of a region has room for these and their surge`,
      fix: "lower the pools' maxCount, or add a region",
    });
  }
  return problems;
}
