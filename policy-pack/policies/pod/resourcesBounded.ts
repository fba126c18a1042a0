import { isAbsent } from "../../support/finding";
import type { Container, Pod } from "../../support/pod";
import { podPolicy } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";

type Resource = "cpu" | "memory";
type Quantity = string | number | null | undefined;

/** `0`, `0m`, `0.0Gi`: asks for nothing. */
const ZERO = /^0+(\.0*)?[A-Za-z]*$/;

/** A request that is absent equals the limit: so Kubernetes defaults it. */
const requests =
  (resource: Resource): ContainerCheck =>
  (container, report, { spec }, list) => {
    if (list === "ephemeralContainers") return;
    judgeQuantity(
      `resources.requests.${resource}`,
      [container, spec].flatMap((holder) => [
        quantity(holder, "requests", resource),
        quantity(holder, "limits", resource),
      ]),
      report,
    );
  };

const limitsMemory: ContainerCheck = (container, report, { spec }, list) => {
  if (list === "ephemeralContainers") return;
  const limits = [container, spec].map((holder) => quantity(holder, "limits", "memory"));
  judgeQuantity("resources.limits.memory", limits, report);
};

function quantity(
  holder: Container | Pod["spec"],
  kind: "requests" | "limits",
  resource: Resource,
): Quantity {
  return holder.resources?.[kind]?.[resource];
}

function judgeQuantity(
  at: string,
  candidates: readonly Quantity[],
  report: Parameters<ContainerCheck>[1],
): void {
  const found = candidates.find((candidate) => !isAbsent(candidate));
  if (!isAbsent(found) && !ZERO.test(String(found))) return;
  report({
    at,
    got: found,
    allowed: "a quantity above 0, on the container or on its pod",
    fix: "set it to what the container was measured to use, with room for its peak",
  });
}

/**
 * No CPU limit is asked for: CPU is shared by weight of the requests when a node is full, and a limit throttles
 * a container also on an idle node. Memory cannot be shared: without a limit one leak takes down its neighbours.
 */
export const podResourcesBounded = podPolicy(
  {
    name: "pod-resources-bounded",
    description: "Containers request CPU and memory, and memory has a limit.",
    severity: "medium",
    remediationSteps: "Set resources.requests.cpu, resources.requests.memory and resources.limits.memory.",
    url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  },
  { container: [requests("cpu"), requests("memory"), limitsMemory] },
);
