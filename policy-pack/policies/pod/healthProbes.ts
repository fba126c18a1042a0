import type { Container, Pod } from "../../support/pod";
import { podPolicy } from "../../support/podPolicy";
import type { ContainerCheck, ContainerList } from "../../support/podPolicy";

/**
 * Pods that end (restartPolicy Never or OnFailure, which every Job must name) need no probes; nor do containers
 * that end: init containers, unless restarted like a sidecar, and ephemeral ones.
 */
function runsOn(container: Container, { spec }: Pod, list: ContainerList): boolean {
  if ((spec.restartPolicy ?? "Always") !== "Always") return false;
  return list === "containers" || (list === "initContainers" && container.restartPolicy === "Always");
}

const hasProbe =
  (probe: "livenessProbe" | "readinessProbe", fix: string): ContainerCheck =>
  (container, report, pod, list) => {
    if (container[probe] || !runsOn(container, pod, list)) return;
    report({ at: probe, got: container[probe], allowed: "a probe", fix });
  };

export const podHealthProbes = podPolicy(
  {
    name: "pod-health-probes",
    description:
      "Containers that run on tell Kubernetes when they can serve and when they must be restarted.",
    severity: "low",
    enforcementLevel: "advisory",
    remediationSteps: "Give every container of a long-running workload a livenessProbe and a readinessProbe.",
    url: "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
  },
  {
    container: [
      hasProbe("livenessProbe", "probe an endpoint that fails only when a restart helps"),
      hasProbe("readinessProbe", "probe an endpoint that fails while the container cannot serve"),
    ],
  },
);
