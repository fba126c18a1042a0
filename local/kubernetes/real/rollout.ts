/** Waits for a Deployment of a real cluster, and tells why it does not come. */
import { setTimeout as sleep } from "node:timers/promises";

import type { ObjectName } from "../api";
import type { ClusterContext, Reconciled } from "../context";
import { kindNamed, type Kind } from "../kinds";
import type { PodProblem } from "../rollout/problems";
import { notFound } from "../status";
import { asJson, type Deployment, type DeploymentStatus, type KubeObject } from "../types";
import { at, isObject, objects, text } from "../../provider/values";
import { selects } from "../validation/selectors";

const POLL_MILLISECONDS = 200;
/** pulumi-kubernetes waits as long (provider/pkg/await/deployment.go). */
const ROLLOUT_SECONDS = 600;

const POD: Kind = { ...kindNamed("v1", "ConfigMap"), kind: "Pod", plural: "pods", replaceOn: [] };

export async function awaitRollout(context: ClusterContext, name: ObjectName): Promise<Reconciled> {
  const end = Date.now() + ROLLOUT_SECONDS * 1000;
  for (;;) {
    const deployment = (await context.api.get(name)) as Deployment | undefined;
    if (deployment === undefined) throw notFound(name.kind, name.name);
    if (isComplete(deployment)) return { object: deployment, problems: [] };
    const failure = conditionsOf(deployment).find(
      ({ type, status }) => type === "Progressing" && status === "False",
    );
    if (failure !== undefined || Date.now() > end) {
      return { object: deployment, problems: await problemsOf(context, deployment) };
    }
    await sleep(POLL_MILLISECONDS);
  }
}

/** As `kubectl rollout status` judges it. */
function isComplete({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  if (status === undefined || status.observedGeneration < (metadata.generation ?? 1)) return false;
  // The API server leaves out what is 0.
  const counts: Partial<DeploymentStatus> = status;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = counts;
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

/** What the Deployment says of itself, and its waiting containers and unscheduled pods, each once. */
async function problemsOf(context: ClusterContext, deployment: Deployment): Promise<PodProblem[]> {
  const said = conditionsOf(deployment).filter(
    ({ type, status }) =>
      (type === "Progressing" && status === "False") || (type === "ReplicaFailure" && status === "True"),
  );
  const { namespace = "default" } = deployment.metadata;
  const pods = (await context.api.list(POD, namespace)).filter(({ metadata }) =>
    selects(deployment.spec.selector, metadata.labels),
  );
  const problems = [
    ...said.map(({ reason, message }) => ({ reason, message })),
    ...pods.flatMap(podProblems),
  ];
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function podProblems(pod: KubeObject): PodProblem[] {
  const waiting = objects(asJson(pod), "status.containerStatuses")
    .map((container) => at(container, "state.waiting"))
    .filter((state) => isObject(state));
  const unscheduled = objects(asJson(pod), "status.conditions").filter(
    (condition) => condition["type"] === "PodScheduled" && condition["status"] === "False",
  );
  return [...waiting, ...unscheduled].map((problem) => ({
    reason: text(problem, "reason") ?? "",
    message: `${pod.metadata.name}: ${text(problem, "message") ?? ""}`,
  }));
}

function conditionsOf(deployment: Deployment) {
  return deployment.status?.conditions ?? [];
}
