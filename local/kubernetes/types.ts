/**
 * The parts of Kubernetes objects that the emulated control plane reads. Objects are checked against the field
 * table (schema/) before they are seen through these types; fields not named here are kept and returned as given.
 */
import type { JsonObject } from "../provider/backend";
import { object } from "../provider/values";
import type { PodTemplate, Quantities } from "./podTypes";

export type * from "./podTypes";

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplate;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
  };
  readonly status?: DeploymentStatus;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

export interface DeploymentStatus {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly unavailableReplicas: number;
  readonly conditions: readonly Condition[];
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly nodePort?: number;
}

export interface Service extends KubeObject {
  readonly spec?: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly loadBalancerIP?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
  };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** As the API server returns it: `stringData` has gone into `data`, base64. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface LimitRange extends KubeObject {
  readonly spec?: {
    readonly limits: readonly {
      readonly type: string;
      readonly default?: Quantities;
      readonly defaultRequest?: Quantities;
      readonly max?: Quantities;
      readonly min?: Quantities;
      readonly maxLimitRequestRatio?: Quantities;
    }[];
  };
}

export interface ResourceQuota extends KubeObject {
  readonly spec?: { readonly hard?: Quantities; readonly scopes?: readonly string[] };
}

/** An object of the API is plain JSON; the types above only say which parts of it are looked at. */
export function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject;
}

/** The field `spec`; empty where there is none. */
export function specOf(kube: KubeObject): JsonObject {
  return object(asJson(kube), "spec");
}

export function asKube(object: JsonObject): KubeObject {
  return object as unknown as KubeObject;
}
