/** The chart of Prometheus: prometheus-community/helm-charts, charts/prometheus 29.27.0 (values.yaml and templates). */
import { stringify } from "yaml";

import { type Json, type JsonObject, ProviderError } from "../../provider/backend";
import { at, isObject, object, text, without } from "../../provider/values";
import type { Chart, ReleasePlace } from "./charts";
import { over } from "./values";

const VERSION = "29.27.0";
const APP_VERSION = "v3.14.0";
const RBAC = "rbac.authorization.k8s.io";
const PORT = 9090;

/** Charts within the chart, which it installs unless told otherwise. */
const PARTS = ["alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"];

/** Of the chart's values, those that decide what follows. */
const DEFAULTS: JsonObject = {
  server: {
    image: { repository: "quay.io/prometheus/prometheus" },
    global: { scrape_interval: "1m", scrape_timeout: "10s", evaluation_interval: "1m" },
    persistentVolume: { enabled: true },
    replicaCount: 1,
    resources: {},
    retention: "15d",
    securityContext: { runAsUser: 65534, runAsNonRoot: true, runAsGroup: 65534, fsGroup: 65534 },
    containerSecurityContext: {},
    service: { servicePort: 80 },
  },
  configmapReload: { prometheus: { enabled: true } },
  ...Object.fromEntries(PARTS.map((part) => [part, { enabled: true }])),
};

export const prometheus: Chart = {
  source: "oci://ghcr.io/prometheus-community/charts/prometheus",
  name: "prometheus",
  version: VERSION,
  values: [
    ...PARTS,
    "alertRelabelConfigs",
    "commonMetaLabels",
    "configmapReload",
    "extraManifests",
    "extraScrapeConfigs",
    "forceNamespace",
    "imagePullSecrets",
    "networkPolicy",
    "rbac",
    "ruleFiles",
    "scrapeConfigFiles",
    "scrapeConfigs",
    "server",
    "serverFiles",
    "serviceAccounts",
  ],
  render: (given, release) => {
    const values = over(DEFAULTS, given);
    refuseWhatIsNotEmulated(values);
    const metadata = { name: `${release.name}-server`, namespace: release.namespace };
    return [
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      ...bindings(object(values, "server"), metadata),
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "prometheus.yml": configuration(values) } },
      server(object(values, "server"), metadata, release),
      service(values, metadata, release),
    ];
  },
  kept: () => [],
  bootstrap: () => [],
};

/** @throws for what the chart would make and this description lacks: silence would be an invented success. */
function refuseWhatIsNotEmulated(values: Json): void {
  const asked = [...PARTS, "configmapReload.prometheus", "server.persistentVolume"].filter(
    (place) => at(values, `${place}.enabled`) === true,
  );
  const namespaces = at(values, "server.namespaces");
  if (typeof at(values, "server.useExistingClusterRoleName") !== "string" || !Array.isArray(namespaces))
    asked.push("rights on the whole cluster");
  if (asked.length === 0) return;
  throw new ProviderError(
    "ChartNotEmulated",
    `chart prometheus: got ${asked.join(", ")}; emulated is the server alone, without a disk, with the rights of a role that ` +
      "is there already in server.namespaces. Set the others' `enabled` to false, or describe them in local/kubernetes/helm/prometheus.ts",
  );
}

/** templates/rolebinding.yaml */
function bindings(server: JsonObject, { name, namespace }: ReleasePlace): JsonObject[] {
  const namespaces = Array.isArray(server["namespaces"]) ? server["namespaces"] : [];
  return namespaces.map((home) => ({
    ...{ apiVersion: `${RBAC}/v1`, kind: "RoleBinding", metadata: { name, namespace: home } },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: server["useExistingClusterRoleName"] ?? null },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  }));
}

/** templates/cm.yaml */
function configuration(values: Json): string {
  const jobs = Object.entries(object(values, "scrapeConfigs")).flatMap(([name, job]) => {
    if (!isObject(job) || job["enabled"] === false) return [];
    return [{ job_name: job["job_name"] ?? name, ...without(job, ["enabled", "job_name"]) }];
  });
  return stringify({ global: object(values, "server.global"), scrape_configs: jobs });
}

function labelsOf({ name }: ReleasePlace): Record<string, string> {
  const prefix = "app.kubernetes.io";
  return {
    [`${prefix}/component`]: "server",
    [`${prefix}/name`]: "prometheus",
    [`${prefix}/instance`]: name,
  };
}

/** templates/deploy.yaml */
function server(values: JsonObject, metadata: ReleasePlace, release: ReleasePlace): JsonObject {
  const labels = labelsOf(release);
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { ...metadata, labels } },
    spec: {
      replicas: values["replicaCount"] ?? 1,
      selector: { matchLabels: labels },
      strategy: { type: "Recreate" },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: metadata.name,
          securityContext: object(values, "securityContext"),
          containers: [
            {
              name: "prometheus-server",
              image: `${text(values, "image.repository") ?? ""}:${APP_VERSION}`,
              args: [
                `--storage.tsdb.retention.time=${text(values, "retention") ?? ""}`,
                "--config.file=/etc/config/prometheus.yml",
                "--storage.tsdb.path=/data",
              ],
              ports: [{ containerPort: PORT }],
              resources: object(values, "resources"),
              securityContext: object(values, "containerSecurityContext"),
              volumeMounts: [
                { name: "config-volume", mountPath: "/etc/config" },
                { name: "storage-volume", mountPath: "/data" },
              ],
            },
          ],
          volumes: [
            { name: "config-volume", configMap: { name: metadata.name } },
            { name: "storage-volume", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** templates/service.yaml */
function service(values: Json, metadata: ReleasePlace, release: ReleasePlace): JsonObject {
  const port = at(values, "server.service.servicePort") ?? null;
  return {
    ...{ apiVersion: "v1", kind: "Service", metadata },
    spec: {
      type: "ClusterIP",
      ports: [{ name: "http", port, protocol: "TCP", targetPort: PORT }],
      selector: labelsOf(release),
    },
  };
}
