import { overlap, parseCidr } from "./cidr";
import type { ConfigProblem } from "./errors";
import { NAME_LIMITS, Names } from "./naming";
import { checkPools, checkSpotPools, checkSystemPools } from "./poolChecks";
import type { Settings } from "./schema";
import { supportedKubernetesVersions } from "./versions";

/** The VNet that AKS makes for a cluster without one of its own (https://learn.microsoft.com/azure/aks/azure-cni-overlay). */
const AKS_MANAGED_VNET = "10.224.0.0/12";

type Check = (settings: Settings, today: Date) => ConfigProblem[];

/** What no single value can tell: rules over several settings. Each states both values and the fix. */
const CHECKS: readonly Check[] = [
  checkKubernetesVersion,
  checkNames,
  checkNetworks,
  checkApiServer,
  checkPools,
  checkSpotPools,
  checkSystemPools,
  checkRegistry,
  checkApi,
  checkDelivery,
];

/** All problems of the settings, in the order of the configuration. */
export function crossCheck(settings: Settings, today: Date): ConfigProblem[] {
  return CHECKS.flatMap((check) => check(settings, today));
}

function checkKubernetesVersion({ cluster }: Settings, today: Date): ConfigProblem[] {
  const supported = supportedKubernetesVersions(today);
  if (supported.includes(cluster.kubernetesVersion)) return [];
  return [
    {
      path: "cluster.kubernetesVersion",
      got: cluster.kubernetesVersion,
      allowed: `a minor version that AKS supports today: ${supported.join(", ")}`,
      fix: `set it to "${supported.at(-1) ?? ""}" (AKS moves a cluster one minor at a time)`,
    },
  ];
}

function checkNames({ naming, observability }: Settings): ConfigProblem[] {
  const names = new Names(naming);
  const lengths: readonly [string, number, number][] = [
    ["container registry", names.globalLength("acr"), NAME_LIMITS.registry],
    ["node resource group", names.of("aks-nodes-rg").length, NAME_LIMITS.nodeResourceGroup],
    ["managed cluster", names.of("aks").length, NAME_LIMITS.managedCluster],
    ["data collection rule", names.of("prometheus").length, NAME_LIMITS.dataCollection],
    ...(observability.managedGrafana ? [grafanaLength(names)] : []),
  ];
  return lengths
    .filter(([, length, limit]) => length > limit)
    .map(([resource, length, limit]) => ({
      path: "naming",
      got: `${naming.prefix}-${naming.project}-${naming.environment}`,
      allowed: `parts that give the ${resource} at most ${limit} characters, not ${length}`,
      fix: `shorten naming.prefix, naming.project or naming.environment by ${length - limit} characters`,
    }));
}

function grafanaLength(names: Names): [string, number, number] {
  return ["Managed Grafana", names.globalLength("amg"), NAME_LIMITS.grafana];
}

function checkNetworks({ cluster }: Settings): ConfigProblem[] {
  const networks: readonly [string, string][] = [
    ["cluster.podCidr", cluster.podCidr],
    ["cluster.serviceCidr", cluster.serviceCidr],
    ["the nodes' virtual network", AKS_MANAGED_VNET],
  ];
  const problems: ConfigProblem[] = networks.flatMap(([path, cidr], index) =>
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
  if (parseCidr(cluster.serviceCidr).prefixLength <= 12) {
    problems.push({
      path: "cluster.serviceCidr",
      got: cluster.serviceCidr,
      allowed: "a network smaller than /12 (AKS)",
      fix: "use 172.16.0.0/16",
    });
  }
  const nodes = cluster.nodePools.reduce((sum, pool) => sum + pool.maxCount, 0);
  const podNetworks = 2 ** Math.max(0, 24 - parseCidr(cluster.podCidr).prefixLength);
  if (nodes > podNetworks) {
    problems.push({
      path: "cluster.podCidr",
      got: cluster.podCidr,
      allowed: `room for ${nodes} nodes: Azure CNI overlay gives each node a /24, and this network holds ${podNetworks}`,
      fix: "use a larger network or lower the pools' maxCount",
    });
  }
  return problems;
}

function checkApiServer({ cluster }: Settings): ConfigProblem[] {
  if (cluster.allowPublicApiServer) return [];
  return [
    {
      path: "cluster.allowPublicApiServer",
      got: false,
      allowed:
        "true: a private API server needs a network of the platform's own and a way in for the deployer",
      fix: "set it to true and limit the callers with cluster.authorizedIpRanges",
    },
  ];
}

function checkRegistry({ registry }: Settings): ConfigProblem[] {
  if (registry.untaggedRetentionDays === 0 || registry.sku === "Premium") return [];
  return [
    {
      path: "registry.untaggedRetentionDays",
      got: registry.untaggedRetentionDays,
      allowed: `0 with registry.sku ${registry.sku}: only Premium removes untagged images`,
      fix: 'set it to 0, or registry.sku to "Premium"',
    },
  ];
}

function checkApi({ api }: Settings): ConfigProblem[] {
  const { autoscaling, resources } = api;
  const problems: ConfigProblem[] = [];
  const refuse = (path: string, got: unknown, allowed: string, fix: string): void => {
    problems.push({ path: `api.${path}`, got, allowed, fix });
  };
  if (autoscaling && autoscaling.minReplicas < 2) {
    refuse(
      "autoscaling.minReplicas",
      autoscaling.minReplicas,
      "at least 2: the disruption budget lets one pod go at a time, and another must serve meanwhile",
      "set it to 2",
    );
  }
  if (autoscaling && autoscaling.minReplicas > autoscaling.maxReplicas) {
    const { minReplicas, maxReplicas } = autoscaling;
    refuse(
      "autoscaling.minReplicas",
      minReplicas,
      `at most maxReplicas (${maxReplicas})`,
      "lower it, or raise maxReplicas",
    );
  }
  const bounded = [
    ["cpuRequestMillicores", resources.cpuLimitMillicores],
    ["memoryRequestMib", resources.memoryLimitMib],
  ] as const;
  for (const [request, limit] of bounded) {
    if (resources[request] <= limit) continue;
    refuse(`resources.${request}`, resources[request], `at most the limit (${limit})`, "lower it");
  }
  return problems;
}

function checkDelivery({ delivery, access }: Settings): ConfigProblem[] {
  if (!delivery.github || access.clusterAdmins.length > 0) return [];
  return [
    {
      path: "access.clusterAdmins",
      got: access.clusterAdmins,
      allowed:
        "at least one administrator where delivery.github is set: otherwise whoever deploys last, a person or the " +
        "workflow, takes the cluster from the other",
      fix: "name a group that holds the people and the workflow's principal",
    },
  ];
}
