/**
 * How server-side apply merges lists and maps, where it is not the usual way: a list is one value (atomic), a map or an object
 * is its entries. Source: k8s.io/client-go v0.35.4, applyconfigurations/internal/internal.go (`elementRelationship`, `keys`).
 */
import { groupOf, type Kind } from "../kinds";

/** Names of the fields that tell a list's items apart; `set` for a list of distinct scalars; `atomic` for one value. */
export type Relation = readonly string[] | "set" | "atomic";

const BY_NAME: Relation = ["name"];
const CONTAINER: Readonly<Record<string, Relation>> = {
  env: BY_NAME,
  ports: ["containerPort", "protocol"],
  volumeDevices: ["devicePath"],
  volumeMounts: ["mountPath"],
};

const FIELDS: Readonly<Record<string, Readonly<Record<string, Relation>>>> = {
  "core.v1.Container": CONTAINER,
  "core.v1.EphemeralContainer": CONTAINER,
  "core.v1.PodSpec": {
    containers: BY_NAME,
    ephemeralContainers: BY_NAME,
    hostAliases: ["ip"],
    imagePullSecrets: BY_NAME,
    initContainers: BY_NAME,
    nodeSelector: "atomic",
    resourceClaims: BY_NAME,
    schedulingGates: BY_NAME,
    topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
    volumes: BY_NAME,
  },
  "core.v1.ResourceRequirements": { claims: BY_NAME },
  "core.v1.ServiceAccount": { secrets: BY_NAME },
  "core.v1.ServiceSpec": { ports: ["port", "protocol"], selector: "atomic" },
  // kubernetes-sigs/gateway-api, apis/v1/gateway_types.go
  "gateway.v1.GatewaySpec": { listeners: BY_NAME },
  "meta.v1.ObjectMeta": { finalizers: "set", ownerReferences: ["uid"] },
};

/**
 * The definition of Rollouts keeps only these of the lists of a pod
 * (argo-rollouts v1.8.3, manifests/crds/rollout-crd.yaml: x-kubernetes-list-map-keys).
 */
const ROLLOUT_LISTS: ReadonlySet<string> = new Set([
  "resourceClaims",
  "schedulingGates",
  "topologySpreadConstraints",
]);

const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  "core.v1.ConfigMapKeySelector",
  "core.v1.FileKeySelector",
  "core.v1.LocalObjectReference",
  "core.v1.NodeSelector",
  "core.v1.NodeSelectorTerm",
  "core.v1.ObjectFieldSelector",
  "core.v1.ObjectReference",
  "core.v1.ResourceFieldSelector",
  "core.v1.ScopeSelector",
  "core.v1.SecretKeySelector",
  "core.v1.TypedLocalObjectReference",
  "meta.v1.LabelSelector",
  "meta.v1.OwnerReference",
  "rbac.v1.RoleRef",
  "rbac.v1.Subject",
]);

/** Values that keys have where an item does not name them. */
export const KEY_DEFAULTS: Readonly<Record<string, string>> = { protocol: "TCP" };

export function isAtomicType(type: string): boolean {
  return ATOMIC_TYPES.has(type);
}

/** @returns undefined where the field is merged in the usual way */
export function relationOf(kind: Kind, type: string, field: string): Relation | undefined {
  const isPodOfRollout = type === "core.v1.PodSpec" && groupOf(kind.apiVersion) === "argoproj.io";
  if (isPodOfRollout && !ROLLOUT_LISTS.has(field)) return undefined;
  return FIELDS[type]?.[field];
}
