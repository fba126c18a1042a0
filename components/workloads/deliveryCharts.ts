/** What the charts of progressive delivery are told, and which connections their pods need. */
import type * as inputs from "@pulumi/kubernetes/types/input";

import type { ApiSettings } from "../../config";
import { HEALTH_PORT } from "./apiPod";

/** Where Argo Rollouts runs, and where the Prometheus that it asks. */
export const CONTROLLER_NAMESPACE = "argo-rollouts";
export const METRICS_NAMESPACE = "rollout-metrics";
export const METRICS_PORT = 9090;

/** Namespaces of the charts; none where Kubernetes itself replaces the API's pods. */
export function deliveryNamespaces({ rollout }: Pick<ApiSettings, "rollout">): readonly string[] {
  return rollout.strategy === "rollingUpdate" ? [] : [CONTROLLER_NAMESPACE, METRICS_NAMESPACE];
}

type PolicySpec = inputs.networking.v1.NetworkPolicySpec;

/** Scrape jobs that the chart of Prometheus has by default. */
const DEFAULT_JOBS = [
  "kubernetes-api-servers",
  "kubernetes-nodes",
  "kubernetes-nodes-cadvisor",
  "kubernetes-pods",
  "kubernetes-pods-slow",
  "kubernetes-service-endpoints",
  "kubernetes-service-endpoints-slow",
  "kubernetes-services",
  "prometheus",
  "prometheus-pushgateway",
];

/** Values of the chart `argo-rollouts`: no dashboard, no rights on traffic routers, which are not used. */
export function controllerValues() {
  return {
    // With the definitions all Rollouts of the cluster go: these are the platform's own, and go before.
    keepCRDs: false,
    controller: {
      replicas: 2,
      pdb: { enabled: true, minAvailable: 1 },
      resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
      logging: { format: "json" },
    },
    podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    providerRBAC: { enabled: false },
    dashboard: { enabled: false },
  };
}

/**
 * Values of the chart `prometheus`: the server alone, without a disk, because a version is judged by the last seconds.
 *
 * @param namespace whose pods are scraped
 */
export function metricsValues(namespace: string, scrapeSeconds: number) {
  const off = { enabled: false };
  return {
    server: {
      // It reads the pods of that namespace and nothing else.
      namespaces: [namespace],
      useExistingClusterRoleName: "view",
      persistentVolume: off,
      retention: "2h",
      global: {
        scrape_interval: `${scrapeSeconds}s`,
        scrape_timeout: `${scrapeSeconds - 1}s`,
        evaluation_interval: "1m",
      },
      service: { servicePort: METRICS_PORT },
      readinessProbeInitialDelay: 5,
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      securityContext: {
        runAsUser: 65534,
        runAsGroup: 65534,
        fsGroup: 65534,
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containerSecurityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
    },
    // The jobs change with the release, which starts the server anew.
    configmapReload: { prometheus: off },
    scrapeConfigs: {
      ...Object.fromEntries(DEFAULT_JOBS.map((job) => [job, off])),
      api: podJob(namespace),
    },
    alertmanager: off,
    "kube-state-metrics": off,
    "prometheus-node-exporter": off,
    "prometheus-pushgateway": off,
  };
}

/** Pods of Rollouts, by their version's hash; whether a pod is ready is told by its series `up` alone. */
function podJob(namespace: string) {
  const meta = "__meta_kubernetes_pod";
  const hash = "rollouts_pod_template_hash";
  return {
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: [namespace] } }],
    relabel_configs: [
      { source_labels: [`${meta}_label_${hash}`], regex: ".+", action: "keep" },
      { source_labels: [`${meta}_container_port_name`], regex: "health", action: "keep" },
      { source_labels: [`${meta}_phase`], regex: "Running", action: "keep" },
      { source_labels: [`${meta}_label_${hash}`], target_label: hash },
      { source_labels: [`${meta}_name`], target_label: "pod" },
      { source_labels: [`${meta}_ready`], target_label: "ready" },
    ],
    // A pod's counters must not start anew when it becomes ready: rates would miss what lies between.
    metric_relabel_configs: [{ regex: "ready", action: "labeldrop" }],
  };
}

const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** To name resolution, and to the API server, which answers on 443 or, behind its Service, on 6443. */
const BASIC_EGRESS: readonly inputs.networking.v1.NetworkPolicyEgressRule[] = [
  {
    to: [{ ...inNamespace("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
    ports: [{ protocol: "UDP", port: 53 }, ...tcp(53)],
  },
  { ports: tcp(443, 6443) },
];

/** The controller's flows: out to Prometheus, and nobody in. */
export function controllerFlows(): PolicySpec {
  const toMetrics = { to: [inNamespace(METRICS_NAMESPACE)], ports: tcp(METRICS_PORT) };
  return { podSelector: {}, policyTypes: ["Ingress", "Egress"], egress: [...BASIC_EGRESS, toMetrics] };
}

/** Prometheus' flows: the controller in, and out to the pods that it scrapes. */
export function metricsFlows(namespace: string): PolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [inNamespace(CONTROLLER_NAMESPACE)], ports: tcp(METRICS_PORT) }],
    egress: [...BASIC_EGRESS, { to: [inNamespace(namespace)], ports: tcp(HEALTH_PORT) }],
  };
}
