import type { PolicyComplianceFramework, ResourceValidationPolicy } from "@pulumi/policy";

import { isAbsent } from "./finding";
import type { Report } from "./finding";
import { podOf } from "./pod";
import type { Container, Pod } from "./pod";
import { resourcePolicy } from "./resourcePolicy";
import type { PolicyFacts } from "./resourcePolicy";
import { isSecret } from "./secrets";
import { ifKnown, judgeAll, judgeElements } from "./unknown";

export type ContainerList = "containers" | "initContainers" | "ephemeralContainers";

/** Paths in a report are relative to what is judged: the pod's spec, or the container. */
export type PodCheck = (pod: Pod, report: Report) => void;
export type ContainerCheck = (container: Container, report: Report, pod: Pod, list: ContainerList) => void;

/** What a policy asks of pods; each check has its own turn, so that an unknown in one does not hide another. */
export interface PodChecks {
  readonly pod?: readonly PodCheck[];
  /** Run on every container: main, init (sidecars included) and ephemeral. */
  readonly container?: readonly ContainerCheck[];
}

/** A policy on the pods of every workload kind. */
export function podPolicy(facts: PolicyFacts, checks: PodChecks): ResourceValidationPolicy {
  return resourcePolicy<Pod>(
    { tags: ["pods"], ...facts },
    (args) => {
      const pod = podOf(args);
      return pod ? { subject: pod } : { notApplicable: "Judges Kubernetes resources that make pods alone." };
    },
    (pod, report) => {
      const parts = [judgePod, judgeContainers];
      judgeAll(parts, (judgePart) => {
        judgePart(pod, checks, report);
      });
    },
  );
}

/** The control of the Pod Security Standards that a policy holds a pod to. */
export function podSecurityStandard(
  profile: "baseline" | "restricted",
  control: string,
): PolicyComplianceFramework {
  return {
    name: "Kubernetes Pod Security Standards",
    version: "latest",
    reference: profile,
    specification: control,
  };
}

function judgePod(pod: Pod, checks: PodChecks, report: Report): void {
  judgeAll(checks.pod ?? [], (check) => {
    check(pod, within(pod, pod.path, report));
  });
}

function judgeContainers(pod: Pod, checks: PodChecks, report: Report): void {
  const lists: readonly ContainerList[] = ["containers", "initContainers", "ephemeralContainers"];
  judgeAll(lists, (list) => {
    judgeElements<Container>(pod.spec[list] ?? [], (container, index) => {
      const known = ifKnown(() => container.name) ?? "of unknown name";
      const name = isSecret(known) ? "of secret name" : known;
      const prefix = `container ${name}: ${pod.path}.${list}[${index}]`;
      judgeAll(checks.container ?? [], (check) => {
        check(container, within(pod, prefix, report), pod, list);
      });
    });
  });
}

function within(pod: Pod, prefix: string, report: Report): Report {
  return (finding) => {
    if (pod.isPatch && isAbsent(finding.got)) return;
    report({ ...finding, at: `${prefix}.${finding.at}` });
  };
}
