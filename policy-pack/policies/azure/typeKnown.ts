import { azureTypeAcceptsTags, azureTypeOf } from "../../support/azureTypes";
import { resourcePolicy } from "../../support/resourcePolicy";

export const azureTypeKnown = resourcePolicy<string>(
  {
    name: "azure-type-known",
    description: "Every Azure resource is of a type of which the policy pack knows whether it takes tags.",
    severity: "low",
    enforcementLevel: "advisory",
    remediationSteps:
      "Give the policy pack the azure-native version of the program and run `npm run generate -w policy-pack`.",
    url: "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-support",
    tags: ["governance"],
  },
  ({ type }) => {
    const azureType = azureTypeOf(type);
    return azureType === undefined
      ? { notApplicable: "Judges azure-native resources alone." }
      : { subject: azureType };
  },
  (azureType, report) => {
    if (azureTypeAcceptsTags(azureType) !== undefined) return;
    report({
      at: "the resource type",
      got: azureType,
      allowed: "a type listed in policy-pack/support/taggableTypes.json",
      fix: "bring the list up to date; until then azure-tags-required does not judge this resource",
    });
  },
);
