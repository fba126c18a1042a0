/** Enforces network policies on each node: new connections wait until `network-policies` has let them pass. */
import { kubeconfigOf } from "../credentials";
import type { ClusterLayout } from "../layout";
import { runOn, startOn } from "../machines";
import { NODES } from "../topology";
import { type Manifest, grant } from "./manifest";

const PROGRAM = "network-policies";
const QUEUE = 100;
const CHAIN = "NETWORK-POLICIES";

/** What the program may read, and the events it reports. */
export function networkPolicies(): Manifest[] {
  return grant("system:network-policies", { user: "system:network-policies" }, [
    { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "patch", "update"] },
  ]);
}

/**
 * Starts the program on every node. Packets reach it after the service's address has become a pod's and before the
 * sender's is hidden. What the node's own root sends is left alone: a policy must not stop a kubelet's probes. Where
 * the program does not run, new connections fail.
 */
export async function startNetworkPolicies(layout: ClusterLayout): Promise<void> {
  const rules = [
    `iptables -w -t mangle -N ${CHAIN}`,
    `iptables -w -t mangle -A ${CHAIN} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    `iptables -w -t mangle -A ${CHAIN} -m owner --uid-owner 0 -j RETURN`,
    `iptables -w -t mangle -A ${CHAIN} -j NFQUEUE --queue-num ${QUEUE}`,
    `iptables -w -t mangle -A POSTROUTING ! -o lo -j ${CHAIN}`,
  ];
  for (const { name } of NODES) {
    await runOn(layout, name, "sh", ["-euc", rules.join("\n")]);
    const kubeconfig = kubeconfigOf(layout, PROGRAM);
    const args = [`--kubeconfig=${kubeconfig}`, `--node=${name}`, `--queue=${QUEUE}`];
    startOn(layout, name, { name: PROGRAM, command: layout.program(PROGRAM), args });
  }
}
