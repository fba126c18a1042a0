import { isOff } from "../../support/finding";
import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { PodCheck } from "../../support/podPolicy";

const NAMESPACES = ["hostNetwork", "hostPID", "hostIPC"] as const;

export const podNoHostNamespaces = podPolicy(
  {
    name: "pod-no-host-namespaces",
    description: "Pods share neither the network nor the processes nor the memory of their node.",
    severity: "critical",
    framework: podSecurityStandard("baseline", "Host Namespaces"),
    remediationSteps: `Remove ${NAMESPACES.join(", ")}; reach other pods through a Service.`,
    url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  },
  {
    pod: NAMESPACES.map((namespace): PodCheck => ({ spec }, report) => {
      const shared = spec[namespace];
      if (isOff(shared)) return;
      report({
        at: namespace,
        got: shared,
        allowed: "false or absent",
        fix: "remove it, or exempt a node agent and say what it needs",
      });
    }),
  },
);
