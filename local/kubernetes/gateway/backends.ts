/** The Services that a route sends requests to. */
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import type { KubeObject, Service } from "../types";
import {
  GATEWAY_GROUP,
  GRANT,
  no,
  placeOf,
  specOf,
  type BackendRef,
  type Condition,
  type RouteSpec,
} from "./objects";

const SERVICE = kindNamed("v1", "Service");

/** The first backend of a route, or why it cannot be one. */
export interface Backend {
  readonly service?: Service;
  readonly port?: number;
  /** The condition ResolvedRefs of a route whose backends are not all there. */
  readonly problem?: Condition;
}

interface GrantSpec {
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
}

export async function missingBackend(context: ClusterContext, route: KubeObject): Promise<Backend> {
  const references = ((specOf(route) as RouteSpec).rules ?? []).flatMap(
    ({ backendRefs = [] }) => backendRefs,
  );
  let first: Backend = {};
  for (const reference of references) {
    const found = await resolve(context, route, reference);
    if (found.problem !== undefined) return found;
    if (first.service === undefined) first = found;
  }
  return first;
}

/** Reasons as the Gateway API defines them (apis/v1/shared_types.go: RouteConditionReason). */
async function resolve(context: ClusterContext, route: KubeObject, reference: BackendRef): Promise<Backend> {
  const { group = "", kind = "Service", name, namespace = placeOf(route), port } = reference;
  const problem = (reason: string, message: string): Backend => ({
    problem: no("ResolvedRefs", reason, message),
  });
  if (group !== "" || kind !== "Service") {
    return problem("InvalidKind", `backend ${group}/${kind} ${name} is no Service`);
  }
  if (namespace !== placeOf(route) && !(await isGranted(context, route, namespace, name))) {
    return problem(
      "RefNotPermitted",
      `no ReferenceGrant of namespace ${namespace} lets the route use Service ${name}`,
    );
  }
  const service = (await context.api.get({ kind: SERVICE, namespace, name })) as Service | undefined;
  if (service === undefined) return problem("BackendNotFound", `Service ${namespace}/${name} was not found`);
  const ports = (service.spec?.ports ?? []).map((entry) => entry.port);
  if (port === undefined || !ports.includes(port)) {
    return problem(
      "BackendNotFound",
      `Service ${namespace}/${name} has no port ${port ?? "(none given)"}, its ports are ${ports.join(", ")}`,
    );
  }
  return { service, port };
}

async function isGranted(
  { api }: ClusterContext,
  route: KubeObject,
  namespace: string,
  name: string,
): Promise<boolean> {
  const grants = await api.list(GRANT, namespace);
  return grants
    .map((grant) => specOf(grant) as GrantSpec)
    .some(
      ({ from, to }) =>
        from.some(
          (source) =>
            source.group === GATEWAY_GROUP &&
            source.kind === "HTTPRoute" &&
            source.namespace === placeOf(route),
        ) &&
        to.some(
          (target) => target.group === "" && target.kind === "Service" && (target.name ?? name) === name,
        ),
    );
}
