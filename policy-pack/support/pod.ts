import type { ResourceValidationArgs } from "@pulumi/policy";
import type { core } from "@pulumi/kubernetes/types/output";

/** What a program may leave out, null included: YAML and chart templates leave nulls behind. */
type Sparse<T> = T extends readonly (infer E)[]
  ? readonly Sparse<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: Sparse<T[K]> | null }
    : T;

export type PodSpec = Sparse<core.v1.PodSpec>;
export type Container = Sparse<core.v1.Container>;

/** A pod, or the template from which a workload makes its pods. */
export interface Pod {
  readonly spec: PodSpec;
  /** Where `spec` lies in the resource, such as `spec.template.spec`. */
  readonly path: string;
  /** True for a `...Patch` resource: what it leaves out keeps the value that the cluster has. */
  readonly isPatch: boolean;
}

const IN_SPEC = ["spec", "template"];

/** Where the kinds that make pods (`<group>/<kind>`, in any version) keep the pod template. */
const POD_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  "core/Pod": [],
  "core/PodTemplate": ["template"],
  "core/ReplicationController": IN_SPEC,
  "apps/Deployment": IN_SPEC,
  "apps/StatefulSet": IN_SPEC,
  "apps/DaemonSet": IN_SPEC,
  "apps/ReplicaSet": IN_SPEC,
  "batch/Job": IN_SPEC,
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
  "argoproj.io/Rollout": IN_SPEC,
  "keda.sh/ScaledJob": ["spec", "jobTargetRef", "template"],
};

/**
 * The pod of a Kubernetes resource; undefined where the kind makes no pods or the resource carries no pod spec
 * (a Rollout may point to a Deployment's). Touches nothing beside the path to the spec.
 */
export function podOf({ type, props }: Pick<ResourceValidationArgs, "type" | "props">): Pod | undefined {
  const [, group, kind, patch] = /^kubernetes:([^:/]+)\/[^:/]+:(\w+?)(Patch)?$/.exec(type) ?? [];
  const template = POD_TEMPLATES[`${group ?? ""}/${kind ?? ""}`];
  if (!template) return undefined;
  const path = [...template, "spec"];
  const spec = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), props);
  return isObject(spec) ? { spec, path: path.join("."), isPatch: patch !== undefined } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
