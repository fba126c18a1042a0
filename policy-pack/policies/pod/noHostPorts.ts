import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";
import { judgeElements } from "../../support/unknown";

const opensNoHostPort: ContainerCheck = ({ ports }, report) => {
  judgeElements(ports ?? [], ({ hostPort }, index) => {
    if (!hostPort) return;
    report({
      at: `ports[${index}].hostPort`,
      got: hostPort,
      allowed: "0 or absent",
      fix: "remove it and reach the pod through a Service",
    });
  });
};

export const podNoHostPorts = podPolicy(
  {
    name: "pod-no-host-ports",
    description: "Containers open no port on their node.",
    severity: "high",
    framework: podSecurityStandard("baseline", "Host Ports"),
    remediationSteps: "Remove hostPort from every container port and put a Service in front of the pod.",
    url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
  },
  { container: [opensNoHostPort] },
);
