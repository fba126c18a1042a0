/** Labels and taints of node pools, as Kubernetes and AKS take them. */
import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import type { Rule } from "./rule";

export const labelRules: readonly Rule[] = [checkReservedLabels, checkLabelSyntax, checkTaintSyntax];

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const KEY_SYNTAX =
  "a name of 1 to 63 letters, digits, dashes, underscores and dots, which begins and ends with a letter or digit, " +
  "optionally behind a DNS name and a slash";
const VALUE_SYNTAX =
  "at most 63 letters, digits, dashes, underscores and dots, which begin and end with a letter or digit";

/** https://learn.microsoft.com/azure/aks/use-labels#reserved-system-labels */
function checkReservedLabels({ cluster }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap((pool, index) =>
    Object.keys(pool.labels)
      .filter((label) => /^(kubernetes\.azure\.com|kubernetes\.io)\//.test(label))
      .map((label) => ({
        path: `cluster.nodePools[${index}].labels`,
        got: label,
        allowed: "labels without the prefixes kubernetes.azure.com/ and kubernetes.io/, which AKS keeps",
        fix: "use your own prefix, or none",
      })),
  );
}

function checkLabelSyntax({ cluster }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap((pool, index) =>
    Object.entries(pool.labels).flatMap(([key, value]) =>
      syntaxProblems(`cluster.nodePools[${index}].labels`, key, value),
    ),
  );
}

function checkTaintSyntax({ cluster }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap((pool, index) =>
    pool.taints.flatMap((taint, place) => {
      const [, key = "", value = ""] = /^([^=]*)=(.*):[A-Za-z]+$/.exec(taint) ?? [];
      return syntaxProblems(`cluster.nodePools[${index}].taints[${place}]`, key, value);
    }),
  );
}

function syntaxProblems(path: string, key: string, value: string): ConfigProblem[] {
  const fix = "correct it: Kubernetes refuses nodes with it, and the pool never gets any";
  if (!isKey(key)) return [{ path, got: `key "${key}"`, allowed: KEY_SYNTAX, fix }];
  if (value !== "" && !NAME.test(value)) {
    return [{ path, got: `value "${value}" of ${key}`, allowed: VALUE_SYNTAX, fix }];
  }
  return [];
}

function isKey(key: string): boolean {
  const [first = "", second, ...rest] = key.split("/");
  if (rest.length > 0) return false;
  return second === undefined ? NAME.test(first) : PREFIX.test(first) && NAME.test(second);
}
