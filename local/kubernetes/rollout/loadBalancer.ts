/** Load balancers, as cloud-provider-azure makes them for Services. */
import { createHash } from "node:crypto";

import { nameOf } from "../api";
import type { AddressRequest, ClusterPlatform } from "../cluster/platform";
import { objectId, type ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import { asJson, type KubeObject, type Service } from "../types";
import type { PodProblem } from "./problems";

/** https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/#loadbalancer-annotations */
const ANNOTATIONS = "service.beta.kubernetes.io/azure-";

export interface AddressedService {
  readonly object: KubeObject;
  readonly problems: readonly PodProblem[];
}

/** Gives the Service its address in Azure. Without one it stays pending, as there, and an event says why. */
export async function assignAddress(
  { api, cluster, platform }: ClusterContext,
  service: Service,
): Promise<AddressedService> {
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
