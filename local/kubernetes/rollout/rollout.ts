/** Rolls a Deployment out and waits for it, as the Deployment controller and pulumi-kubernetes do together. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterContext } from "../context";
import type { PodStatus, WorkloadStatus } from "../node/protocol";
import type { Deployment, DeploymentStatus } from "../types";
import { planPods, type Plan } from "./plan";
import type { PodProblem } from "./problems";

const POLL_MS = 40;

export interface RolloutResult {
  readonly status: DeploymentStatus;
  /** None where the rollout is complete. */
  readonly problems: readonly PodProblem[];
}

/**
 * Objects that a pod refers to may come a little later than its Deployment, so everything is tried again until
 * the time is up; the problems of the last attempt are reported.
 */
export async function rollOut(context: ClusterContext, deployment: Deployment): Promise<RolloutResult> {
  const deadline = Date.now() + context.timings.rolloutSeconds * 1000;
  let plan = await planPods(context, deployment);
  while (plan.problems.length > 0 && Date.now() < deadline) {
    await sleep(POLL_MS);
    plan = await planPods(context, deployment);
  }
  const { problems, workload } = plan;
  if (problems.length > 0) {
    return { status: statusOf(deployment, deployment.status?.readyReplicas ?? 0, 0, problems), problems };
  }
  for (const image of plan.notRun) warnNotRun(context, deployment, image);
  const { replicas = 1 } = deployment.spec;
  if (workload === undefined) return { status: statusOf(deployment, replicas, replicas, []), problems: [] };
  return awaitNode(context, deployment, workload, deadline);
}

/** Gives the node the wanted state without waiting for it; a plan with problems changes nothing. */
export async function scale(context: ClusterContext, deployment: Deployment): Promise<void> {
  const { problems, workload } = await planPods(context, deployment);
  if (problems.length === 0 && workload !== undefined) await (await context.node()).applyWorkload(workload);
}

async function awaitNode(
  context: ClusterContext,
  deployment: Deployment,
  workload: NonNullable<Plan["workload"]>,
  deadline: number,
): Promise<RolloutResult> {
  const node = await context.node();
  let status = await node.applyWorkload(workload);
  while (!isComplete(status) && Date.now() < deadline) {
    await sleep(POLL_MS);
    status = (await node.workloadStatus(workload.key)) ?? status;
  }
  const problems = isComplete(status) ? [] : problemsOf(status, context.timings.rolloutSeconds);
  const ready = status.pods.filter((pod) => pod.ready).length;
  return { status: statusOf(deployment, ready, status.updated, problems), problems };
}

function isComplete({ replicas, updated, ready, old }: WorkloadStatus): boolean {
  return updated === replicas && ready === replicas && old === 0;
}

function problemsOf(status: WorkloadStatus, seconds: number): PodProblem[] {
  const failing = status.pods.filter((pod) => pod.revision === status.revision && !pod.ready);
  if (failing.length === 0) {
    const message = `${status.ready} of ${status.replicas} pods are ready, ${status.old} old ones still run`;
    return [{ reason: "ProgressDeadlineExceeded", message: `${message} after ${seconds} s` }];
  }
  return failing.map((pod) => ({ reason: pod.reason ?? "Pending", message: describePod(pod) }));
}

function describePod({ name, restarts, message, log }: PodStatus): string {
  const tail = log.filter((line) => line !== "").map((line) => `\n      ${line}`);
  const times = restarts === 0 ? "" : ` (restarted ${restarts} times)`;
  return `Pod ${name}: ${message ?? "containers are not ready"}${times}${tail.length === 0 ? "" : `; last log lines:${tail.join("")}`}`;
}

function statusOf(
  deployment: Deployment,
  ready: number,
  updated: number,
  problems: readonly PodProblem[],
): DeploymentStatus {
  const { replicas = 1 } = deployment.spec;
  const isDone = problems.length === 0;
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    replicas: Math.max(ready, updated),
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, replicas - ready),
    conditions: [
      {
        type: "Available",
        status: ready >= replicas ? "True" : "False",
        reason: ready >= replicas ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        message: `Deployment ${ready >= replicas ? "has" : "does not have"} minimum availability.`,
      },
      {
        type: "Progressing",
        status: isDone ? "True" : "False",
        reason: isDone ? "NewReplicaSetAvailable" : "ProgressDeadlineExceeded",
        message: problems.map(({ reason, message }) => `${reason}: ${message}`).join("\n"),
      },
    ],
  };
}

function warnNotRun(context: ClusterContext, { metadata }: Deployment, image: string): void {
  const name = `${metadata.namespace ?? "default"}/${metadata.name}`;
  context.warn(`Deployment ${name}: ${image} is not built here, so it is taken as running without being run`);
}
