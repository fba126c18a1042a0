/** What the network security groups of a region's spoke let in. */
import type { AddressPlan, ClusterSettings, EdgeSettings } from "../../config";
import { API_PORT } from "../workloads/apiPod";
import { ALLOW_PROBES, DENY_INBOUND, DENY_LATERAL_MANAGEMENT, type SecurityRule } from "./securityRule";

/** What the rules follow from. */
export interface RuleContext {
  readonly addresses: AddressPlan;
  readonly cluster: Pick<ClusterSettings, "podCidr" | "allowPublicApiServer">;
  readonly edge: EdgeSettings;
}

/** Who calls the entrance: clients, or Front Door for them. */
function callers({ global }: EdgeSettings): string {
  return global === "frontDoor" ? "AzureFrontDoor.Backend" : "Internet";
}

/** Clients are redirected from HTTP to HTTPS; Front Door does that itself. */
function entrancePorts({ tls, global }: EdgeSettings): readonly string[] {
  if (tls === null) return ["80"];
  return global === "frontDoor" ? ["443"] : ["80", "443"];
}

function allowCallers(edge: EdgeSettings): SecurityRule {
  return {
    name: "AllowCallers",
    priority: 130,
    why: "Requests to the API",
    from: callers(edge),
    protocol: "Tcp",
    ports: entrancePorts(edge),
  };
}

/**
 * Nodes: each other, their pods, their API server, and the region's entrance. Pods of the overlay keep their own
 * addresses between nodes (https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups).
 */
export function nodeRules({ addresses, cluster, edge }: RuleContext): SecurityRule[] {
  const inside = [addresses.nodes, cluster.podCidr];
  return [
    {
      name: "AllowNodesAndPods",
      priority: 100,
      why: "Nodes and pods reach one another",
      from: inside,
      to: inside,
    },
    ...(cluster.allowPublicApiServer
      ? []
      : [
          {
            name: "AllowApiServer",
            priority: 110,
            why: "The API server calls kubelets and webhooks",
            from: addresses.apiServer,
            protocol: "Tcp",
          } satisfies SecurityRule,
        ]),
    ALLOW_PROBES,
    entranceToNodes(addresses, cluster, edge),
    DENY_INBOUND,
    DENY_LATERAL_MANAGEMENT,
  ];
}

function entranceToNodes(
  addresses: AddressPlan,
  { podCidr }: RuleContext["cluster"],
  edge: EdgeSettings,
): SecurityRule {
  const common = { priority: 130, protocol: "Tcp" } as const;
  switch (edge.regional) {
    case "loadBalancer":
      return allowCallers(edge);
    case "applicationGateway":
      return {
        ...common,
        name: "AllowApplicationGateway",
        why: "The gateway calls the API's internal load balancer",
        from: addresses.applicationGateway,
        ports: ["80", "443"],
      };
    case "applicationGatewayForContainers":
      return {
        ...common,
        name: "AllowApplicationGatewayForContainers",
        why: "The gateway calls the API's pods",
        from: addresses.applicationGatewayForContainers,
        to: [addresses.nodes, podCidr],
        ports: [String(API_PORT)],
      };
  }
}

/** https://learn.microsoft.com/azure/aks/api-server-vnet-integration#network-security-groups */
export function apiServerRules({ addresses }: RuleContext): SecurityRule[] {
  return [
    {
      name: "AllowNodes",
      priority: 100,
      why: "Nodes and pods call the API server",
      from: addresses.nodes,
      protocol: "Tcp",
      ports: ["443", "4443"],
    },
    {
      name: "AllowNetworks",
      priority: 110,
      why: "People and pipelines in peered networks call the API server",
      from: "VirtualNetwork",
      protocol: "Tcp",
      ports: ["443"],
    },
    { ...ALLOW_PROBES, protocol: "Tcp", ports: ["9988"] },
    {
      name: "AllowItself",
      priority: 130,
      why: "The API server's instances reach one another",
      from: addresses.apiServer,
      to: addresses.apiServer,
    },
    DENY_INBOUND,
    DENY_LATERAL_MANAGEMENT,
  ];
}

/** The same with any set of services, so that a new one changes no rule. */
export function privateEndpointRules({ addresses }: RuleContext): SecurityRule[] {
  return [
    {
      name: "AllowHttps",
      priority: 100,
      why: "Registry, vault, monitor and data services over HTTPS",
      from: "VirtualNetwork",
      protocol: "Tcp",
      ports: ["443"],
    },
    {
      name: "AllowDatabases",
      priority: 110,
      why: "PostgreSQL, its connection pooler, and Redis with the ports of its shards",
      from: addresses.nodes,
      protocol: "Tcp",
      ports: ["5432", "6432", "8500-8599", "10000"],
    },
    DENY_INBOUND,
    DENY_LATERAL_MANAGEMENT,
  ];
}

/** https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure#network-security-groups */
export function applicationGatewayRules({ edge }: RuleContext): SecurityRule[] {
  return [
    {
      name: "AllowGatewayManager",
      priority: 100,
      why: "Azure operates the gateway",
      from: "GatewayManager",
      protocol: "Tcp",
      ports: ["65200-65535"],
    },
    ALLOW_PROBES,
    allowCallers(edge),
    DENY_INBOUND,
    DENY_LATERAL_MANAGEMENT,
  ];
}

export function gatewayForContainersRules({ addresses, edge }: RuleContext): SecurityRule[] {
  const { applicationGatewayForContainers: own } = addresses;
  return [
    {
      name: "AllowItself",
      priority: 100,
      why: "The gateway's instances reach one another",
      from: own,
      to: own,
    },
    ALLOW_PROBES,
    allowCallers(edge),
    DENY_INBOUND,
    DENY_LATERAL_MANAGEMENT,
  ];
}
