import { podPolicy } from "../../support/podPolicy";
import type { PodCheck } from "../../support/podPolicy";

/**
 * Kubernetes mounts a token of its API into every pod that does not refuse it. A pod that calls the API asks for
 * the token by name, with a service account of its own, so that its rights are its own too. Entra Workload Identity
 * needs no such token: its webhook projects another one.
 */
const asksForItsToken: PodCheck = ({ spec }, report) => {
  const { automountServiceAccountToken } = spec;
  if (automountServiceAccountToken === false) return;
  if (automountServiceAccountToken === true) {
    const serviceAccount = spec.serviceAccountName ?? "default";
    if (serviceAccount !== "default") return;
    report({
      at: "serviceAccountName",
      got: serviceAccount,
      allowed: "a service account of the pod's own where it mounts a token",
      fix: "create a service account for the pod, or set automountServiceAccountToken: false",
    });
    return;
  }
  report({
    at: "automountServiceAccountToken",
    got: automountServiceAccountToken,
    allowed: "false; or true together with a serviceAccountName of the pod's own",
    fix: "set it to false unless the pod calls the Kubernetes API",
  });
};

export const podTokenOnRequest = podPolicy(
  {
    name: "pod-token-on-request",
    description:
      "Pods hold a token of the Kubernetes API only where they ask for it under an account of their own.",
    severity: "medium",
    remediationSteps:
      "Set automountServiceAccountToken: false in the pod spec of whatever does not call the API.",
    url: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
  },
  { pod: [asksForItsToken] },
);
