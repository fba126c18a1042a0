/** What has pods: Deployments, and Rollouts, whose pods come and go as a Deployment's do. */
import type { KubernetesApi } from "../api";
import { withDefaults } from "../defaults";
import { kindNamed, type Kind } from "../kinds";
import { asJson, asKube, type Deployment, type KubeObject } from "../types";
import type { Json } from "../../provider/backend";
import { object } from "../../provider/values";

export const DEPLOYMENT = kindNamed("apps/v1", "Deployment");
export const ROLLOUT = kindNamed("argoproj.io/v1alpha1", "Rollout");
const KINDS: readonly Kind[] = [DEPLOYMENT, ROLLOUT];

export function workloadKind(name: Json | undefined): Kind | undefined {
  return KINDS.find(({ kind }) => kind === name);
}

/** A Rollout with the strategy of a Deployment, and a Deployment as it is. */
export function asWorkload(given: KubeObject): Deployment {
  if (given.kind !== ROLLOUT.kind) return given as Deployment;
  const rollout = asJson(given);
  const spec = object(rollout, "spec");
  const strategy = object(spec, "strategy");
  // argo-rollouts, utils/defaults: a canary's surge is 25 % where it names none; blue-green makes all pods at once.
  const { maxSurge = strategy["blueGreen"] === undefined ? "25%" : "100%", maxUnavailable = 0 } = object(
    strategy,
    "canary",
  );
  const rollingUpdate = { maxSurge, maxUnavailable };
  const workload = { ...rollout, spec: { ...spec, strategy: { type: "RollingUpdate", rollingUpdate } } };
  return asKube(withDefaults(DEPLOYMENT, workload)) as Deployment;
}

export async function listWorkloads(api: KubernetesApi, namespace?: string): Promise<Deployment[]> {
  const lists = await Promise.all(KINDS.map(async (kind) => api.list(kind, namespace)));
  return lists.flat().map(asWorkload);
}
