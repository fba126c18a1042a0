/** What the firewall lets the nodes and pods of a region reach; everything else is refused and logged. */
import type {
  DataSettings,
  EdgeSettings,
  GovernanceSettings,
  NetworkSettings,
  RolloutSettings,
} from "../../config";

/** Hosts over HTTP or HTTPS, which the firewall knows by name. */
export interface HostRule {
  readonly kind: "hosts";
  readonly name: string;
  readonly why: string;
  /** Names, whole or with `*.` in front. */
  readonly hosts?: readonly string[];
  /** A list of hosts that Azure keeps. */
  readonly fqdnTag?: "AzureKubernetesService";
  /** @default https alone */
  readonly schemes?: readonly ("Http" | "Https")[];
}

/** Anything else, by address or service tag. */
export interface PortRule {
  readonly kind: "ports";
  readonly name: string;
  readonly why: string;
  readonly protocol: "TCP" | "UDP";
  /** Service tags, such as `AzureCloud.westus2`. */
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
}

export type FirewallRule = HostRule | PortRule;

/** What a stack has that reaches out. */
export interface EgressFeatures {
  /** Azure region. */
  readonly location: string;
  /** As AKS names it: `AzureLinux3`, `Ubuntu2404`. */
  readonly nodeOs: string;
  readonly cluster: { readonly allowPublicApiServer: boolean };
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints"> & {
    readonly firewall: Pick<NetworkSettings["firewall"], "allowedFqdns">;
  };
  readonly security: { readonly defender: boolean };
  readonly edge: Pick<EdgeSettings, "regional">;
  readonly governance: Pick<GovernanceSettings, "backup">;
  readonly data: DataSettings;
  readonly api: { readonly rollout: Pick<RolloutSettings, "strategy"> };
}

/** Rules that Azure takes as one group; a group without rules does not exist. */
export interface FirewallRuleGroup {
  readonly name: string;
  /** 100 to 65000, unique by policy. */
  readonly priority: number;
  readonly rules: readonly FirewallRule[];
}

/**
 * The groups of a stack's rules, in the order in which they are written. What answers in the network through a private
 * endpoint has none, and DNS has none: the firewall itself is the nodes' DNS server.
 */
