import type * as inputs from "@pulumi/kubernetes/types/input";

import { API_PORT, HEALTH_PORT } from "./apiPod";

/** Address of Azure's instance metadata service, which hands out the node's own tokens. */
const INSTANCE_METADATA = "169.254.169.254/32";
const HTTPS_PORT = 443;

export interface ApiFlows {
  /** TCP ports of the data services that the API uses. */
  readonly egressPorts: readonly number[];
  /** Network of the private endpoints that the data services answer at; undefined: they answer on the internet. */
  readonly privateEndpoints: string | undefined;
  /** Namespace whose pods scrape the API's metrics; undefined: none do, and only nodes reach the port for it. */
  readonly scrapedFrom: string | undefined;
}

/**
 * Exactly the API's flows: requests in; name resolution, HTTPS out (Entra ID's token exchange and Azure's services) and
 * the ports of the data services, but never to the node's metadata service.
 */
export function apiNetworkPolicySpec(
  selector: Readonly<Record<string, string>>,
  { egressPorts, privateEndpoints, scrapedFrom }: ApiFlows,
): inputs.networking.v1.NetworkPolicySpec {
  const internet = { cidr: "0.0.0.0/0", except: [INSTANCE_METADATA] };
  const data = egressPorts.filter((port) => port !== HTTPS_PORT).toSorted((one, other) => one - other);
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { ports: tcp([API_PORT]) },
      ...(scrapedFrom === undefined ? [] : [{ from: [inNamespace(scrapedFrom)], ports: tcp([HEALTH_PORT]) }]),
    ],
    egress: [
      {
        to: [
          {
            ...inNamespace("kube-system"),
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
      { to: [{ ipBlock: internet }], ports: tcp([HTTPS_PORT]) },
      ...(data.length === 0
        ? []
        : [
            {
              to: [{ ipBlock: privateEndpoints === undefined ? internet : { cidr: privateEndpoints } }],
              ports: tcp(data),
            },
          ]),
    ],
  };
}

function inNamespace(name: string) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

function tcp(ports: readonly number[]) {
  return ports.map((port) => ({ protocol: "TCP", port }));
}
