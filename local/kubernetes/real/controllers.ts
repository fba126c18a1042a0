/** What follows in a real cluster when an object was written: its own controllers work, and are waited for. */
import { setTimeout as sleep } from "node:timers/promises";

import { ProviderError } from "../../provider/backend";
import { isObject } from "../../provider/values";
import { nameOf } from "../api";
import type { RealCluster } from "../connections";
import type { ClusterContext, Controllers, Reconciled } from "../context";
import { kindNamed, type Kind } from "../kinds";
import { pull } from "../rollout/images";
import { assignAddress } from "../rollout/loadBalancer";
import type { PodProblem } from "../rollout/problems";
import { DEPLOYMENT, workloadKind } from "../rollout/workloads";
import { asJson, type Deployment, type KubeObject, type Service } from "../types";
import { awaitConditions } from "./conditions";
import { awaitRollout } from "./rollout";

const POLL_MILLISECONDS = 200;
/** pulumi-kubernetes waits as long for the pods of a Service (provider/pkg/await/service.go). */
const ENDPOINTS_SECONDS = 600;

const ENDPOINT_SLICE: Kind = {
  ...kindNamed("v1", "Service"),
  ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", plural: "endpointslices" },
};

export function realControllers(cluster: Pick<RealCluster, "importImage" | "standIn">): Controllers {
  return {
    beforeWrite: async (context, { kind }, object) => {
      if (workloadKind(kind) === undefined) return [];
      return bringImages(context, object as Deployment, (archive, reference) =>
        cluster.importImage(archive, reference),
      );
    },
    afterWrite: async (context, kind, object) => {
      switch (kind.kind) {
        case "Deployment":
          return awaitRollout(context, nameOf(kind, object));
        case "Service":
          return settleService(context, object);
        default:
          return awaitConditions(context, kind, object);
      }
    },
    beforeDelete: () => Promise.resolve(),
    afterDelete: () => Promise.resolve(),
    chartObjects: async (chart, rendered) => {
      const objects = await cluster.standIn(chart, rendered);
      if (objects !== undefined) return objects;
      throw new ProviderError(
        "ChartNotInstalled",
        `the real cluster does not have the chart "${chart}": nothing here renders charts, and their images cannot be pulled. ` +
          "Allowed: the charts that `make cluster` builds (local/cluster/addons/charts.ts). Fix: bring the stack up on the " +
          "emulated Kubernetes, with AKS_PLATFORM_CLUSTER=none",
      );
    },
    startChart: async (context, deployment) =>
      (await awaitRollout(context, nameOf(DEPLOYMENT, deployment))).problems,
  };
}

/** The registry is an emulated one: what the cluster's identity may pull from it is carried to the nodes. */
async function bringImages(
  { platform, cluster }: ClusterContext,
  deployment: Deployment,
  importImage: (archive: string, reference: string) => Promise<void>,
): Promise<PodProblem[]> {
  const { containers, initContainers = [] } = deployment.spec.template.spec;
  const problems: PodProblem[] = [];
  for (const { image = "" } of [...initContainers, ...containers]) {
    const pulled = pull(platform, cluster, image);
    if (pulled.kind === "error") problems.push({ reason: "ErrImagePull", message: pulled.message });
    if (pulled.kind !== "local") continue;
    if (pulled.image.archive === undefined) {
      problems.push({
        reason: "ErrImagePull",
        message: `${image} was built while no real cluster was there, as files and not as an image: commit a change, or destroy the stack and bring it up again`,
      });
    } else await importImage(pulled.image.archive, image);
  }
  return problems;
}

async function settleService(context: ClusterContext, service: Service): Promise<Reconciled> {
  if (service.spec?.type !== "LoadBalancer") return { object: service, problems: [] };
  const { object, problems } = await assignAddress(context, service);
  if (problems.length > 0) return { object, problems };
  return { object, problems: await awaitEndpoints(context, service) };
}

async function awaitEndpoints({ api }: ClusterContext, { metadata, spec }: Service): Promise<PodProblem[]> {
  if (spec?.selector === undefined) return [];
  const end = Date.now() + ENDPOINTS_SECONDS * 1000;
  for (;;) {
    const slices = await api.list(ENDPOINT_SLICE, metadata.namespace ?? "default");
    const own = slices.filter(
      (slice) => slice.metadata.labels?.["kubernetes.io/service-name"] === metadata.name,
    );
    if (own.some(hasReadyEndpoint)) return [];
    if (Date.now() > end) {
      return [
        { reason: "NoEndpoints", message: `no pod behind the Service was ready in ${ENDPOINTS_SECONDS} s` },
      ];
    }
    await sleep(POLL_MILLISECONDS);
  }
}

function hasReadyEndpoint(slice: KubeObject): boolean {
  const { endpoints } = asJson(slice);
  return (
    Array.isArray(endpoints) &&
    endpoints.some(
      (endpoint) =>
        isObject(endpoint) && isObject(endpoint["conditions"]) && endpoint["conditions"]["ready"] === true,
    )
  );
}
