import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";

/** Kubernetes allows escalation where the field is absent, so that only an explicit false complies. */
const forbidsEscalation: ContainerCheck = ({ securityContext }, report) => {
  const allowPrivilegeEscalation = securityContext?.allowPrivilegeEscalation;
  if (allowPrivilegeEscalation === false) return;
  report({
    at: "securityContext.allowPrivilegeEscalation",
    got: allowPrivilegeEscalation,
    allowed: "false",
    fix: "set allowPrivilegeEscalation: false",
  });
};

export const podNoPrivilegeEscalation = podPolicy(
  {
    name: "pod-no-privilege-escalation",
    description: "No process in a container gains more privileges than its parent.",
    severity: "high",
    framework: podSecurityStandard("restricted", "Privilege Escalation"),
    remediationSteps: "Set allowPrivilegeEscalation: false in the securityContext of each container.",
    url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  },
  { container: [forbidsEscalation] },
);
