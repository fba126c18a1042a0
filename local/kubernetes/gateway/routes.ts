/** HTTP routes: which Gateway takes them, and whether the Services that they name are there. */
import type { JsonObject } from "../../provider/backend";
import { isObject, objects } from "../../provider/values";
import { nameOf } from "../api";
import { nodeKey, objectId, type ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import type { KubeObject, Service } from "../types";
import { selects } from "../validation/selectors";
import { missingBackend, type Backend } from "./backends";
import {
  conditionOf,
  CONTROLLER_NAME,
  GATEWAY,
  no,
  placeOf,
  ROUTE,
  saveStatus,
  specOf,
  statusOf,
  textOf,
  withTimes,
  yes,
  type Condition,
  type GatewaySpec,
  type Listener,
  type ParentRef,
  type RouteSpec,
} from "./objects";

/** A Gateway that takes a route, at these of its listeners. */
interface Attachment {
  readonly gateway: KubeObject;
  readonly listeners: readonly Listener[];
}

/** Works all routes of a cluster out anew: after one of them, a Gateway, a Service or a grant changed. */
export async function reconcileRoutes(context: ClusterContext): Promise<void> {
  const attached = new Map<string, number>();
  for (const route of await context.api.list(ROUTE)) {
    for (const { gateway, listeners } of await reconcileRoute(context, route)) {
      for (const { name } of listeners) {
        const key = `${placeOf(gateway)}/${gateway.metadata.name}/${name}`;
        attached.set(key, (attached.get(key) ?? 0) + 1);
      }
    }
  }
  for (const gateway of await context.api.list(GATEWAY)) await countRoutes(context, gateway, attached);
}

async function countRoutes(
  context: ClusterContext,
  gateway: KubeObject,
  attached: ReadonlyMap<string, number>,
): Promise<void> {
  const status = statusOf(gateway);
  const listeners = objects(status, "listeners").map((listener) => ({
    ...listener,
    attachedRoutes:
      attached.get(`${placeOf(gateway)}/${gateway.metadata.name}/${textOf(listener, "name")}`) ?? 0,
  }));
  await saveStatus(context, gateway, { ...status, listeners });
}

async function reconcileRoute(context: ClusterContext, route: KubeObject): Promise<Attachment[]> {
  const { parentRefs = [] } = specOf(route) as RouteSpec;
  const backend = await missingBackend(context, route);
  const old = objects(statusOf(route), "parents");
  const parents: JsonObject[] = [];
  const taken: Attachment[] = [];
  for (const parentRef of parentRefs) {
    const { conditions, attachment } = await judge(context, route, parentRef, backend);
    const known = old.find(({ parentRef: other }) => isObject(other) && other["name"] === parentRef.name);
    parents.push({
      conditions: withTimes(conditions, objects(known, "conditions"), route.metadata.generation),
      controllerName: CONTROLLER_NAME,
      parentRef: { ...parentRef },
    });
    if (attachment !== undefined) taken.push(attachment);
  }
  const object = await saveStatus(context, route, { parents });
  const isServed = taken.length > 0 && programmedParents(object).length > 0;
  await serve(context, route, isServed ? taken[0] : undefined, backend);
  return taken;
}

interface Judgement {
  readonly conditions: readonly Condition[];
  readonly attachment?: Attachment;
}

/** Reasons as the Gateway API defines them (apis/v1/shared_types.go: RouteConditionReason). */
async function judge(
  context: ClusterContext,
  route: KubeObject,
  parentRef: ParentRef,
  backend: Backend,
): Promise<Judgement> {
  const refs = backend.problem ?? yes("ResolvedRefs");
  const refused = (reason: string, message: string): Judgement => ({
    conditions: [refs, no("Accepted", reason, message), no("Programmed", "Invalid", message)],
  });
  const namespace = parentRef.namespace ?? placeOf(route);
  const gateway = await context.api.get({ kind: GATEWAY, namespace, name: parentRef.name });
  if (gateway === undefined)
    return refused("NoMatchingParent", `Gateway ${namespace}/${parentRef.name} was not found`);
  const { sectionName } = parentRef;
  const named = (specOf(gateway) as GatewaySpec).listeners.filter(
    ({ name }) => sectionName === undefined || name === sectionName,
  );
  if (named.length === 0)
    return refused("NoMatchingParent", `Gateway ${parentRef.name} has no listener "${sectionName ?? ""}"`);
  const open: Listener[] = [];
  for (const listener of named) if (await isOpen(context, listener, gateway, route)) open.push(listener);
  if (open.length === 0) {
    return refused(
      "NotAllowedByListeners",
      `Gateway ${namespace}/${parentRef.name} takes no routes of namespace ${placeOf(route)}`,
    );
  }
  const listeners = open.filter((listener) => matchesHost(listener, (specOf(route) as RouteSpec).hostnames));
  if (listeners.length === 0) {
    return refused(
      "NoMatchingListenerHostname",
      `no listener of Gateway ${parentRef.name} has a host name of the route`,
    );
  }
  return {
    conditions: [refs, yes("Accepted", "Route is Accepted"), programmed(gateway, backend)],
    attachment: { gateway, listeners },
  };
}

function programmed(gateway: KubeObject, { problem }: Backend): Condition {
  if (problem !== undefined) return no("Programmed", "Invalid", problem.message);
  const above = conditionOf(objects(statusOf(gateway), "conditions") as unknown as Condition[], "Programmed");
  return above?.status === "True"
    ? yes("Programmed", above.message)
    : no(
        "Programmed",
        "Pending",
        `Gateway ${gateway.metadata.name} is not programmed: ${above?.message ?? "no status"}`,
      );
}

async function isOpen(
  { api }: ClusterContext,
  { allowedRoutes }: Listener,
  gateway: KubeObject,
  route: KubeObject,
): Promise<boolean> {
  const { from = "Same", selector } = allowedRoutes?.namespaces ?? {};
  if (from === "All") return true;
  if (from !== "Selector") return placeOf(gateway) === placeOf(route);
  const namespace = await api.get({ kind: kindNamed("v1", "Namespace"), name: placeOf(route) });
  return selects(selector, namespace?.metadata.labels);
}

function matchesHost({ hostname }: Listener, hostnames: readonly string[] = []): boolean {
  if (hostname === undefined || hostnames.length === 0) return true;
  const covers = (pattern: string, host: string): boolean =>
    pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
  return hostnames.some((host) => covers(hostname, host) || covers(host, hostname));
}

function programmedParents(route: KubeObject): JsonObject[] {
  return objects(statusOf(route), "parents").filter((parent) =>
    objects(parent, "conditions").some(({ type, status }) => type === "Programmed" && status === "True"),
  );
}

/** Gives the pods behind a route a port of the node, unless their Service has one as a load balancer. */
async function serve(
  context: ClusterContext,
  route: KubeObject,
  attachment: Attachment | undefined,
  { service, port }: Backend,
): Promise<void> {
  const { cluster } = context;
  const { name, namespace } = nameOf(ROUTE, route);
  const key = nodeKey(objectId(cluster.id, ROUTE, name, namespace));
  const selector = service?.spec?.selector;
  const node = await context.node();
  if (
    attachment === undefined ||
    service === undefined ||
    selector === undefined ||
    service.spec?.type === "LoadBalancer"
  ) {
    await node.removeService(key);
    return;
  }
  const targetPort = targetOf(service, port);
  const ports = attachment.listeners.map((listener) => ({ port: listener.port, targetPort }));
  await node.exposeService({
    ...{ key, cluster: cluster.id, name },
    namespace: placeOf(service),
    selector,
    ports,
  });
}

function targetOf(service: Service, port: number | undefined): number | string {
  const found = service.spec?.ports?.find((entry) => port === undefined || entry.port === port);
  return found?.targetPort ?? found?.port ?? port ?? 80;
}
