import type { ConfigProblem } from "../errors";
import { NAME_LIMITS, Names } from "../naming";
import { REGIONS } from "../regions";
import type { Settings } from "../schema";
import { supportedKubernetesVersions } from "../versions";
import { accessRules } from "./access";
import { apiRules } from "./api";
import { dataRules } from "./data";
import { governanceRules } from "./governance";
import { networkRules } from "./network";
import { poolRules } from "./pools";
import type { Rule } from "./rule";
import { serviceRules } from "./services";
import { checkTags } from "./tags";

/** In the order in which their problems are told. */
export const RULES: readonly Rule[] = [
  checkKubernetesVersion,
  checkNames,
  checkTags,
  ...networkRules,
  ...poolRules,
  ...serviceRules,
  ...dataRules,
  ...accessRules,
  ...apiRules,
  ...governanceRules,
];

/** All problems of the settings, in the order of the configuration. */
export function crossCheck(settings: Settings, today: Date): ConfigProblem[] {
  return RULES.flatMap((rule) => rule(settings, today));
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

/** Names that Azure limits, of the region with the longest code; those that are cut to size need no check. */
function checkNames({ naming, regions }: Settings): ConfigProblem[] {
  const codes = regions.map((region) => REGIONS[region]?.code ?? "");
  const longest = codes.reduce((longer, code) => (code.length > longer.length ? code : longer), "");
  const names = new Names(naming).in(longest);
  const lengths: readonly [string, string, number][] = [
    ["node resource group", "aks-nodes-rg", NAME_LIMITS.nodeResourceGroup],
    ["managed cluster", "aks", NAME_LIMITS.managedCluster],
    ["data collection rule", "prometheus", NAME_LIMITS.dataCollection],
  ];
  return lengths
    .map(([resource, name, limit]) => ({ resource, excess: names.of(name).length - limit, limit }))
    .filter(({ excess }) => excess > 0)
    .map(({ resource, excess, limit }) => ({
      path: "naming",
      got: `${naming.prefix}-${naming.project}-${naming.environment}`,
      allowed: `parts that give the ${resource} at most ${limit} characters, not ${limit + excess}`,
      fix: `shorten naming.prefix, naming.project or naming.environment by ${excess} characters`,
    }));
}
