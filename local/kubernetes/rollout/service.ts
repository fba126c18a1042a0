/** Services: an address, endpoints, and a port of the node in front of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { nodeKey, objectId, type ClusterContext } from "../context";
import type { Deployment, Service } from "../types";
import { selectsLabels } from "../validation/selectors";
import { type AddressedService, assignAddress } from "./loadBalancer";
import type { PodProblem } from "./problems";
import { listWorkloads } from "./workloads";

const POLL_MS = 40;

/** @param lastActivity when the last other operation on the cluster ended or, while one runs, the present time. */
export async function settleService(
  context: ClusterContext,
  service: Service,
  lastActivity: () => number,
): Promise<AddressedService> {
  const { object, problems } = await assignAddress(context, service);
  if (problems.length > 0) return { object, problems };
  await serveService(context, service);
  return { object, problems: await awaitEndpoints(context, service, lastActivity) };
}

/** Only load balancers are served: the rest of a cluster's network has no one in it who could ask. */
async function serveService(context: ClusterContext, service: Service): Promise<void> {
  const { cluster } = context;
  const { name, namespace = "default" } = service.metadata;
  const key = nodeKey(objectId(cluster.id, service, name, namespace));
  const selector = service.spec?.selector;
  if (service.spec?.type !== "LoadBalancer" || selector === undefined) {
    await (await context.node()).removeService(key);
    return;
  }
  const ports = (service.spec.ports ?? []).map(({ port, targetPort = port }) => ({ port, targetPort }));
  await (await context.node()).exposeService({ key, cluster: cluster.id, namespace, name, selector, ports });
}

async function awaitEndpoints(
  context: ClusterContext,
  service: Service,
  lastActivity: () => number,
): Promise<PodProblem[]> {
  const { selector, type, clusterIP } = service.spec ?? {};
  // pulumi-kubernetes waits for no endpoints of these (provider/pkg/await/service.go).
  if (selector === undefined || type === "ExternalName" || clusterIP === "None") return [];
  for (;;) {
    const deployments = await behind(context, service);
    if (deployments.some(({ status }) => (status?.readyReplicas ?? 0) > 0)) return [];
    const failed = deployments.find(({ status }) =>
      status?.conditions.some(
        (condition) => condition.type === "Progressing" && condition.status === "False",
      ),
    );
    const hasScaledToNone = deployments.some(
      ({ spec, status }) => spec.replicas === 0 && status !== undefined,
    );
    const isIdle = Date.now() - lastActivity() > context.timings.idleSeconds * 1000;
    if (failed !== undefined || hasScaledToNone || isIdle) return [noEndpoints(deployments.length)];
    await sleep(POLL_MS);
  }
}

/** In the words of pulumi-kubernetes (provider/pkg/await/service.go). */
function noEndpoints(deployments: number): PodProblem {
  return {
    reason: "NoEndpoints",
    message:
      "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match " +
      `labels on any Pods (${deployments} Deployments of the namespace match it)`,
  };
}

async function behind({ api }: ClusterContext, service: Service): Promise<Deployment[]> {
  const selector = service.spec?.selector ?? {};
  const { namespace = "default" } = service.metadata;
  const workloads = await listWorkloads(api, namespace);
  return workloads.filter(({ spec }) => selectsLabels(selector, spec.template.metadata?.labels));
}
