/** Deletes a pod of the API, to see that nobody notices. */
import { kubectl } from "../cluster/kubectl";
import { NodeAgent, DEFAULT_FRONT_PORT } from "../kubernetes/node/client";
import { UserError } from "./errors";
import type { Layout } from "./layout";
import { clusterOf, isOnRealCluster } from "./realCluster";

/** The namespace and the label by which the program deploys the API. */
const NAMESPACE = "api";
const SELECTOR = "app.kubernetes.io/name=api";

/** Deletes a pod of a stack's API as `kubectl delete pod` does, without waiting. @returns its name */
export async function deletePod(layout: Layout, stack: string): Promise<string> {
  return isOnRealCluster(layout, stack) ? deleteFromCluster(stack) : deleteFromNode(layout, stack);
}

async function deleteFromCluster(stack: string): Promise<string> {
  const cluster = await clusterOf(stack);
  const ask = async (...args: string[]) => kubectl(cluster, ["--namespace", NAMESPACE, ...args]);
  const running = ["--selector", SELECTOR, "--field-selector", "status.phase=Running"];
  const [pod] = (await ask("get", "pods", ...running, "--output", "name")).split("\n");
  if (pod === undefined || pod === "") throw noPod(stack);
  await ask("delete", pod, "--wait=false");
  return pod.replace("pod/", "");
}

async function deleteFromNode(layout: Layout, stack: string): Promise<string> {
  const agent = new NodeAgent(layout.nodeFolder(stack), DEFAULT_FRONT_PORT);
  const { workloads } = await agent.status();
  const pod = workloads.flatMap(({ pods }) => pods).find(({ ready }) => ready);
  if (pod === undefined) throw noPod(stack);
  await agent.deletePod(pod.name);
  return pod.name;
}

function noPod(stack: string): UserError {
  return new UserError(`the API of stack "${stack}" has no pod.\nFix: make up STACK=${stack}.`);
}
