/** The small controllers: autoscalers keep replicas in their range, budgets say what may be disrupted. */
import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import { specOf, type Deployment, type KubeObject, type LabelSelector } from "../types";
import type { JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import { selects } from "../validation/selectors";
import { asWorkload, listWorkloads, workloadKind } from "./workloads";

const AUTOSCALER = kindNamed("autoscaling/v2", "HorizontalPodAutoscaler");
const BUDGET = kindNamed("policy/v1", "PodDisruptionBudget");

/** The workload with the replicas that its autoscaler, if it has one, asks for; changed in the API too. */
export async function applyAutoscaler(context: ClusterContext, workload: Deployment): Promise<Deployment> {
  const { namespace = "default", name } = workload.metadata;
  for (const autoscaler of await context.api.list(AUTOSCALER, namespace)) {
    const spec = specOf(autoscaler);
    const target = spec["scaleTargetRef"];
    if (!isObject(target) || target["kind"] !== workload.kind || target["name"] !== name) continue;
    const wanted = clamp(workload.spec.replicas ?? 1, spec);
    const status = { currentReplicas: wanted, desiredReplicas: wanted, conditions: [] };
    await context.api.setStatus(nameOf(AUTOSCALER, autoscaler), status);
    if (wanted === workload.spec.replicas) return workload;
    const kind = kindNamed(workload.apiVersion, workload.kind);
    return asWorkload(await context.api.scale(nameOf(kind, workload), wanted));
  }
  return workload;
}

/** Without load there is nothing to scale for: the count is only brought into the range. */
function clamp(replicas: number, { minReplicas, maxReplicas }: JsonObject): number {
  const least = typeof minReplicas === "number" ? minReplicas : 1;
  const most = typeof maxReplicas === "number" ? maxReplicas : replicas;
  return Math.min(Math.max(replicas, least), most);
}

/** The workload that an autoscaler is for, if it exists. */
export async function targetOf(
  { api }: ClusterContext,
  autoscaler: KubeObject,
): Promise<Deployment | undefined> {
  const target = specOf(autoscaler)["scaleTargetRef"];
  const { namespace = "default" } = autoscaler.metadata;
  if (!isObject(target)) return undefined;
  const kind = workloadKind(target["kind"]);
  if (kind === undefined || typeof target["name"] !== "string") return undefined;
  const found = await api.get({ kind, namespace, name: target["name"] });
  return found === undefined ? undefined : asWorkload(found);
}

/** Counts what the budgets of a namespace allow, and warns of one that will block every upgrade. */
export async function updateBudgets(context: ClusterContext, namespace: string): Promise<void> {
  const workloads = await listWorkloads(context.api, namespace);
  for (const budget of await context.api.list(BUDGET, namespace)) {
    const { selector, minAvailable, maxUnavailable } = specOf(budget);
    const covered = workloads.filter(({ spec }) =>
      selects(selector as LabelSelector | undefined, spec.template.metadata?.labels),
    );
    const expectedPods = covered.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
    const currentHealthy = covered.reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
    const desiredHealthy =
      minAvailable !== undefined
        ? share(minAvailable, expectedPods)
        : Math.max(0, expectedPods - share(maxUnavailable ?? 1, expectedPods));
    const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
    const isAllowed = disruptionsAllowed > 0;
    await context.api.setStatus(nameOf(BUDGET, budget), {
      expectedPods,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      conditions: [
        {
          type: "DisruptionAllowed",
          status: isAllowed ? "True" : "False",
          reason: isAllowed ? "SufficientPods" : "InsufficientPods",
          message: "",
        },
      ],
    });
    if (expectedPods > 0 && desiredHealthy >= expectedPods) {
      // AKS refuses to upgrade while such a budget exists (https://github.com/Azure/AKS/issues/4805).
      context.warn(
        `PodDisruptionBudget ${namespace}/${budget.metadata.name} allows no disruption of its ${expectedPods} pods: ` +
          "AKS will refuse node upgrades with UnsatisfiablePDB. Use maxUnavailable: 1 and at least 2 replicas",
      );
    }
  }
}

/** A number, or a percentage rounded up as the disruption controller does. */
function share(value: unknown, of: number): number {
  if (typeof value === "number") return value;
  const match = typeof value === "string" ? /^(\d+)%$/.exec(value) : null;
  return Math.ceil((Number(match?.[1] ?? 0) / 100) * of);
}
