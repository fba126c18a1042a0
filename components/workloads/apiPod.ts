import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";

import type { ApiSettings } from "../../config";
import type { Availability } from "./availability";

/** Port that the API listens on, inside the pod. */
export const API_PORT = 8080;
/**
 * Port for probes, metrics and what operators ask, which no entrance leads to: no flood of connections to the other makes
 * the kubelet end pods.
 */
export const HEALTH_PORT = 8081;
/** Path that answers 200 where the API takes requests, to GET and to HEAD. */
export const READINESS_PATH = "/readyz";
const USER_ID = 1000;

export interface ApiPodArgs {
  readonly labels: Readonly<Record<string, string>>;
  readonly image: pulumi.Input<string>;
  /** Full SHA of the commit that the image was built from. */
  readonly commit: string;
  readonly serviceAccountName: pulumi.Input<string>;
  readonly resources: ApiSettings["resources"];
  readonly availability: Availability;
  /** Label that the workload's controller gives to the pods of one version. */
  readonly versionLabel: string;
  /** Environment variables besides the pod's own. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The API's pod: allowed by the `restricted` Pod Security level, spread over nodes and zones, stopped gently. */
export function apiPod(args: ApiPodArgs): inputs.core.v1.PodTemplateSpec {
  const { availability, labels, versionLabel } = args;
  return {
    metadata: { labels: { ...labels, "azure.workload.identity/use": "true" } },
    spec: {
      serviceAccountName: args.serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER_ID,
        runAsGroup: USER_ID,
        fsGroup: USER_ID,
        // Azure's initiative for the restricted standard wants them said.
        supplementalGroups: [USER_ID],
        seccompProfile: { type: "RuntimeDefault" },
      },
      terminationGracePeriodSeconds: availability.terminationGracePeriodSeconds,
      topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(
        (topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: labels },
          // The pods of the version before, which are about to go, do not count.
          matchLabelKeys: [versionLabel],
        }),
      ),
      containers: [apiContainer(args)],
    },
  };
}

function apiContainer({
  image,
  commit,
  resources,
  availability,
  environment,
}: ApiPodArgs): inputs.core.v1.Container {
  return {
    name: "api",
    image,
    imagePullPolicy: "IfNotPresent",
    ports: [
      { name: "http", containerPort: API_PORT, protocol: "TCP" },
      { name: "health", containerPort: HEALTH_PORT, protocol: "TCP" },
    ],
    env: [
      { name: "PORT", value: String(API_PORT) },
      { name: "HEALTH_PORT", value: String(HEALTH_PORT) },
      { name: "GIT_SHA", value: commit },
      { name: "SHUTDOWN_DELAY_SECONDS", value: String(availability.shutdown.delaySeconds) },
      { name: "SHUTDOWN_TIMEOUT_SECONDS", value: String(availability.shutdown.timeoutSeconds) },
      ...byName(environment),
    ],
    resources: {
      requests: { cpu: `${resources.cpuRequestMillicores}m`, memory: `${resources.memoryRequestMib}Mi` },
      limits: { cpu: `${resources.cpuLimitMillicores}m`, memory: `${resources.memoryLimitMib}Mi` },
    },
    startupProbe: { httpGet: { path: "/healthz", port: "health" }, periodSeconds: 1, failureThreshold: 30 },
    readinessProbe: {
      httpGet: { path: READINESS_PATH, port: "health" },
      initialDelaySeconds: 5,
      periodSeconds: availability.readinessPeriodSeconds,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    livenessProbe: {
      httpGet: { path: "/healthz", port: "health" },
      initialDelaySeconds: 15,
      periodSeconds: 20,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    lifecycle: { preStop: { sleep: { seconds: availability.preStopSeconds } } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** In an order of its own, so that the pod stays the same whoever names the variables first. */
function byName(environment: ApiPodArgs["environment"]): inputs.core.v1.EnvVar[] {
  return Object.entries(environment)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
}
