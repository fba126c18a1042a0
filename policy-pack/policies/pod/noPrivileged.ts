import { isOff } from "../../support/finding";
import type { Report } from "../../support/finding";
import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck, PodCheck } from "../../support/podPolicy";

const isNotPrivileged: ContainerCheck = ({ securityContext }, report) => {
  refuse("securityContext.privileged", securityContext?.privileged, report);
};

const isNotHostProcess: ContainerCheck = ({ securityContext }, report) => {
  refuse("securityContext.windowsOptions.hostProcess", securityContext?.windowsOptions?.hostProcess, report);
};

const podIsNotHostProcess: PodCheck = ({ spec }, report) => {
  const hostProcess = spec.securityContext?.windowsOptions?.hostProcess;
  refuse("securityContext.windowsOptions.hostProcess", hostProcess, report);
};

function refuse(at: string, got: boolean | null | undefined, report: Report): void {
  if (isOff(got)) return;
  report({ at, got, allowed: "false or absent", fix: "remove it and name the capability that is missing" });
}

export const podNoPrivileged = podPolicy(
  {
    name: "pod-no-privileged",
    description: "Containers have no privileged access to their node.",
    severity: "critical",
    framework: podSecurityStandard("baseline", "Privileged Containers"),
    remediationSteps: "Remove privileged and hostProcess from the securityContext.",
    url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  },
  { pod: [podIsNotHostProcess], container: [isNotPrivileged, isNotHostProcess] },
);
