/** What the Pod Security checks share: which containers break a rule, and how the API server says so. */
import type { Container, Handler, PodSpec, SecurityContext } from "../types";

/** A broken rule: what is forbidden, and where. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One check of the standard. @returns undefined where the pod passes. */
export type PodCheck = (spec: PodSpec) => Violation | undefined;

export function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

/** Probes and hooks of a container. */
export function handlersOf(container: Container): Handler[] {
  const { startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
  return [startupProbe, readinessProbe, livenessProbe, lifecycle?.preStop, lifecycle?.postStart].filter(
    (handler) => handler !== undefined,
  );
}

/** Whether the pod's users are others than the node's: what they may do harms nobody else. */
export function hasOwnUsers({ hostUsers }: PodSpec): boolean {
  return hostUsers === false;
}

/** Fields of Linux' security do not exist for Windows, and are not asked for. */
export function unlessWindows(check: PodCheck): PodCheck {
  return (spec) => (spec.os?.name === "windows" ? undefined : check(spec));
}

export function contextOf(container: Container): SecurityContext {
  return container.securityContext ?? {};
}

/** `container "a"`, or `containers "a", "b"`. */
export function containersNamed(names: readonly string[]): string {
  return `container${names.length === 1 ? "" : "s"} ${quoted(names)}`;
}

export function quoted(texts: Iterable<string>): string {
  return [...texts].map((text) => `"${text}"`).join(", ");
}

/** A check of each container alone. */
export function containerCheck(
  reason: string,
  breaks: (context: SecurityContext) => boolean,
  must: string,
): PodCheck {
  return (spec) => {
    const names = allContainers(spec).filter((container) => breaks(contextOf(container)));
    if (names.length === 0) return undefined;
    return { reason, detail: `${containersNamed(names.map(({ name }) => name))} ${must}` };
  };
}

/** A check of a value that the pod and each container can set. */
export function anyContextCheck(
  reason: string,
  bad: (context: SecurityContext) => readonly string[],
  must: (values: readonly string[]) => string,
): PodCheck {
  return (spec) => {
    const values = new Set<string>();
    const places: string[] = [];
    const podValue = bad(spec.securityContext ?? {});
    for (const value of podValue) values.add(value);
    if (podValue.length > 0) places.push("pod");
    const names = allContainers(spec).filter((container) => {
      const found = bad(contextOf(container));
      for (const value of found) values.add(value);
      return found.length > 0;
    });
    if (names.length > 0) places.push(containersNamed(names.map(({ name }) => name)));
    if (places.length === 0) return undefined;
    return { reason, detail: `${places.join(" and ")} ${must([...values].sort())}` };
  };
}
