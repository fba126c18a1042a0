/** The chart of Argo Rollouts: argoproj/argo-helm, charts/argo-rollouts 2.41.0 (values.yaml and templates/controller). */
import type { JsonObject } from "../../provider/backend";
import { at, object, text } from "../../provider/values";
import type { Chart, ReleasePlace } from "./charts";
import { definitionsOf } from "./definitions";
import { over } from "./values";

const VERSION = "2.41.0";
const APP_VERSION = "v1.9.0";
const RBAC = "rbac.authorization.k8s.io";

/** Of the chart's values, those that decide what follows. */
const DEFAULTS: JsonObject = {
  installCRDs: true,
  keepCRDs: true,
  controller: {
    replicas: 2,
    resources: {},
    image: { registry: "quay.io", repository: "argoproj/argo-rollouts", tag: APP_VERSION },
    pdb: { enabled: false },
  },
  podSecurityContext: { runAsNonRoot: true },
  containerSecurityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
    seccompProfile: { type: "RuntimeDefault" },
  },
  dashboard: { enabled: false },
};

export const argoRollouts: Chart = {
  source: "oci://ghcr.io/argoproj/argo-helm/argo-rollouts",
  name: "argo-rollouts",
  version: VERSION,
  values: [
    "clusterInstall",
    "containerSecurityContext",
    "controller",
    "crdAnnotations",
    "createClusterAggregateRoles",
    "dashboard",
    "extraObjects",
    "fullnameOverride",
    "global",
    "imagePullSecrets",
    "installCRDs",
    "keepCRDs",
    "nameOverride",
    "namespaceOverride",
    "notifications",
    "podAnnotations",
    "podLabels",
    "podSecurityContext",
    "providerRBAC",
    "serviceAccount",
    "serviceAnnotations",
  ],
  render: (given, release) => {
    const values = over(DEFAULTS, given);
    const metadata = { name: "argo-rollouts", namespace: release.namespace };
    return [
      ...(at(values, "installCRDs") === true ? definitionsOf("argoproj.io") : []),
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      ...rights(metadata),
      ...disruptionBudget(object(values, "controller.pdb"), metadata),
      controller(values as JsonObject, metadata),
    ];
  },
  kept: (given) => (at(over(DEFAULTS, given), "keepCRDs") === true ? ["CustomResourceDefinition"] : []),
  bootstrap: () => [],
};

const LABELS = {
  "app.kubernetes.io/component": "rollouts-controller",
  "app.kubernetes.io/name": "argo-rollouts",
};

type Metadata = ReleasePlace & JsonObject;

/** What it may do without traffic routers: templates/_helpers.tpl, argo-rollouts.controller.roleRules. */
const READ = ["get", "list", "watch"];
const WRITE = [...READ, "create", "update", "patch", "delete"];
const RULES: readonly (readonly [group: string, resources: readonly string[], verbs: readonly string[]])[] = [
  ["argoproj.io", ["rollouts", "rollouts/status", "rollouts/finalizers"], [...READ, "update", "patch"]],
  [
    "argoproj.io",
    ["analysisruns", "analysisruns/finalizers", "experiments", "experiments/finalizers"],
    WRITE,
  ],
  ["argoproj.io", ["analysistemplates", "clusteranalysistemplates"], READ],
  ["apps", ["replicasets"], WRITE],
  ["apps", ["deployments"], [...READ, "update"]],
  ["", ["podtemplates"], [...READ, "update"]],
  ["", ["services"], [...READ, "patch", "create", "delete"]],
  ["", ["secrets", "configmaps"], READ],
  ["", ["pods"], ["list", "update", "watch"]],
  ["", ["pods/eviction"], ["create"]],
  ["", ["events"], ["create", "update", "patch"]],
  ["coordination.k8s.io", ["leases"], ["create", "get", "update"]],
  ["networking.k8s.io", ["ingresses"], [...READ, "create", "update", "patch"]],
  ["batch", ["jobs"], WRITE],
];

function rights(metadata: Metadata): JsonObject[] {
  const { name, namespace } = metadata;
  return [
    {
      ...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name } },
      rules: RULES.map(([group, resources, verbs]) => ({
        ...{ apiGroups: [group], resources: [...resources], verbs: [...verbs] },
      })),
    },
    {
      ...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRoleBinding", metadata: { name } },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

function disruptionBudget({ enabled, minAvailable }: JsonObject, metadata: Metadata): JsonObject[] {
  if (enabled !== true) return [];
  const spec = { selector: { matchLabels: LABELS }, ...(minAvailable === undefined ? {} : { minAvailable }) };
  return [{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec }];
}

function controller(values: JsonObject, metadata: Metadata): JsonObject {
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { ...metadata, labels: LABELS } },
    spec: {
      replicas: at(values, "controller.replicas") ?? 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: metadata.name,
          securityContext: object(values, "podSecurityContext"),
          containers: [
            {
              name: "argo-rollouts",
              image: `${text(values, "controller.image.registry") ?? ""}/${text(values, "controller.image.repository") ?? ""}:${text(values, "controller.image.tag") ?? ""}`,
              args: at(values, "controller.replicas") === 1 ? [] : ["--leader-elect"],
              ports: [
                { name: "metrics", containerPort: 8090 },
                { name: "healthz", containerPort: 8080 },
              ],
              resources: object(values, "controller.resources"),
              securityContext: object(values, "containerSecurityContext"),
              volumeMounts: [
                { name: "plugin-bin", mountPath: "/home/argo-rollouts/plugin-bin" },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "plugin-bin", emptyDir: {} },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
}
