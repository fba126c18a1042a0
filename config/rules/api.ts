import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import type { Rule } from "./rule";

/** Replicas, resources and rollouts of the API. */
export const apiRules: readonly Rule[] = [checkApi, checkCanary];

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

/** Pods of which one is the first weight of a canary, 10 %. */
const CANARY_REPLICAS = 10;

/** Nothing divides requests between the versions but the number of their pods. */
function checkCanary({ api: { rollout, replicas, autoscaling } }: Settings): ConfigProblem[] {
  const [setting, fewest] = autoscaling
    ? ["autoscaling.minReplicas", autoscaling.minReplicas]
    : ["replicas", replicas];
  if (rollout.strategy !== "canary" || fewest >= CANARY_REPLICAS) return [];
  return [
    {
      path: "api.rollout.strategy",
      got: `canary with api.${setting} ${fewest}`,
      allowed:
        `canary with at least ${CANARY_REPLICAS} replicas: a canary's share of the requests is its share of the pods, so that ` +
        `one of ${fewest} would get ${Math.round(100 / fewest)} % where the first step is 10 %`,
      fix: `set api.${setting} to ${CANARY_REPLICAS}, or api.rollout.strategy to blueGreen or rollingUpdate`,
    },
  ];
}
