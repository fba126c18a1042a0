import * as authorization from "@pulumi/azure-native/authorization";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { SecuritySettings } from "../../config";
import type { BaselinePolicy } from "./policyBaseline";

export interface PolicyAssignmentsArgs {
  readonly security: Pick<SecuritySettings, "azurePolicy">;
  /** Scope of the assignments. */
  readonly resourceGroup: resources.ResourceGroup;
  /** `clusterBaseline(...)` or `REGISTRY_BASELINE`. */
  readonly baseline: readonly BaselinePolicy[];
}

/**
 * Azure Policy for a resource group: built-in policies, audited or, where the platform itself keeps to them, enforced.
 * A policy for pods takes up to 20 minutes to reach Gatekeeper in the cluster; what is created before is audited later.
 *
 * Costs nothing. Creates nothing where `security.azurePolicy` is `off`.
 *
 * @example
 * const policies = new PolicyAssignments("westus2-policies", {
 *   ...config, resourceGroup, baseline: clusterBaseline({ ...config, loginServer: registry.loginServer }),
 * });
 */
export class PolicyAssignments extends pulumi.ComponentResource {
  /** Workloads come after these. */
  public readonly assignments: readonly authorization.PolicyAssignment[];

  public constructor(name: string, args: PolicyAssignmentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:PolicyAssignments", name, {}, opts);
    const { azurePolicy } = args.security;
    this.assignments =
      azurePolicy === "off"
        ? []
        : args.baseline.map((policy) =>
            this.assign(name, policy, azurePolicy === "deny" ? policy.strictest : "Audit", args),
          );
    this.registerOutputs({ assignments: this.assignments });
  }

  private assign(
    name: string,
    { key, title, definition, kind = "policyDefinitions", why, parameters = {} }: BaselinePolicy,
    effect: BaselinePolicy["strictest"],
    { resourceGroup }: PolicyAssignmentsArgs,
  ): authorization.PolicyAssignment {
    const values = Object.entries({ ...parameters, effect }).map(([parameter, value]) => [
      parameter,
      { value },
    ]);
    return new authorization.PolicyAssignment(
      `${name}-${key}`,
      {
        scope: resourceGroup.id,
        policyAssignmentName: key,
        displayName: title,
        description: why,
        policyDefinitionId: `/providers/Microsoft.Authorization/${kind}/${definition}`,
        enforcementMode: "Default",
        parameters: Object.fromEntries(values) as Record<string, { value: unknown }>,
        nonComplianceMessages: [{ message: why }],
      },
      { parent: this },
    );
  }
}
