import type * as authorization from "@pulumi/azure-native/authorization";
import * as consumption from "@pulumi/azure-native/consumption";
import type * as monitor from "@pulumi/azure-native/monitor";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { GovernanceSettings, Names, ObservabilitySettings, Stamp } from "../../config";

export interface BudgetArgs {
  readonly names: Names;
  readonly stamps: readonly Pick<Stamp, "names">[];
  /** Resource groups of the stack whose names end in random digits: those of the backups. @default none */
  readonly furtherGroups?: readonly resources.ResourceGroup[];
  readonly governance: Pick<GovernanceSettings, "budget">;
  readonly observability: Pick<ObservabilitySettings, "alertEmails">;
  readonly actionGroup: monitor.ActionGroup;
  /** Its subscription is the budget's scope. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/** Percent of the amount, and whether it is spent or only expected to be, at this rate, by the end of the month. */
const NOTIFICATIONS = {
  actual80: { threshold: 80, thresholdType: "Actual" },
  actual100: { threshold: 100, thresholdType: "Actual" },
  forecast100: { threshold: 100, thresholdType: "Forecasted" },
} as const;

/**
 * A monthly budget for all that the stack creates, which tells people before the money is gone; it stops nothing.
 *
 * A budget has one scope, and the stack has several resource groups, those that AKS makes for its nodes among them. So
 * the scope is the subscription, and the budget counts the costs of the stack's groups by name: tags would miss what Azure
 * creates untagged. A further region changes the list, in place.
 *
 * Costs nothing. Creates nothing where `governance.budget` is null. Never changes its first month: Azure refuses that.
 *
 * @example
 * new Budget("budget", { ...config, client, actionGroup: observability.actionGroup });
 */
export class Budget extends pulumi.ComponentResource {
  /** Undefined without a budget. */
  public readonly budget: consumption.Budget | undefined;

  public constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:governance:Budget", name, {}, opts);
    const { budget } = args.governance;
    this.budget = budget ? this.createBudget(name, budget, args) : undefined;
    this.registerOutputs({ budget: this.budget });
  }

  private createBudget(
    name: string,
    { monthlyAmount, startDate }: NonNullable<GovernanceSettings["budget"]>,
    args: BudgetArgs,
  ): consumption.Budget {
    const notified = {
      enabled: true,
      operator: "GreaterThanOrEqualTo",
      contactEmails: [...args.observability.alertEmails],
      contactGroups: [args.actionGroup.id],
      contactRoles: [],
      locale: "en-us",
    };
    const notifications = Object.entries(NOTIFICATIONS).map(([key, limit]) => [
      key,
      { ...notified, ...limit },
    ]);
    return new consumption.Budget(
      `${name}-monthly`,
      {
        scope: pulumi.output(args.client).apply(({ subscriptionId }) => `subscriptions/${subscriptionId}`),
        budgetName: args.names.of("budget"),
        category: "Cost",
        amount: monthlyAmount,
        timeGrain: "Monthly",
        timePeriod: { startDate: `${startDate ?? firstOfMonth(new Date())}T00:00:00Z` },
        filter: {
          dimensions: { name: "ResourceGroupName", operator: "In", values: resourceGroupNames(args) },
        },
        notifications: Object.fromEntries(notifications) as Record<
          keyof typeof NOTIFICATIONS,
          typeof notified & (typeof NOTIFICATIONS)[keyof typeof NOTIFICATIONS]
        >,
      },
      // Azure takes a start once, and no other afterwards; the month of the first `up` counts.
      { parent: this, ignoreChanges: ["timePeriod"] },
    );
  }
}

/** The stack's own group, and of each region the platform's and the nodes'. */
function resourceGroupNames({ names, stamps, furtherGroups = [] }: BudgetArgs): pulumi.Input<string>[] {
  const regional = stamps.flatMap((stamp) => [stamp.names.of("rg"), stamp.names.of("aks-nodes-rg")]);
  return [...[names.of("rg"), ...regional].sort(), ...furtherGroups.map(({ name }) => name)];
}

function firstOfMonth(today: Date): string {
  return `${today.toISOString().slice(0, 7)}-01`;
}
