import { DNS_SERVICE_ADDRESS } from "../topology";
import { type Manifest, NAMESPACE, grant, systemPods } from "./manifest";

const PROGRAM = "coredns";
/** The label by which network policies name the cluster's DNS, on AKS too. */
const LABELS = { "k8s-app": "kube-dns" };

const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        ttl 30
    }
    prometheus :9153
    cache 30
    loadbalance
}
`;

/** The cluster's DNS. It answers for the cluster's own names alone: there is nothing else to reach. */
export function coredns(): Manifest[] {
  const metadata = { name: PROGRAM, namespace: NAMESPACE };
  const rules = [
    { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ];
  return [
    ...grant("system:coredns", { serviceAccount: PROGRAM }, rules),
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: COREFILE } },
    ...systemPods({
      program: PROGRAM,
      replicas: 2,
      labels: LABELS,
      args: ["-conf", "/etc/coredns/Corefile"],
      ports: [
        { name: "dns", containerPort: 53, protocol: "UDP" },
        { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
      ],
      readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 2 },
      requests: { cpu: "20m", memory: "30Mi" },
      volumes: [{ name: "config", configMap: { name: PROGRAM } }],
      volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
    }),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: NAMESPACE, labels: LABELS },
      spec: {
        selector: LABELS,
        clusterIP: DNS_SERVICE_ADDRESS,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        ],
      },
    },
  ];
}
