/** Names that Azure limits or reserves. */
import type { ConfigProblem } from "../errors";
import { NAME_LIMITS, Names } from "../naming";
import { REGIONS } from "../regions";
import type { Settings } from "../schema";
import type { Rule } from "./rule";

export const nameRules: readonly Rule[] = [checkLengths, checkReservedWords];

/** Names of the region with the longest code; those that are cut to size need no check. */
function checkLengths({ naming, regions }: Settings): ConfigProblem[] {
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

/**
 * Words that Azure accepts nowhere in the name of a resource with a public endpoint, and one that no such name may begin
 * with (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name). Some names
 * have the parts without dashes between them.
 */
const RESERVED = [/microsoft/, /windows/, /xbox/, /^login/];

function checkReservedWords({ naming }: Settings): ConfigProblem[] {
  const { prefix, project, environment } = naming;
  const joined = `${prefix}${project}${environment}`;
  return RESERVED.flatMap((word) => {
    const [found] = word.exec(joined) ?? [];
    if (found === undefined) return [];
    return [
      {
        path: "naming",
        got: `${prefix}-${project}-${environment}`,
        allowed: `parts that, written together, do not ${word.source.startsWith("^") ? "begin with" : "contain"} ${found}: Azure reserves the word in public names`,
        fix: "choose another naming.prefix, naming.project or naming.environment",
      },
    ];
  });
}
