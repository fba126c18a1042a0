import { podPolicy, podSecurityStandard } from "../../support/podPolicy";
import type { PodCheck } from "../../support/podPolicy";
import { ifKnown, judgeElements } from "../../support/unknown";

const mountsNothingOfTheNode: PodCheck = ({ spec }, report) => {
  judgeElements(spec.volumes ?? [], ({ hostPath, name }, index) => {
    if (!hostPath) return;
    report({
      at: `volumes[${index}].hostPath`,
      got: ifKnown(() => hostPath.path) ?? name,
      allowed: "absent",
      fix: "use emptyDir, configMap, csi or a persistentVolumeClaim",
    });
  });
};

export const podNoHostPath = podPolicy(
  {
    name: "pod-no-host-path",
    description: "Pods mount no folder of their node.",
    severity: "critical",
    framework: podSecurityStandard("baseline", "HostPath Volumes"),
    remediationSteps:
      "Replace hostPath volumes by emptyDir, configMap, csi or persistentVolumeClaim volumes.",
    url: "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  },
  { pod: [mountsNothingOfTheNode] },
);
