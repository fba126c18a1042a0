import type { ResourceValidationPolicy } from "@pulumi/policy";

import { deployment, registry } from "./fixtures";

/** One value put into the compliant fixture (undefined removes it), and the paths that the policy then names. */
export interface Edit {
  readonly path: string;
  readonly value: unknown;
  /** @default [path] */
  readonly names?: readonly string[];
}

export interface PolicyCase {
  readonly policy: ResourceValidationPolicy;
  readonly type: string;
  readonly compliant: object;
  /** Each of these is refused. */
  readonly broken: readonly Edit[];
  /** Each of these is accepted. */
  readonly accepted: readonly Edit[];
  /** The policy cannot be judged while this is unknown. */
  readonly unknown: Edit;
}

export const POD = "spec.template.spec";
export const MAIN = `${POD}.containers[0]`;
const DEBUG = `${POD}.ephemeralContainers[0]`;
/** Every container of the fixture. */
const ALL = [MAIN, `${POD}.initContainers[0]`, `${POD}.initContainers[1]`, DEBUG];

export const onRegistry = { type: "azure-native:containerregistry:Registry", compliant: registry };
export const onPod = { type: "kubernetes:apps/v1:Deployment", compliant: deployment };

export function edit(path: string, value: unknown, names?: readonly string[]): Edit {
  return names ? { path, value, names } : { path, value };
}

/** The same edit of every container; the policy names each by itself. */
export function everywhere(path: string, value: unknown): Edit[] {
  return ALL.map((container) => edit(`${container}.${path}`, value));
}

export const inherited = (path: string): string[] => ALL.map((container) => `${container}.${path}`);
