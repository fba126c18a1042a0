/** Which subnets the spoke of a region has. */
import type { NetworkSettings } from "../../config";
import {
  apiServerRules,
  applicationGatewayRules,
  gatewayForContainersRules,
  nodeRules,
  privateEndpointRules,
  type RuleContext,
} from "./securityRules";
import type { SubnetPlan } from "./subnets";

export interface SpokeContext extends RuleContext {
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
}

/** Undefined: the stack has no use for it. */
export interface SpokePlan {
  readonly nodes: SubnetPlan;
  readonly privateEndpoints: SubnetPlan | undefined;
  readonly apiServer: SubnetPlan | undefined;
  readonly applicationGateway: SubnetPlan | undefined;
  readonly applicationGatewayForContainers: SubnetPlan | undefined;
}

export function planSpoke(context: SpokeContext): SpokePlan {
  const { addresses, cluster, edge, network } = context;
  return {
    nodes: { role: "nodes", addressPrefix: addresses.nodes, rules: nodeRules(context) },
    privateEndpoints: unless(network.allowPublicServiceEndpoints, {
      role: "private-endpoints",
      addressPrefix: addresses.privateEndpoints,
      rules: privateEndpointRules(context),
      privateEndpointNetworkPolicies: "Enabled",
    }),
    apiServer: unless(cluster.allowPublicApiServer, {
      role: "api-server",
      addressPrefix: addresses.apiServer,
      delegation: "Microsoft.ContainerService/managedClusters",
      rules: apiServerRules(context),
    }),
    applicationGateway: unless(edge.regional !== "applicationGateway", {
      role: "application-gateway",
      addressPrefix: addresses.applicationGateway,
      delegation: "Microsoft.Network/applicationGateways",
      rules: applicationGatewayRules(context),
    }),
    applicationGatewayForContainers: unless(edge.regional !== "applicationGatewayForContainers", {
      role: "gateway-for-containers",
      addressPrefix: addresses.applicationGatewayForContainers,
      delegation: "Microsoft.ServiceNetworking/trafficControllers",
      rules: gatewayForContainersRules(context),
    }),
  };
}

function unless(condition: boolean, plan: SubnetPlan): SubnetPlan | undefined {
  return condition ? undefined : plan;
}
