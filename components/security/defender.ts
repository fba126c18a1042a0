import type * as authorization from "@pulumi/azure-native/authorization";
import * as security from "@pulumi/azure-native/security";
import * as pulumi from "@pulumi/pulumi";

import type { SecuritySettings } from "../../config";

export interface DefenderArgs {
  readonly security: SecuritySettings;
  /** Its subscription gets the plan. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/** Of the plan `Containers` (https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-azure-overview). */
const EXTENSIONS = [
  "ContainerRegistriesVulnerabilityAssessments",
  "AgentlessDiscoveryForKubernetes",
  "ContainerSensor",
] as const;

/**
 * Microsoft Defender for Containers: the plan that scans images and watches clusters. The sensor in a cluster is part of
 * the cluster (`securityProfile.defender`).
 *
 * A plan is the subscription's, not the stack's: every cluster and registry of the subscription is covered and paid for,
 * two stacks with `security.defender` want the same, and the first of them to be destroyed must not leave the other
 * unwatched. So the plan stays when the stack goes; who wants it off sets it to Free for the subscription
 * (`az security pricing create --name Containers --tier free`).
 *
 * Costs about $6.87 a month for each vCPU of the clusters' nodes. Creates nothing without
 * `security.defender`.
 *
 * @example
 * new Defender("defender", { ...config, client });
 */
export class Defender extends pulumi.ComponentResource {
  /** Undefined without `security.defender`. */
  public readonly plan: security.Pricing | undefined;

  public constructor(name: string, args: DefenderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:Defender", name, {}, opts);
    this.plan = args.security.defender ? this.createPlan(name, args) : undefined;
    this.registerOutputs({ plan: this.plan });
  }

  private createPlan(name: string, { client }: DefenderArgs): security.Pricing {
    return new security.Pricing(
      `${name}-containers`,
      {
        scopeId: pulumi.output(client).apply(({ subscriptionId }) => `subscriptions/${subscriptionId}`),
        pricingName: "Containers",
        pricingTier: "Standard",
        // What a plan says at subscription level, a single resource may still say otherwise.
        enforce: "False",
        extensions: EXTENSIONS.map((extension) => ({ name: extension, isEnabled: "True" })),
      },
      { parent: this, retainOnDelete: true },
    );
  }
}
