import { podPolicy } from "../../support/podPolicy";
import type { ContainerCheck } from "../../support/podPolicy";

const cannotWriteItsImage: ContainerCheck = ({ securityContext }, report) => {
  const readOnlyRootFilesystem = securityContext?.readOnlyRootFilesystem;
  if (readOnlyRootFilesystem === true) return;
  report({
    at: "securityContext.readOnlyRootFilesystem",
    got: readOnlyRootFilesystem,
    allowed: "true",
    fix: "set readOnlyRootFilesystem: true and mount an emptyDir where the process writes",
  });
};

export const podReadOnlyRootFilesystem = podPolicy(
  {
    name: "pod-read-only-root-filesystem",
    description: "Containers cannot change the files of their image.",
    severity: "medium",
    remediationSteps:
      "Set readOnlyRootFilesystem: true and mount an emptyDir (with a sizeLimit) for what is written.",
    url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  },
  { container: [cannotWriteItsImage] },
);
