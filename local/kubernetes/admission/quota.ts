/** ResourceQuota admission: what a namespace uses and may use. */
import { exceeds, formatQuantity, quantity } from "../quantity";
import type { PodSpec, ResourceQuota } from "../types";
import { quotaAmounts } from "./resources";

/** A pod template and how many pods of it there are. */
export interface PodCount {
  readonly spec: PodSpec;
  readonly count: number;
}

/**
 * Why the quotas of a namespace refuse pods of a template.
 * @param others pods that are there already.
 * @returns the API server's words for the first pod that does not fit, or undefined.
 */
export function quotaViolation(
  quotas: readonly ResourceQuota[],
  wanted: PodCount,
  others: readonly PodCount[],
): string | undefined {
  for (const quota of quotas) {
    const hard = Object.entries(quota.spec?.hard ?? {});
    const violation = missingResources(quota, hard, wanted.spec) ?? exceeded(quota, hard, wanted, others);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

/** A quota on a resource makes every container name it. */
function missingResources(
  quota: ResourceQuota,
  hard: readonly (readonly [string, string])[],
  spec: PodSpec,
): string | undefined {
  const missing = hard
    .map(([name]) => name)
    .filter((name) => /^(requests\.|limits\.)?(cpu|memory)$/.test(name))
    .flatMap((name) => {
      const [which, resource] = name.startsWith("limits.")
        ? (["limits", name.slice(7)] as const)
        : (["requests", name.replace("requests.", "")] as const);
      const silent = spec.containers.filter(({ resources }) => {
        const given =
          which === "limits" ? resources?.limits : { ...resources?.limits, ...resources?.requests };
        return given?.[resource] === undefined;
      });
      return silent.length === 0
        ? []
        : [`${name} for: ${silent.map((container) => container.name).join(",")}`];
    });
  if (missing.length === 0) return undefined;
  return `failed quota: ${quota.metadata.name}: must specify ${missing.join("; ")}`;
}

function exceeded(
  quota: ResourceQuota,
  hard: readonly (readonly [string, string])[],
  wanted: PodCount,
  others: readonly PodCount[],
): string | undefined {
  const each = quotaAmounts(wanted.spec);
  const over = hard.flatMap(([name, limit]) => {
    const request = each[name];
    if (request === undefined) return [];
    let used = others.reduce((sum, { spec, count }) => sum + (quotaAmounts(spec)[name] ?? 0) * count, 0);
    if (!exceeds(used + request * wanted.count, quantity(limit))) return [];
    // Pods come one by one: those that fit are counted before the first that does not.
    while (!exceeds(used + request, quantity(limit))) used += request;
    return [{ name, request, used, limit }];
  });
  if (over.length === 0) return undefined;
  const list = (value: (entry: (typeof over)[number]) => string): string =>
    over.map((entry) => `${entry.name}=${value(entry)}`).join(",");
  return (
    `exceeded quota: ${quota.metadata.name}, ` +
    `requested: ${list(({ name, request }) => formatQuantity(name, request))}, ` +
    `used: ${list(({ name, used }) => formatQuantity(name, used))}, ` +
    `limited: ${list(({ limit }) => limit)}`
  );
}
