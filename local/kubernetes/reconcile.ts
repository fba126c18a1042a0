/** What follows when an object was written or deleted: the emulated controllers' work for each kind. */
import { nameOf, type ObjectName } from "./api";
import { podSecurityViolation } from "./admission/podSecurity";
import { nodeKey, objectId, type ClusterContext, type Controllers, type Reconciled } from "./context";
import { removeRoute, settleGatewayObject, updateRoutes } from "./gateway";
import { GATEWAY_API } from "./gateway/objects";
import { unmetConditions } from "./gateway/waitFor";
import { kindNamed, type Kind } from "./kinds";
import { applyAutoscaler, targetOf, updateBudgets } from "./rollout/controllers";
import { startChart } from "./rollout/chartPods";
import { settleRollout } from "./rollout/argoRollouts";
import { rollOut, scale } from "./rollout/rollout";
import { settleService } from "./rollout/service";
import { DEPLOYMENT, ROLLOUT } from "./rollout/workloads";
import type { JsonObject } from "../provider/backend";
import type { Deployment, KubeObject } from "./types";

/** The controllers of an emulated cluster. */
export const EMULATED_CONTROLLERS: Controllers = {
  beforeWrite: () => Promise.resolve([]),
  afterWrite,
  beforeDelete,
  afterDelete,
  chartObjects: (_chart, rendered) => Promise.resolve(rendered),
  startChart,
};

async function afterWrite(
  context: ClusterContext,
  kind: Kind,
  object: KubeObject,
  lastActivity: () => number,
): Promise<Reconciled> {
  const { namespace = "default" } = object.metadata;
  switch (kind.kind) {
    case "Deployment":
      return settleDeployment(context, object as Deployment);
    case "Rollout": {
      const settled = await settleRollout(context, object);
      return { object: settled, problems: unmetConditions(settled) };
    }
    case "Service": {
      const settled = await settleService(context, object, lastActivity);
      await updateRoutes(context, kind);
      return settled;
    }
    case "Namespace": {
      const active = await context.api.setStatus(nameOf(kind, object), { phase: "Active" });
      return { object: active, problems: [] };
    }
    case "HorizontalPodAutoscaler": {
      const target = await targetOf(context, object);
      // A workload that is still rolling out for the first time finds its autoscaler by itself.
      if (target?.status !== undefined) await scale(context, await applyAutoscaler(context, target));
      return fresh(context, kind, object);
    }
    case "PodDisruptionBudget":
      await updateBudgets(context, namespace);
      return fresh(context, kind, object);
    default: {
      if (kind.custom !== true) return { object, problems: [] };
      const settled = await settleGatewayObject(context, kind, object);
      return { object: settled, problems: unmetConditions(settled) };
    }
  }
}

/** What the controllers make of an object's absence. */
async function afterDelete(context: ClusterContext, { kind }: ObjectName): Promise<void> {
  await updateRoutes(context, kind);
}

/** A controller may have written the object's status since. */
async function fresh(context: ClusterContext, kind: Kind, object: KubeObject): Promise<Reconciled> {
  return { object: (await context.api.get(nameOf(kind, object))) ?? object, problems: [] };
}

async function settleDeployment(context: ClusterContext, deployment: Deployment): Promise<Reconciled> {
  const { namespace = "default", name } = deployment.metadata;
  const home = await context.api.get({ kind: kindNamed("v1", "Namespace"), name: namespace });
  for (const mode of ["warn", "enforce"] as const) {
    const violation = podSecurityViolation(home, mode, deployment.spec.template.spec);
    if (violation === undefined) continue;
    context.warn(`Deployment ${namespace}/${name}: would ${violation.replace(/^violates/, "violate")}`);
    break;
  }
  const scaled = await applyAutoscaler(context, deployment);
  const { status, problems } = await rollOut(context, scaled);
  const object = await context.api.setStatus(nameOf(DEPLOYMENT, scaled), status as unknown as JsonObject);
  await updateBudgets(context, namespace);
  return { object, problems };
}

/** Ends what runs for an object before it goes; a namespace takes all that is in it along. */
async function beforeDelete(context: ClusterContext, name: ObjectName): Promise<void> {
  const { cluster } = context;
  const node = await context.node();
  if (name.kind === DEPLOYMENT || name.kind === ROLLOUT) {
    await node.removeWorkload(nodeKey(objectId(cluster.id, name.kind, name.name, name.namespace)));
  } else if (name.kind.kind === "Service") {
    await node.removeService(nodeKey(objectId(cluster.id, name.kind, name.name, name.namespace)));
  } else if (name.kind.kind === "HTTPRoute") {
    await removeRoute(context, name);
  } else if (name.kind.kind === "Namespace") {
    const running = [kindNamed("v1", "Service"), DEPLOYMENT, ROLLOUT, kindNamed(GATEWAY_API, "HTTPRoute")];
    for (const kind of running) {
      for (const object of await context.api.list(kind, name.name)) {
        await beforeDelete(context, nameOf(kind, object));
      }
    }
  }
}
