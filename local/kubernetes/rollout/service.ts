/** Services: an address, endpoints, and a port of the node in front of them. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { nodeKey, objectId, type ClusterContext } from "../context";
import { nameOf } from "../api";
import { kindNamed } from "../kinds";
import { asJson, type Deployment, type KubeObject, type Service } from "../types";
import type { AddressRequest, ClusterPlatform } from "../cluster/platform";
import { selectsLabels } from "../validation/selectors";
import type { PodProblem } from "./problems";

const POLL_MS = 40;
/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations */
const ANNOTATIONS = "service.beta.kubernetes.io/azure-";

export interface ServiceResult {
  readonly object: KubeObject;
  readonly problems: readonly PodProblem[];
}

/** @param lastActivity when the last other operation on the cluster ended or, while one runs, the present time. */
export async function settleService(
  context: ClusterContext,
  service: Service,
  lastActivity: () => number,
): Promise<ServiceResult> {
  const { object, problems } = await assignAddress(context, service);
  if (problems.length > 0) return { object, problems };
  await serveService(context, service);
  return { object, problems: await awaitEndpoints(context, service, lastActivity) };
}

/** Without an address the Service stays pending, as on Azure, and an event says why. */
async function assignAddress(
  { api, cluster, platform }: ClusterContext,
  service: Service,
): Promise<ServiceResult> {
  const name = nameOf(kindNamed("v1", "Service"), service);
  if (service.spec?.type !== "LoadBalancer") {
    return { object: await api.setStatus(name, { loadBalancer: {} }), problems: [] };
  }
  const { namespace = "default" } = service.metadata;
  const id = objectId(cluster.id, service, service.metadata.name, namespace);
  const request = addressRequest(id, `${namespace}/${service.metadata.name}`, service);
  const answer = platform.requestedAddress(cluster, request) ?? {
    address: ownAddress(service, request.internal, id, platform),
  };
  if ("problem" in answer) {
    const object = await api.setStatus(name, { loadBalancer: {} });
    return { object, problems: [{ reason: "SyncLoadBalancerFailed", message: answer.problem }] };
  }
  const ingress = [{ ip: answer.address, ipMode: "VIP" }];
  return { object: await api.setStatus(name, { loadBalancer: { ingress } }), problems: [] };
}

function addressRequest(owner: string, service: string, { metadata, spec }: Service): AddressRequest {
  const annotation = (name: string): string | undefined => metadata.annotations?.[`${ANNOTATIONS}${name}`];
  return {
    owner,
    service,
    internal: annotation("load-balancer-internal") === "true",
    name: annotation("pip-name"),
    resourceGroup: annotation("load-balancer-resource-group"),
    subnet: annotation("load-balancer-internal-subnet"),
    ip: annotation("load-balancer-ipv4") ?? spec?.loadBalancerIP,
  };
}

/** The address that the Service has already, or one that the cluster makes for it. */
function ownAddress(service: Service, internal: boolean, id: string, platform: ClusterPlatform): string {
  const old = asJson(service)["status"] as { loadBalancer?: { ingress?: { ip: string }[] } } | undefined;
  const known = old?.loadBalancer?.ingress?.[0]?.ip;
  if (known?.startsWith("10.") === internal) return known;
  return internal ? internalAddress(id) : platform.allocatePublicIp(id);
}

/** An address of the node subnet; the same one for the same Service. */
function internalAddress(id: string): string {
  const byte = createHash("sha256").update(id).digest()[0] ?? 0;
  return `10.224.${128 + (byte >> 1)}.${10 + (byte & 63)}`;
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
  const deployments = (await api.list(kindNamed("apps/v1", "Deployment"), namespace)) as Deployment[];
  return deployments.filter(({ spec }) => selectsLabels(selector, spec.template.metadata?.labels));
}
