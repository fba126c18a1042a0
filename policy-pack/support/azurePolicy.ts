import type { ResourceValidationPolicy } from "@pulumi/policy";

import { azureTypeOf } from "./azureTypes";
import type { Report } from "./finding";
import { resourcePolicy } from "./resourcePolicy";
import type { PolicyFacts } from "./resourcePolicy";

/** A resource's inputs as the engine gives them. */
type AzureProps = Readonly<Record<string, unknown>>;

/**
 * A policy on one type of Azure resource in any API version.
 * @param azureType `<module>:<type>`, such as `containerregistry:Registry`.
 */
export function azurePolicy(
  azureType: string,
  facts: PolicyFacts,
  judge: (props: AzureProps, report: Report) => void,
): ResourceValidationPolicy {
  return resourcePolicy<AzureProps>(
    facts,
    ({ type, props }) =>
      azureTypeOf(type) === azureType
        ? { subject: props }
        : { notApplicable: `Judges azure-native:${azureType} alone.` },
    judge,
  );
}
