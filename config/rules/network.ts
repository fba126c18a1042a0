import type { ConfigProblem } from "../errors";
import { REGIONS } from "../regions";
import type { Settings } from "../schema";
import { addressRules } from "./addresses";
import { refuseWhere, type Rule } from "./rule";

export const networkRules: readonly Rule[] = [
  checkRegions,
  ...addressRules,
  checkZones,
  refuseWhere(
    ({ network }) => network.egress === "firewall" && network.topology !== "hubAndSpoke",
    ({ network }) => ({
      path: "network.egress",
      got: `firewall with network.topology ${network.topology}`,
      allowed: "hubAndSpoke with firewall: the firewall, and the route to it, live in the hub",
      fix: "set network.topology to hubAndSpoke, or network.egress to natGateway or loadBalancer",
    }),
  ),
  refuseWhere(
    ({ network }) => network.egress === "firewall" && isBelowPremium(network),
    ({ network }) => ({
      path: "network.firewall.intrusionDetection",
      got: `${network.firewall.intrusionDetection} with network.firewall.tier ${network.firewall.tier}`,
      allowed: "Off with Standard: only the Premium tier inspects for intrusions",
      fix: "set network.firewall.tier to Premium, or intrusionDetection to Off",
    }),
  ),
  refuseWhere(
    ({ network, edge }) => network.egress === "firewall" && edge.regional === "loadBalancer",
    ({ edge }) => ({
      path: "network.egress",
      got: `firewall with edge.regional ${edge.regional}`,
      allowed:
        "an Application Gateway with firewall egress: answers to requests through a public load balancer would leave " +
        "by the firewall, which drops them (asymmetric routing)",
      fix: "set edge.regional to applicationGateway or applicationGatewayForContainers",
    }),
  ),
  ...(["bastion", "vpnGateway"] as const).map((feature) =>
    refuseWhere(
      ({ network }) => network[feature] !== "none" && network.topology !== "hubAndSpoke",
      ({ network }) => ({
        path: `network.${feature}`,
        got: `${network[feature]} with network.topology ${network.topology}`,
        allowed: "none without a hub, where it lives",
        fix: `set network.topology to hubAndSpoke, or network.${feature} to none`,
      }),
    ),
  ),
  refuseWhere(
    ({ cluster, network }) => !cluster.allowPublicApiServer && network.runnerNetwork === null,
    () => ({
      path: "cluster.allowPublicApiServer",
      got: "false with network.runnerNetwork null",
      allowed:
        "a way in for the deployer: a private API server answers in networks that are peered with its own, and the " +
        "program creates objects in the cluster",
      fix:
        "name the deployer's network as network.runnerNetwork (bootstrap/subscription.sh makes one), or set " +
        "cluster.allowPublicApiServer to true and limit the callers with cluster.authorizedIpRanges",
    }),
  ),
  refuseWhere(
    ({ cluster }) => !cluster.allowPublicApiServer && cluster.authorizedIpRanges.length > 0,
    ({ cluster }) => ({
      path: "cluster.authorizedIpRanges",
      got: cluster.authorizedIpRanges,
      allowed: "none with a private API server: they narrow the public one only",
      fix: "remove them, or set cluster.allowPublicApiServer to true",
    }),
  ),
];

function isBelowPremium({ firewall }: Settings["network"]): boolean {
  return firewall.tier !== "Premium" && firewall.intrusionDetection !== "Off";
}

function checkRegions({ regions, network, location }: Settings): ConfigProblem[] {
  const named: readonly [string, string][] = [
    ["azure-native:location", location],
    ...regions.map((region, index): [string, string] => [`regions[${index}]`, region]),
    ...Object.keys(network.addressSpaces).map((key): [string, string] => ["network.addressSpaces", key]),
  ];
  return named
    .filter(([, region]) => !(region in REGIONS))
    .map(([path, region]) => ({
      path,
      got: region,
      allowed: Object.keys(REGIONS).join(", "),
      fix: "name one of these regions, or add yours to config/regions.ts",
    }));
}

function checkZones({ cluster, regions }: Settings): ConfigProblem[] {
  const zoneless = regions.filter((region) => REGIONS[region]?.zones === false);
  if (zoneless.length === 0) return [];
  return cluster.nodePools.flatMap((pool, index) =>
    pool.zones.length === 0
      ? []
      : [
          {
            path: `cluster.nodePools[${index}].zones`,
            got: pool.zones,
            allowed: `none: ${zoneless.join(", ")} has no availability zones`,
            fix: "remove the pool's zones, or take a region with zones such as westus2",
          },
        ],
  );
}
