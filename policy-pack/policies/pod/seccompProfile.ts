import type { Report } from "../../support/finding";
import type { Container, Pod } from "../../support/pod";
import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { ContainerCheck, PodCheck } from "../../support/podPolicy";

const ALLOWED = ["RuntimeDefault", "Localhost"];

/** What a container says wins over what its pod says. */
const isConfined: ContainerCheck = (container, report, { spec }) => {
  judgeProfile(profileOf(container) ?? profileOf(spec), report);
};

/** An unconfined pod is refused even where each of its containers says otherwise: so would the API server. */
const podIsNotUnconfined: PodCheck = ({ spec }, report) => {
  const type = profileOf(spec);
  if (type !== undefined) judgeProfile(type, report);
};

function profileOf({ securityContext }: Container | Pod["spec"]): string | undefined {
  return securityContext?.seccompProfile?.type ?? undefined;
}

function judgeProfile(type: string | undefined, report: Report): void {
  if (type !== undefined && ALLOWED.includes(type)) return;
  report({
    at: "securityContext.seccompProfile.type",
    got: type,
    allowed: `${ALLOWED.join(" or ")}, on the container or on its pod`,
    fix: "set seccompProfile: { type: RuntimeDefault }",
  });
}

export const podSeccompProfile = podPolicy(
  {
    name: "pod-seccomp-profile",
    description: "Containers make only the system calls that a seccomp profile lets through.",
    severity: "high",
    framework: podSecurityStandard("restricted", "Seccomp"),
    remediationSteps: "Set seccompProfile: { type: RuntimeDefault } in the pod's securityContext.",
    url: "https://kubernetes.io/docs/tutorials/security/seccomp/",
  },
  { pod: [podIsNotUnconfined], container: [isConfined] },
);
