/** Objects of the Gateway API, as far as the ALB controller reads them, and the conditions that it writes. */
import type { JsonObject } from "../../provider/backend";
import { object } from "../../provider/values";
import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import { sameJson } from "../sameJson";
import { asJson, type KubeObject, type LabelSelector } from "../types";

export const GATEWAY_GROUP = "gateway.networking.k8s.io";
export const GATEWAY_API = `${GATEWAY_GROUP}/v1`;
export const ALB_API = "alb.networking.azure.io";
export const CONTROLLER_NAME = `${ALB_API}/alb-controller`;
export const CLASS_NAME = "azure-alb-external";

export const GATEWAY_CLASS = kindNamed(GATEWAY_API, "GatewayClass");
export const GATEWAY = kindNamed(GATEWAY_API, "Gateway");
export const ROUTE = kindNamed(GATEWAY_API, "HTTPRoute");
export const GRANT = kindNamed(`${GATEWAY_GROUP}/v1beta1`, "ReferenceGrant");
export const HEALTH_POLICY = kindNamed(`${ALB_API}/v1`, "HealthCheckPolicy");
export const FIREWALL_POLICY = kindNamed(`${ALB_API}/v1`, "WebApplicationFirewallPolicy");

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
  };
}

export interface GatewaySpec {
  readonly gatewayClassName: string;
  readonly listeners: readonly Listener[];
  readonly addresses?: readonly { readonly type?: string; readonly value?: string }[];
}

export interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly port?: number;
}

export interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly sectionName?: string;
}

export interface RouteSpec {
  readonly parentRefs?: readonly ParentRef[];
  readonly hostnames?: readonly string[];
  readonly rules?: readonly { readonly backendRefs?: readonly BackendRef[] }[];
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

/** The field `spec`, of a shape that the schema has checked. */
export function specOf(object: KubeObject): unknown {
  return asJson(object)["spec"];
}

/** A text field; anything else counts as empty. */
export function textOf(object: JsonObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === "string" ? value : "";
}

export function statusOf(kube: KubeObject): JsonObject {
  return object(asJson(kube), "status");
}

export function placeOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "default";
}

export const yes = (type: string, message = ""): Condition => ({
  type,
  status: "True",
  reason: type,
  message,
});

export const no = (type: string, reason: string, message: string): Condition => ({
  ...{ type, status: "False", reason, message },
});

/** Nobody has looked at the object yet, or nobody will. */
export const unknown = (type: string, message: string): Condition => ({
  ...{ type, status: "Unknown", reason: "Pending", message },
});

export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** Conditions as the API server keeps them: the time changes with the status alone. */
export function withTimes(
  conditions: readonly Condition[],
  before: readonly JsonObject[],
  generation: number | undefined,
): JsonObject[] {
  return conditions.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const time = old?.["status"] === condition.status ? old["lastTransitionTime"] : undefined;
    return {
      ...condition,
      lastTransitionTime: time ?? new Date().toISOString().replace(/\.\d+Z$/, "Z"),
      observedGeneration: generation ?? 1,
    };
  });
}

/** Writes a status where it differs from the one that is there. */
export async function saveStatus(
  { api }: ClusterContext,
  object: KubeObject,
  status: JsonObject,
): Promise<KubeObject> {
  if (sameJson(statusOf(object), status)) return object;
  return api.setStatus(nameOf(kindNamed(object.apiVersion, object.kind), object), status);
}
