import { run } from "../commands";
import { imageOf } from "../images";
import type { ClusterLayout } from "../layout";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export const NAMESPACE = "kube-system";
const RBAC = "rbac.authorization.k8s.io/v1";

/** Hands objects to the API server, as `kubectl apply` does. */
export async function apply(layout: ClusterLayout, manifests: readonly Manifest[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests });
  await run(
    layout.program("kubectl"),
    ["--kubeconfig", layout.kubeconfig, "apply", "--server-side", "-f", "-"],
    {
      input: list,
    },
  );
}

export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Who a role is given to: a service account of the system's namespace, or a user. */
export type Grantee = { readonly serviceAccount: string } | { readonly user: string };

/** A role for the whole cluster and its binding. */
export function grant(name: string, grantee: Grantee, rules: readonly RoleRule[]): Manifest[] {
  return [
    { apiVersion: RBAC, kind: "ClusterRole", metadata: { name }, rules },
    bind(name, "ClusterRole", name, grantee),
  ];
}

/** Gives a role for the whole cluster. */
export function bind(name: string, kind: "ClusterRole", role: string, grantee: Grantee): Manifest {
  return {
    apiVersion: RBAC,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: role },
    subjects: [subjectOf(grantee)],
  };
}

/** What a role binding calls a grantee. */
export function subjectOf(grantee: Grantee): object {
  return "user" in grantee
    ? { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: grantee.user }
    : { kind: "ServiceAccount", name: grantee.serviceAccount, namespace: NAMESPACE };
}

export interface SystemPods {
  /** Name of the Deployment, its service account and its container; the executable in its image. */
  readonly program: string;
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly ports: readonly object[];
  readonly readinessProbe: object;
  readonly requests: Readonly<Record<string, string>>;
  /** Linux capabilities beyond none. */
  readonly capabilities?: readonly string[];
  readonly volumes?: readonly object[];
  readonly volumeMounts?: readonly object[];
}

/** A Deployment of the cluster's own pods, spread over the nodes, with its service account. */
export function systemPods(pods: SystemPods): Manifest[] {
  const { program, replicas, labels, args, ports, readinessProbe, requests, capabilities } = pods;
  const metadata = { name: program, namespace: NAMESPACE };
  const container = {
    name: program,
    image: imageOf(program),
    imagePullPolicy: "Never",
    args,
    ports,
    readinessProbe,
    resources: { requests },
    volumeMounts: pods.volumeMounts ?? [],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], ...(capabilities === undefined ? {} : { add: capabilities }) },
    },
  };
  const spread = { maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" };
  const spec = {
    serviceAccountName: program,
    priorityClassName: "system-cluster-critical",
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
    containers: [container],
    volumes: pods.volumes ?? [],
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}
