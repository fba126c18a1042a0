import type {
  PolicyComplianceFramework,
  ResourceValidationArgs,
  ResourceValidationPolicy,
} from "@pulumi/policy";

import { exemptionFor, exemptionsSchema, readExemptions } from "./exemptions";
import { describeFinding } from "./finding";
import type { Report } from "./finding";

/** What a policy says about itself. */
export interface PolicyFacts {
  /** Folder and file of the policy in kebab case. */
  readonly name: string;
  /** One sentence, true of every resource that complies. */
  readonly description: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly remediationSteps: string;
  /** Official documentation. */
  readonly url: string;
  /** @default "mandatory" */
  readonly enforcementLevel?: "mandatory" | "advisory";
  readonly framework?: PolicyComplianceFramework;
  readonly tags?: string[];
}

/** A part of a resource that a policy judges, or the reason why the policy has nothing to say about the resource. */
export type Subject<T> = { readonly subject: T } | { readonly notApplicable: string };

/**
 * A policy on single resources. `select` picks what is judged; exemptions come from the policy's configuration.
 */
export function resourcePolicy<T>(
  facts: PolicyFacts,
  select: (args: ResourceValidationArgs) => Subject<T>,
  judge: (subject: T, report: Report) => void,
): ResourceValidationPolicy {
  return {
    enforcementLevel: "mandatory",
    ...facts,
    configSchema: exemptionsSchema,
    validateResource(args, reportViolation) {
      const selected = select(args);
      if ("notApplicable" in selected) return args.notApplicable(selected.notApplicable);

      const report: Report = (finding) => {
        reportViolation(describeFinding(finding));
      };
      const { valid, problems } = readExemptions(args.getConfig());
      problems.forEach(report);
      const exemption = exemptionFor(args, valid);
      if (exemption) return args.notApplicable(`Exempt: ${exemption.reason}`);

      judge(selected.subject, report);
    },
  };
}
