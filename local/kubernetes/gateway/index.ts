/** What the ALB controller does after an object of the Gateway API, or one that it depends on, was written or deleted. */
import type { ObjectName } from "../api";
import { nameOf } from "../api";
import { nodeKey, objectId, type ClusterContext } from "../context";
import type { Kind } from "../kinds";
import type { KubeObject } from "../types";
import { reconcileGateway } from "./gateways";
import { GATEWAY, GATEWAY_CLASS, ROUTE, FIREWALL_POLICY, HEALTH_POLICY, GRANT } from "./objects";
import { reconcilePolicy } from "./policies";
import { reconcileRoutes } from "./routes";

/** Kinds whose change can change what becomes of a route. */
const OF_ROUTES: readonly string[] = [GATEWAY.kind, ROUTE.kind, GRANT.kind, "Service"];

/** The object with the status that the controller has given it. */
export async function settleGatewayObject(
  context: ClusterContext,
  kind: Kind,
  object: KubeObject,
): Promise<KubeObject> {
  if (kind === GATEWAY) await reconcileGateway(context, object);
  if (kind === GATEWAY_CLASS)
    for (const gateway of await context.api.list(GATEWAY)) await reconcileGateway(context, gateway);
  if (kind === FIREWALL_POLICY || kind === HEALTH_POLICY) await reconcilePolicy(context, object);
  await updateRoutes(context, kind);
  return (await context.api.get(nameOf(kind, object))) ?? object;
}

/** After a write or a delete of an object of this kind. */
export async function updateRoutes(context: ClusterContext, kind: Kind): Promise<void> {
  if (OF_ROUTES.includes(kind.kind)) await reconcileRoutes(context);
}

/** What runs on the node for a route goes before the route does. */
export async function removeRoute(context: ClusterContext, name: ObjectName): Promise<void> {
  const agent = await context.node();
  await agent.removeService(nodeKey(objectId(context.cluster.id, ROUTE, name.name, name.namespace)));
}
