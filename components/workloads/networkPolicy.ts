import type * as inputs from "@pulumi/kubernetes/types/input";

import { API_PORT } from "./apiPod";

/** Address of Azure's instance metadata service, which hands out the node's own tokens. */
const INSTANCE_METADATA = "169.254.169.254/32";

/**
 * Exactly the API's flows: requests in; name resolution and HTTPS out (Entra ID's token exchange and Azure's
 * services), but never to the node's metadata service.
 */
export function apiNetworkPolicySpec(
  selector: Readonly<Record<string, string>>,
): inputs.networking.v1.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ ports: [{ protocol: "TCP", port: API_PORT }] }],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
      {
        to: [{ ipBlock: { cidr: "0.0.0.0/0", except: [INSTANCE_METADATA] } }],
        ports: [{ protocol: "TCP", port: 443 }],
      },
    ],
  };
}
