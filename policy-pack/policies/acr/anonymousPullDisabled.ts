import { azurePolicy } from "../../support/azurePolicy";
import { isOff } from "../../support/finding";

/** Azure leaves anonymous pull off where `anonymousPullEnabled` is absent, so that absent complies. */
export const acrAnonymousPullDisabled = azurePolicy(
  "containerregistry:Registry",
  {
    name: "acr-anonymous-pull-disabled",
    description: "Container registries give images to authenticated clients alone.",
    severity: "high",
    remediationSteps: "Remove anonymousPullEnabled; grant AcrPull to the identities that pull images.",
    url: "https://learn.microsoft.com/azure/container-registry/anonymous-pull-access",
    tags: ["identity"],
  },
  ({ anonymousPullEnabled }, report) => {
    if (isOff(anonymousPullEnabled)) return;
    report({
      at: "anonymousPullEnabled",
      got: anonymousPullEnabled,
      allowed: "false or absent",
      fix: "remove it and grant AcrPull to the identity that pulls",
    });
  },
);
