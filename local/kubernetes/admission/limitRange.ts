/** LimitRange admission: defaults for containers that are silent, refusal of those out of bounds. */
import { exceeds, formatQuantity, quantity } from "../quantity";
import type { Container, LimitRange, PodSpec, Quantities } from "../types";
import { podAmounts, requestsOf } from "./resources";

type Limit = NonNullable<LimitRange["spec"]>["limits"][number];

/** The pod with the defaults of every range filled in. */
export function withLimitDefaults(spec: PodSpec, ranges: readonly LimitRange[]): PodSpec {
  const limits = limitsOf(ranges, "Container");
  const fill = (container: Container): Container => ({
    ...container,
    resources: defaulted(container, limits),
  });
  return {
    ...spec,
    containers: spec.containers.map(fill),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(fill) }),
  };
}

function defaulted(container: Container, limits: readonly Limit[]): NonNullable<Container["resources"]> {
  let given = container.resources ?? {};
  for (const limit of limits) {
    // An explicit limit without a request is the request too: a range's default does not come between.
    const requests = { ...limit.defaultRequest, ...given.limits, ...given.requests };
    given = { ...given, requests, limits: { ...limit.default, ...given.limits } };
  }
  return given;
}

/** Why the ranges refuse the pod (defaults filled in before); none where they do not. */
export function limitViolations(spec: PodSpec, ranges: readonly LimitRange[]): string[] {
  const found: string[] = [];
  for (const limit of limitsOf(ranges, "Container")) {
    for (const container of spec.containers) {
      found.push(
        ...outOfBounds("Container", limit, requestsOf(container), container.resources?.limits ?? {}),
      );
    }
  }
  for (const limit of limitsOf(ranges, "Pod")) {
    const text = (amounts: Readonly<Record<string, number>>): Quantities =>
      Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, formatQuantity(name, value)]));
    const requests = text(podAmounts(spec, "requests"));
    found.push(...outOfBounds("Pod", limit, requests, text(podAmounts(spec, "limits"))));
  }
  return found;
}

function outOfBounds(type: string, limit: Limit, requests: Quantities, limits: Quantities): string[] {
  const found: string[] = [];
  for (const [name, least] of Object.entries(limit.min ?? {})) {
    const request = requests[name];
    if (request === undefined)
      found.push(`minimum ${name} usage per ${type} is ${least}. No request is specified`);
    else if (exceeds(quantity(least), quantity(request))) {
      found.push(`minimum ${name} usage per ${type} is ${least}, but request is ${request}`);
    }
  }
  for (const [name, most] of Object.entries(limit.max ?? {})) {
    const given = limits[name];
    if (given === undefined)
      found.push(`maximum ${name} usage per ${type} is ${most}. No limit is specified`);
    else if (exceeds(quantity(given), quantity(most))) {
      found.push(`maximum ${name} usage per ${type} is ${most}, but limit is ${given}`);
    }
  }
  for (const [name, ratio] of Object.entries(limit.maxLimitRequestRatio ?? {})) {
    const [request, most] = [requests[name], limits[name]];
    if (request === undefined || most === undefined) continue;
    const actual = quantity(most) / quantity(request);
    if (exceeds(actual, quantity(ratio))) {
      found.push(
        `${name} max limit to request ratio per ${type} is ${ratio}, but provided ratio is ${actual.toFixed(6)}`,
      );
    }
  }
  return found;
}

function limitsOf(ranges: readonly LimitRange[], type: string): Limit[] {
  return ranges.flatMap((range) => range.spec?.limits ?? []).filter((limit) => limit.type === type);
}
