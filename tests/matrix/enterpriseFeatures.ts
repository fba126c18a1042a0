/** What an enterprise platform can do without for a while: each goes by itself, and comes back. */
import { type Change, setting } from "./changes";

export interface EnterpriseFeature {
  readonly name: string;
  readonly off: Change;
  /** Resources that the feature is made of. @default none: it is a setting of what stays */
  readonly owns?: RegExp;
  /** Resources that tell of it. @default none */
  readonly touches?: RegExp;
}

/** Its coming is one of the edits; it goes with the features, and stays away. */
export const SECOND_REGION = {
  name: "the second region",
  off: setting(["regions"], ["westus2"]),
  owns: /eastus2|eus2/,
} as const satisfies EnterpriseFeature;

const CLUSTER = /^westus2-platform-aks$/;
/** What tells the API, its pods and its network of the services that it reaches. */
const API = /^westus2-api-service-(deployment|flows)$/;

/** Features that are taken away all at once, and come back. */
export const FEATURES: readonly EnterpriseFeature[] = [
  SECOND_REGION,
  { name: "deletion locks", off: setting(["security", "deletionLocks"], false), owns: /-locks-/ },
  { name: "the budget", off: setting(["governance", "budget"], null), owns: /^governance-budget/ },
  { name: "backup", off: setting(["governance", "backup"], null), owns: /backup|snapshots|^bkwus2/ },
  { name: "Grafana", off: setting(["observability", "managedGrafana"], false), owns: /^grafana-/ },
  {
    name: "Defender",
    off: setting(["security", "defender"], false),
    touches: /^westus2-(platform-aks|network-hub-firewall-rules-platform)$/,
  },
  {
    name: "Container Insights",
    off: setting(["observability", "containerInsights"], false),
    owns: /-monitoring-insights(-|$)/,
    touches: CLUSTER,
  },
  { name: "cost analysis", off: setting(["cluster", "costAnalysis"], false), touches: CLUSTER },
  {
    name: "network observability",
    off: setting(["cluster", "advancedNetworking"], false),
    touches: CLUSTER,
  },
  { name: "Bastion", off: setting(["network", "bastion"], "none"), owns: /-hub-bastion/ },
  {
    name: "the VPN gateway",
    off: setting(["network", "vpnGateway"], "none"),
    owns: /-hub-(vpn|gateway-subnet)/,
    touches: /-network-peering-to-(hub|spoke)$/,
  },
  { name: "flow logs", off: setting(["network", "flowLogRetentionDays"], 0), owns: /-flow-logs/ },
  {
    name: "Front Door",
    off: setting(["edge", "global"], "none"),
    owns: /^edge-front-door|^routing-/,
    // Who may call the region's gateway.
    touches: /^westus2-(network-application-gateway-nsg|api-entrance-gateway-waf)$/,
  },
  {
    name: "Cosmos DB",
    off: setting(["data", "cosmos"], null),
    owns: /cosmos|documents/,
    touches: API,
  },
  { name: "Redis", off: setting(["data", "redis"], null), owns: /redis/, touches: API },
  { name: "PostgreSQL", off: setting(["data", "postgresql"], null), owns: /postgres/, touches: API },
  {
    name: "blob storage",
    off: setting(["data", "storage"], null),
    owns: /^data-storage|api-storage|-blob/,
    touches: API,
  },
];
