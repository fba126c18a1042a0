import type { Report } from "../../support/finding";
import type { Container, Pod } from "../../support/pod";
import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck, PodCheck } from "../../support/podPolicy";

/** What a container says wins over what its pod says. */
const refusesRoot: ContainerCheck = (container, report, { spec }) => {
  const runAsNonRoot = container.securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  if (runAsNonRoot === true) return;
  report({
    at: "securityContext.runAsNonRoot",
    got: runAsNonRoot,
    allowed: "true, on the container or on its pod",
    fix: "set runAsNonRoot: true and run the image as a numbered user other than 0",
  });
};

const containerUserIsNotRoot: ContainerCheck = (container, report) => {
  judgeUser(container, report);
};

const podUserIsNotRoot: PodCheck = ({ spec }, report) => {
  judgeUser(spec, report);
};

function judgeUser({ securityContext }: Container | Pod["spec"], report: Report): void {
  if (securityContext?.runAsUser !== 0) return;
  report({
    at: "securityContext.runAsUser",
    got: 0,
    allowed: "a user other than 0, or absent",
    fix: "give the number of the image's own user",
  });
}

export const podRunAsNonRoot = podPolicy(
  {
    name: "pod-run-as-non-root",
    description: "Containers run as a user other than root.",
    severity: "critical",
    framework: podSecurityStandard("restricted", "Running as Non-root"),
    remediationSteps: "Set runAsNonRoot: true in the pod's securityContext and remove every runAsUser: 0.",
    url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  },
  { pod: [podUserIsNotRoot], container: [refusesRoot, containerUserIsNotRoot] },
);
