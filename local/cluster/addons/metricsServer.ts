import { type Manifest, NAMESPACE, bind, grant, subjectOf, systemPods } from "./manifest";

const PROGRAM = "metrics-server";
const PORT = 10250;
const LABELS = { "k8s-app": PROGRAM };
/** The authority that signs kubelets' certificates is the one that every pod knows the API server by. */
const AUTHORITY = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/** Measures pods and nodes for autoscalers and `kubectl top`; rights as in the project's own manifests (v0.9.0). */
export function metricsServer(): Manifest[] {
  const account = { serviceAccount: PROGRAM };
  const metadata = { name: PROGRAM, namespace: NAMESPACE };
  const rules = [
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
  ];
  return [
    ...grant("system:metrics-server", account, rules),
    bind("metrics-server:system:auth-delegator", "ClusterRole", "system:auth-delegator", account),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { ...metadata, name: "metrics-server-auth-reader" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "Role",
        name: "extension-apiserver-authentication-reader",
      },
      subjects: [subjectOf(account)],
    },
    ...systemPods({
      program: PROGRAM,
      replicas: 1,
      labels: LABELS,
      args: [
        `--secure-port=${PORT}`,
        "--cert-dir=/tmp",
        "--kubelet-preferred-address-types=InternalIP",
        `--kubelet-certificate-authority=${AUTHORITY}`,
        "--metric-resolution=15s",
      ],
      ports: [{ name: "https", containerPort: PORT }],
      readinessProbe: {
        httpGet: { path: "/readyz", port: PORT, scheme: "HTTPS" },
        periodSeconds: 2,
        failureThreshold: 30,
      },
      requests: { cpu: "20m", memory: "50Mi" },
      volumes: [{ name: "tmp", emptyDir: {} }],
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, labels: LABELS },
      spec: { selector: LABELS, ports: [{ name: "https", port: 443, targetPort: PORT }] },
    },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        service: { name: PROGRAM, namespace: NAMESPACE },
        group: "metrics.k8s.io",
        version: "v1beta1",
        // Its certificate is its own, new with each start, as in the project's own manifests.
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ];
}