export function firewallRuleGroups(features: EgressFeatures): FirewallRuleGroup[] {
  const groups: FirewallRuleGroup[] = [
    { name: "cluster", priority: 200, rules: clusterRules(features) },
    { name: "platform", priority: 300, rules: platformRules(features) },
    { name: "services", priority: 400, rules: serviceRules(features) },
    { name: "allowed", priority: 500, rules: allowedRules(features) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

/** A rule for HTTPS. */
function hosts(name: string, why: string, ...names: readonly string[]): HostRule {
  return { kind: "hosts", name, why, hosts: names };
}

function when(condition: boolean, ...rules: readonly FirewallRule[]): readonly FirewallRule[] {
  return condition ? rules : [];
}

/** https://learn.microsoft.com/azure/aks/outbound-rules-control-egress */
function clusterRules({ location, cluster, nodeOs }: EgressFeatures): FirewallRule[] {
  return [
    {
      kind: "hosts",
      name: "aks",
      why: "What Azure says a cluster needs",
      fqdnTag: "AzureKubernetesService",
      schemes: ["Http", "Https"],
    },
    hosts(
      "images",
      "Microsoft's own images, which every node runs",
      "mcr.microsoft.com",
      "*.data.mcr.microsoft.com",
      "mcr-0001.mcr-msedge.net",
    ),
    hosts(
      "packages",
      "Kubernetes, the CNI plugins and the nodes' system packages",
      "packages.aks.azure.com",
      "acs-mirror.azureedge.net",
      "packages.microsoft.com",
    ),
    hosts(
      "identity",
      "Microsoft Entra ID and Azure Resource Manager, for the cluster and for workload identities",
      "login.microsoftonline.com",
      "management.azure.com",
    ),
    ...when(nodeOs.startsWith("Ubuntu"), ...ubuntuRules()),
    ...when(
      cluster.allowPublicApiServer,
      hosts("api-server", "A public API server", `*.hcp.${location}.azmk8s.io`),
      {
        kind: "ports",
        name: "api-server-tunnel",
        why: "The tunnel by which a public API server reaches the nodes",
        protocol: "UDP",
        destinations: [`AzureCloud.${location}`],
        ports: ["1194"],
      },
      {
        kind: "ports",
        name: "api-server-address",
        why: "Pods that talk to a public API server, which they know by its address alone",
        protocol: "TCP",
        destinations: [`AzureCloud.${location}`],
        ports: ["443"],
      },
    ),
  ];
}

function ubuntuRules(): FirewallRule[] {
  return [
    hosts("ubuntu-snapshots", "Security updates of a fixed day", "snapshot.ubuntu.com"),
    {
      ...hosts(
        "ubuntu-updates",
        "Security updates, signed and served over HTTP",
        "security.ubuntu.com",
        "azure.archive.ubuntu.com",
        "changelogs.ubuntu.com",
      ),
      schemes: ["Http"],
    },
  ];
}

/** Add-ons that the platform turns on. */
function platformRules(features: EgressFeatures): FirewallRule[] {
  const { location, network, security, edge, governance, api } = features;
  return [
    hosts(
      "policy",
      "Azure Policy's add-on fetches its rules",
      "data.policy.core.windows.net",
      "store.policy.core.windows.net",
      "dc.services.visualstudio.com",
    ),
    hosts("metrics", "Metrics of nodes and add-ons", `${location}.monitoring.azure.com`),
    ...when(
      network.allowPublicServiceEndpoints,
      hosts(
        "monitor",
        "Logs, traces and Prometheus, where Azure Monitor has no private endpoint",
        "*.ods.opinsights.azure.com",
        "*.oms.opinsights.azure.com",
        "*.in.applicationinsights.azure.com",
        "*.livediagnostics.monitor.azure.com",
        "global.handler.control.monitor.azure.com",
        `${location}.handler.control.monitor.azure.com`,
        "*.ingest.monitor.azure.com",
        "*.metrics.ingest.monitor.azure.com",
      ),
    ),
    ...when(
      security.defender,
      hosts("defender", "Microsoft Defender's sensor", "*.cloud.defender.microsoft.com"),
    ),
    ...when(
      governance.backup !== null,
      hosts(
        "extensions",
        "The backup extension, and the metrics of its agents",
        `${location}.dp.kubernetesconfiguration.azure.com`,
        "*.ingestion.msftcloudes.com",
        "*.microsoftmetrics.com",
      ),
    ),
    ...when(
      edge.regional === "applicationGatewayForContainers",
      hosts("gateway", "The controller configures its gateway", "*.trafficcontroller.azure.com"),
    ),
    ...when(
      api.rollout.strategy !== "rollingUpdate",
      // Layers come from hosts of its content network, whose number grows (https://access.redhat.com/articles/7001746).
      hosts("rollouts", "Images of Argo Rollouts and Prometheus", "quay.io", "*.quay.io"),
    ),
  ];
}

/** Services that answer on the internet by the opt-out `network.allowPublicServiceEndpoints`. */
function serviceRules({ network, data }: EgressFeatures): FirewallRule[] {
  if (!network.allowPublicServiceEndpoints) return [];
  const { cosmos, postgresql, redis } = data;
  const ports = [...(postgresql ? ["5432", "6432"] : []), ...(redis ? ["8500-8599", "10000"] : [])];
  return [
    hosts(
      "registry",
      "Images, whose layers lie in blob storage as backups and the API's blobs do",
      "*.azurecr.io",
      "*.blob.core.windows.net",
    ),
    hosts("vault", "Secrets of the Key Vault provider", "*.vault.azure.net"),
    ...when(cosmos !== null, hosts("cosmos", "Azure Cosmos DB", "*.documents.azure.com")),
    ...when(ports.length > 0, {
      kind: "ports",
      name: "databases",
      why: "PostgreSQL and Redis, whose protocols carry no host name",
      protocol: "TCP",
      destinations: ["AzureCloud"],
      ports,
    }),
  ];
}

function allowedRules({ network: { firewall } }: EgressFeatures): FirewallRule[] {
  const names = [...new Set(firewall.allowedFqdns)].sort();
  return names.length > 0 ? [hosts("allowed", "Hosts that the stack names", ...names)] : [];
}
