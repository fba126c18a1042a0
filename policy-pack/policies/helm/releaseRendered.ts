import { resourcePolicy } from "../../support/resourcePolicy";

export const helmReleaseRendered = resourcePolicy<string>(
  {
    name: "helm-release-rendered",
    description:
      "Helm charts are rendered into resources, so that the policies on pods see what a chart runs.",
    severity: "high",
    remediationSteps:
      "Declare the chart's objects as resources of the program, or exempt the release and say what judges its pods instead.",
    url: "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
    tags: ["helm"],
  },
  ({ type }) =>
    type === "kubernetes:helm.sh/v3:Release"
      ? { subject: type }
      : { notApplicable: "Judges kubernetes:helm.sh/v3:Release alone." },
  (type, report) => {
    report({
      at: "the resource type",
      got: type,
      allowed: "resources of the program, one for each object of the chart",
      fix: "declare the objects, or exempt the release with the reason (exemptions.json)",
    });
  },
);
