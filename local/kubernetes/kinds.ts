/** The kinds that the emulated API server serves: one entry each. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Resource name in URLs and messages. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Name of the type in schema/fields.json, or in schema/customResources.ts. */
  readonly fields: string;
  /**
   * Input paths whose change needs a new object, beside `metadata.name` and `metadata.namespace`
   * (pulumi-kubernetes, provider/pkg/provider: the same list per kind).
   */
  readonly replaceOn: readonly string[];
  /** Typical time until the object is ready on AKS, in seconds. */
  readonly seconds: number;
  /** Input paths that are secret. */
  readonly secrets?: readonly string[];
  /** Served only where the cluster has this add-on. */
  readonly addon?: "verticalPodAutoscaler";
  /** Served only where the cluster has the definition of this custom resource. @default false */
  readonly custom?: boolean;
}

const RBAC = "rbac.authorization.k8s.io/v1";
const GATEWAY_API = "gateway.networking.k8s.io/v1";
const ALB_API = "alb.networking.azure.io/v1";
const ROLLOUTS_API = "argoproj.io/v1alpha1";

export const KINDS: readonly Kind[] = [
  kind("v1", "Namespace", "core.v1.Namespace", { namespaced: false, seconds: 1 }),
  kind("v1", "ConfigMap", "core.v1.ConfigMap", { replaceOn: ["data", "binaryData"] }),
  kind("v1", "Secret", "core.v1.Secret", {
    replaceOn: ["type", "data", "stringData"],
    secrets: ["data", "stringData"],
  }),
  kind("v1", "Service", "core.v1.Service", { replaceOn: ["spec.clusterIP"], seconds: 12 }),
  kind("v1", "ServiceAccount", "core.v1.ServiceAccount", {}),
  kind("v1", "ResourceQuota", "core.v1.ResourceQuota", { replaceOn: ["spec.scopes"] }),
  kind("v1", "LimitRange", "core.v1.LimitRange", {}),
  kind("apps/v1", "Deployment", "apps.v1.Deployment", { replaceOn: ["spec.selector"], seconds: 35 }),
  kind("autoscaling/v2", "HorizontalPodAutoscaler", "autoscaling.v2.HorizontalPodAutoscaler", {}),
  kind("policy/v1", "PodDisruptionBudget", "policy.v1.PodDisruptionBudget", {}),
  kind("networking.k8s.io/v1", "NetworkPolicy", "networking.v1.NetworkPolicy", { plural: "networkpolicies" }),
  kind(RBAC, "Role", "rbac.v1.Role", {}),
  kind(RBAC, "RoleBinding", "rbac.v1.RoleBinding", { replaceOn: ["roleRef"] }),
  kind(RBAC, "ClusterRole", "rbac.v1.ClusterRole", { namespaced: false }),
  kind(RBAC, "ClusterRoleBinding", "rbac.v1.ClusterRoleBinding", {
    namespaced: false,
    replaceOn: ["roleRef"],
  }),
  kind("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", "vpa.v1.VerticalPodAutoscaler", {
    addon: "verticalPodAutoscaler",
  }),
  kind("apiextensions.k8s.io/v1", "CustomResourceDefinition", "apiextensions.v1.CustomResourceDefinition", {
    namespaced: false,
  }),
  kind(GATEWAY_API, "GatewayClass", "gateway.v1.GatewayClass", {
    ...{ plural: "gatewayclasses", namespaced: false, custom: true },
    replaceOn: ["spec.controllerName"],
  }),
  kind(GATEWAY_API, "Gateway", "gateway.v1.Gateway", { custom: true, seconds: 20 }),
  kind(GATEWAY_API, "HTTPRoute", "gateway.v1.HTTPRoute", { custom: true, seconds: 5 }),
  kind("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "gateway.v1beta1.ReferenceGrant", {
    custom: true,
  }),
  kind(ALB_API, "HealthCheckPolicy", "alb.v1.HealthCheckPolicy", {
    ...{ plural: "healthcheckpolicies", custom: true },
  }),
  kind(ALB_API, "WebApplicationFirewallPolicy", "alb.v1.WebApplicationFirewallPolicy", {
    ...{ plural: "webapplicationfirewallpolicies", custom: true },
  }),
  kind(ROLLOUTS_API, "Rollout", "rollouts.v1.Rollout", { custom: true, seconds: 60 }),
  kind(ROLLOUTS_API, "AnalysisTemplate", "rollouts.v1.AnalysisTemplate", { custom: true }),
];

function kind(apiVersion: string, name: string, fields: string, more: Partial<Kind>): Kind {
  return {
    apiVersion,
    kind: name,
    plural: `${name.toLowerCase()}s`,
    namespaced: true,
    fields,
    replaceOn: [],
    seconds: 1,
    ...more,
  };
}

/** API group, empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** As Kubernetes names it in messages: `deployments.apps`, `namespaces`. */
export function qualifiedPlural(kind: Kind): string {
  const group = groupOf(kind.apiVersion);
  return group === "" ? kind.plural : `${kind.plural}.${group}`;
}

/** As Kubernetes names it in validation messages: `Deployment.apps`, `Namespace`. */
export function qualifiedKind(kind: Kind): string {
  const group = groupOf(kind.apiVersion);
  return group === "" ? kind.kind : `${kind.kind}.${group}`;
}

export function findKind(apiVersion: string, name: string): Kind | undefined {
  return KINDS.find((entry) => entry.apiVersion === apiVersion && entry.kind === name);
}

/** Finds the kind that a Pulumi token such as `kubernetes:apps/v1:Deployment` stands for. */
export function kindOfToken(token: string): Kind | undefined {
  const [, module = "", name = ""] = token.split(":");
  return findKind(module.replace(/^core\//, ""), name);
}

export function tokenOf(kind: Kind): string {
  const module = kind.apiVersion.includes("/") ? kind.apiVersion : `core/${kind.apiVersion}`;
  return `kubernetes:${module}:${kind.kind}`;
}

/** A kind that is known to be in the table. */
export function kindNamed(apiVersion: string, name: string): Kind {
  const found = findKind(apiVersion, name);
  if (found === undefined) throw new Error(`kinds.ts has no ${apiVersion} ${name}`);
  return found;
}
