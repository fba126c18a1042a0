import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { supportedKubernetesVersions } from "../versions";
import { accessRules } from "./access";
import { apiRules } from "./api";
import { availabilityRules } from "./availability";
import { dataRules } from "./data";
import { governanceRules } from "./governance";
import { nameRules } from "./names";
import { networkRules } from "./network";
import { poolRules } from "./pools";
import type { Rule } from "./rule";
import { serviceRules } from "./services";
import { checkTags } from "./tags";
import { vmSizeRules } from "./vmSizes";

/** In the order in which their problems are told. */
export const RULES: readonly Rule[] = [
  checkKubernetesVersion,
  ...nameRules,
  checkTags,
  ...networkRules,
  ...poolRules,
  ...vmSizeRules,
  ...availabilityRules,
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
  const supported = supportedKubernetesVersions(today, cluster.tier === "Premium");
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
