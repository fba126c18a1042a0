import type { Manifest } from "../../../local/cluster/addons/manifest";

export const NAMESPACE = "demo";
export const IMAGE = "cluster.local/server:test";
/** Another name for the image, in a registry that there is not. */
export const REFERENCE = "registry.invalid/team/server:1.0.0";
export const NODE_PORT = 30080;

const metadata = (name: string) => ({ name, namespace: NAMESPACE });

/** A namespace under the `restricted` Pod Security level. */
export const namespace: Manifest = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

const container = {
  name: "server",
  image: IMAGE,
  imagePullPolicy: "Never",
  readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
  resources: { requests: { cpu: "20m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

const podSecurity = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

/** Two servers, on different nodes where that is possible, and their service on a node port. */
export const server: readonly Manifest[] = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata("server"),
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "server" } },
      template: {
        metadata: { labels: { app: "server" } },
        spec: {
          securityContext: podSecurity,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: { app: "server" } },
            },
          ],
          containers: [container],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("server"),
    spec: {
      type: "NodePort",
      selector: { app: "server" },
      ports: [{ port: 80, targetPort: 8080, nodePort: NODE_PORT }],
    },
  },
];

/** A pod from which connections are tried. */
export const client: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { ...metadata("client"), labels: { app: "client" } },
  spec: {
    securityContext: podSecurity,
    containers: [{ ...container, image: REFERENCE, imagePullPolicy: "IfNotPresent" }],
  },
};

export const privilegedPod: Manifest = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: metadata("privileged"),
  spec: { containers: [{ ...container, securityContext: { privileged: true } }] },
};

/** Scales the servers by the processor time that metrics-server measures. */
export const autoscaler: Manifest = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: metadata("server"),
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "server" },
    minReplicas: 2,
    maxReplicas: 3,
    metrics: [
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
      },
    ],
  },
};

const NETWORKING = "networking.k8s.io/v1";

export const denyAll: Manifest = {
  apiVersion: NETWORKING,
  kind: "NetworkPolicy",
  metadata: metadata("deny-all"),
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};

/** Lets the client reach the servers and the cluster's DNS, as the platform's own policies do. */
export const allowClient: readonly Manifest[] = [
  {
    apiVersion: NETWORKING,
    kind: "NetworkPolicy",
    metadata: metadata("allow-client"),
    spec: {
      podSelector: { matchLabels: { app: "server" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "client" } } }], ports: [{ port: 8080 }] }],
    },
  },
  {
    apiVersion: NETWORKING,
    kind: "NetworkPolicy",
    metadata: metadata("client"),
    spec: {
      podSelector: { matchLabels: { app: "client" } },
      policyTypes: ["Egress"],
      egress: [
        { to: [{ podSelector: { matchLabels: { app: "server" } } }], ports: [{ port: 8080 }] },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [{ port: 53, protocol: "UDP" }],
        },
      ],
    },
  },
];
