import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import type { Deployment } from "../types";
import { admitPods } from "./admit";
import type { PodProblem } from "./problems";
import { DEPLOYMENT } from "./workloads";

/**
 * Images of a chart are in registries that are not emulated: their pods are taken to run where they may and a node has
 * room for them, and nothing runs on the machine.
 */
export async function startChart(context: ClusterContext, deployment: Deployment): Promise<PodProblem[]> {
  const { replicas = 1 } = deployment.spec;
  const { problem } = await admitPods(context, deployment, replicas);
  const ready = problem === undefined ? replicas : 0;
  await context.api.setStatus(nameOf(DEPLOYMENT, deployment), {
    ...{ replicas, updatedReplicas: replicas, readyReplicas: ready, availableReplicas: ready },
    conditions: [{ type: "Available", status: problem === undefined ? "True" : "False" }],
  });
  return problem === undefined ? [] : [problem];
}
