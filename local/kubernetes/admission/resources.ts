/** What a pod asks for and may use: the sums that quotas, limit ranges and the scheduler count. */
import { quantity } from "../quantity";
import type { Container, PodSpec } from "../types";

export type Amounts = Readonly<Record<string, number>>;

/** Requests default to limits where only a limit is given. */
export function requestsOf(container: Container): Readonly<Record<string, string>> {
  return { ...container.resources?.limits, ...container.resources?.requests };
}

/**
 * The amounts of a whole pod: the sum of its containers, or its greediest init container where that is more
 * (https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers).
 */
export function podAmounts(spec: PodSpec, which: "requests" | "limits"): Amounts {
  const of = (container: Container): Readonly<Record<string, string>> =>
    which === "requests" ? requestsOf(container) : (container.resources?.limits ?? {});
  const total: Record<string, number> = {};
  for (const container of spec.containers) {
    for (const [name, text] of Object.entries(of(container)))
      total[name] = (total[name] ?? 0) + quantity(text);
  }
  for (const container of spec.initContainers ?? []) {
    for (const [name, text] of Object.entries(of(container))) {
      total[name] = Math.max(total[name] ?? 0, quantity(text));
    }
  }
  return total;
}

/** What one pod takes from a ResourceQuota, in the quota's own names. */
export function quotaAmounts(spec: PodSpec): Amounts {
  const amounts: Record<string, number> = { pods: 1, "count/pods": 1 };
  for (const [name, value] of Object.entries(podAmounts(spec, "requests"))) {
    amounts[`requests.${name}`] = value;
    amounts[name] = value;
  }
  for (const [name, value] of Object.entries(podAmounts(spec, "limits"))) amounts[`limits.${name}`] = value;
  return amounts;
}
