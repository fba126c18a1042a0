import { resourcePolicy } from "../../support/resourcePolicy";

export const helmReleaseRendered = resourcePolicy<string>(
  {
    name: "helm-release-rendered",
    description:
      "Helm charts are rendered into resources, so that the policies on pods see what a chart runs.",
    severity: "high",
    remediationSteps:
      "Install the chart with kubernetes.helm.v4.Chart in place of kubernetes.helm.v3.Release.",
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
      allowed: "kubernetes:helm.sh/v4:Chart",
      fix: "use the Chart resource, or exempt a chart that needs Helm hooks and say why",
    });
  },
);
