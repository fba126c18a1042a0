import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";
import { judgeElements } from "../../support/unknown";

/** The one capability that the restricted profile lets a container have: to listen below port 1024. */
const ALLOWED = "NET_BIND_SERVICE";

const dropsAll: ContainerCheck = ({ securityContext }, report) => {
  const drop = securityContext?.capabilities?.drop;
  if (drop?.includes("ALL")) return;
  report({
    at: "securityContext.capabilities.drop",
    got: drop,
    allowed: 'a list with "ALL"',
    fix: 'set drop: ["ALL"]',
  });
};

const addsNone: ContainerCheck = ({ securityContext }, report) => {
  judgeElements(securityContext?.capabilities?.add ?? [], (capability, index) => {
    if (capability === ALLOWED) return;
    report({
      at: `securityContext.capabilities.add[${index}]`,
      got: capability,
      allowed: ALLOWED,
      fix: "remove it, or exempt the resource and say what needs it",
    });
  });
};

export const podDropAllCapabilities = podPolicy(
  {
    name: "pod-drop-all-capabilities",
    description: "Containers drop all Linux capabilities and add at most NET_BIND_SERVICE.",
    severity: "high",
    framework: podSecurityStandard("restricted", "Capabilities"),
    remediationSteps: 'Set capabilities: { drop: ["ALL"] } in the securityContext of each container.',
    url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container",
  },
  { container: [dropsAll, addsNone] },
);
