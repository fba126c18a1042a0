/** Pod Security admission: the level that a namespace's labels ask for, applied to a pod. */
import type { KubeObject, PodSpec } from "../types";
import { BASELINE } from "./baseline";
import type { PodCheck, Violation } from "./checks";
import { RESTRICTED } from "./restricted";

const LEVELS: Readonly<Record<string, readonly PodCheck[]>> = {
  privileged: [],
  baseline: BASELINE,
  restricted: RESTRICTED,
};

export type PodSecurityMode = "enforce" | "audit" | "warn";

/**
 * Why a pod may not run in a namespace, in the API server's words, or undefined where it may.
 * A level that does not exist counts as `restricted`, as it does there.
 */
export function podSecurityViolation(
  namespace: KubeObject | undefined,
  mode: PodSecurityMode,
  spec: PodSpec,
): string | undefined {
  const labels = namespace?.metadata.labels ?? {};
  const level = labels[`pod-security.kubernetes.io/${mode}`];
  if (level === undefined) return undefined;
  const known = level in LEVELS ? level : "restricted";
  const violations = (LEVELS[known] ?? RESTRICTED)
    .map((check) => check(spec))
    .filter((violation): violation is Violation => violation !== undefined);
  if (violations.length === 0) return undefined;
  const version = labels[`pod-security.kubernetes.io/${mode}-version`] ?? "latest";
  const list = violations.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");
  return `violate${mode === "enforce" ? "s" : ""} PodSecurity "${known}:${version}": ${list}`;
}
