/** May the pods of a Deployment be made in its namespace, and is there a node for them? */
import { limitViolations, withLimitDefaults } from "../admission/limitRange";
import { podSecurityViolation } from "../admission/podSecurity";
import { quotaViolation, type PodCount } from "../admission/quota";
import { unschedulable } from "../cluster/nodes";
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import type { Deployment, LimitRange, PodSpec, ResourceQuota } from "../types";
import type { PodProblem } from "./problems";
import { listWorkloads } from "./workloads";

export interface AdmittedPods {
  /** The template's pod with the defaults of the namespace. */
  readonly spec: PodSpec;
  readonly problem?: PodProblem;
}

/**
 * @param replicas pods that must run at the same time: with the surge where no old pod may go before a new one
 * is ready.
 */
export async function admitPods(
  context: ClusterContext,
  deployment: Deployment,
  replicas: number,
): Promise<AdmittedPods> {
  const { api, cluster } = context;
  const { namespace = "default", name } = deployment.metadata;
  const { template } = deployment.spec;
  const ranges = (await api.list(kindNamed("v1", "LimitRange"), namespace)) as LimitRange[];
  const spec = withLimitDefaults(template.spec, ranges);
  const refused = (reason: string): AdmittedPods => ({
    spec,
    problem: { reason: "FailedCreate", message: `Error creating: pods "${name}-" is forbidden: ${reason}` },
  });

  const account = spec.serviceAccountName ?? "default";
  if (!(await hasAccount(context, namespace, account))) {
    return refused(
      `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
    );
  }
  const limits = limitViolations(spec, ranges);
  if (limits.length > 0) return refused(limits.length === 1 ? limits.join() : `[${limits.join(", ")}]`);
  const security = podSecurityViolation(
    await api.get({ kind: kindNamed("v1", "Namespace"), name: namespace }),
    "enforce",
    spec,
  );
  if (security !== undefined) return refused(security);

  const others = await otherPods(context, deployment);
  const quotas = (await api.list(kindNamed("v1", "ResourceQuota"), namespace)) as ResourceQuota[];
  const wanted = { spec, count: replicas };
  const here = others.filter((pods) => pods.namespace === namespace);
  const quota = quotaViolation(quotas, wanted, here);
  if (quota !== undefined) return refused(quota);

  const unplaced = unschedulable(cluster, [...others, wanted]);
  if (unplaced === undefined) return { spec };
  return { spec, problem: { reason: "Unschedulable", message: `Pod ${namespace}/${name}: ${unplaced}` } };
}

/** Every namespace has an account `default`, which a controller makes. */
async function hasAccount({ api }: ClusterContext, namespace: string, name: string): Promise<boolean> {
  if (name === "default") return true;
  return (await api.get({ kind: kindNamed("v1", "ServiceAccount"), namespace, name })) !== undefined;
}

/** Pods of the other workloads: those made before, and those made later that run already. */
async function otherPods(
  { api }: ClusterContext,
  deployment: Deployment,
): Promise<(PodCount & { readonly namespace: string })[]> {
  const all = await listWorkloads(api);
  const own = all.findIndex(({ metadata }) => metadata.uid === deployment.metadata.uid);
  return all
    .filter((other, index) => index !== own && (index < own || (other.status?.readyReplicas ?? 0) > 0))
    .map(({ metadata, spec }) => ({
      namespace: metadata.namespace ?? "default",
      spec: spec.template.spec,
      count: spec.replicas ?? 1,
    }));
}
