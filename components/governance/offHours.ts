import type * as containerservice from "@pulumi/azure-native/containerservice";
import * as logic from "@pulumi/azure-native/logic";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { GovernanceSettings, Tags } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import { grantRole } from "../support/roles";

type Schedule = NonNullable<GovernanceSettings["offHours"]>;
type DayOfWeek = Schedule["days"][number];

export interface OffHoursArgs {
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly offHours: Schedule;
  readonly resourceGroup: resources.ResourceGroup;
  readonly cluster: containerservice.ManagedCluster;
  readonly workspace: operationalinsights.Workspace;
}

const WEEK: readonly DayOfWeek[] = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
];
const RESOURCE_MANAGER = "https://management.azure.com/";
const AKS_API_VERSION = "2025-09-01";

/**
 * Stops a cluster when nobody works, and starts it again: two Logic Apps that Azure's clock alone starts, each with an
 * identity that may do no more than manage this one cluster.
 *
 * A stopped cluster keeps its disks, addresses and settings, and takes no change: an `up` in the off-hours fails on what
 * lives in it. AKS maintains it in the first window in which it runs.
 *
 * Costs a cent a month; saves the nodes' price for the hours off. Refuses: what `config/` refuses.
 *
 * @example
 * new OffHours("westus2-off-hours", { ...config, ...stamp, offHours, resourceGroup, cluster, workspace });
 */
export class OffHours extends pulumi.ComponentResource {
  public readonly stop: logic.Workflow;
  public readonly start: logic.Workflow;

  public constructor(name: string, args: OffHoursArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:governance:OffHours", name, {}, opts);
    const { stopAt, startAt, days } = args.offHours;
    this.stop = this.createWorkflow(name, "stop", stopAt, stopDays(args.offHours), args);
    this.start = this.createWorkflow(name, "start", startAt, days, args);
    this.registerOutputs({ stop: this.stop, start: this.start });
  }

  private createWorkflow(
    name: string,
    verb: "stop" | "start",
    timeOfDay: string,
    days: readonly DayOfWeek[],
    args: OffHoursArgs,
  ): logic.Workflow {
    const workflow = new logic.Workflow(
      `${name}-${verb}`,
      {
        resourceGroupName: args.resourceGroup.name,
        workflowName: `cluster-${verb}`,
        location: args.location,
        tags: args.tags,
        state: "Enabled",
        identity: { type: "SystemAssigned" },
        // No address may call it: an empty list lets in none.
        accessControl: { triggers: { allowedCallerIpAddresses: [] } },
        definition: workflowDefinition(
          recurrence(timeOfDay, days, args.offHours.timeZone),
          pulumi.interpolate`${RESOURCE_MANAGER}${args.cluster.id.apply((id) => id.slice(1))}/${verb}?api-version=${AKS_API_VERSION}`,
        ),
      },
      { parent: this },
    );
    grantRole(
      `${name}-${verb}-cluster`,
      {
        role: "AksContributor",
        scope: args.cluster.id,
        principalId: workflow.identity.apply((identity) => identity?.principalId ?? ""),
        principalType: "ServicePrincipal",
      },
      { parent: workflow },
    );
    sendDiagnostics(
      `${name}-${verb}`,
      { resourceUri: workflow.id, workspace: args.workspace, logs: ["WorkflowRuntime"] },
      { parent: workflow },
    );
    return workflow;
  }
}

/**
 * A working day that ends after midnight ends on the next day: without the shift, the cluster would be stopped on the
 * morning of the first day, when it does not run, and run on all through the days off.
 */
function stopDays({ stopAt, startAt, days }: Schedule): DayOfWeek[] {
  const endsNextDay = stopAt < startAt;
  return WEEK.filter((_, index) => {
    const startDay = WEEK.at(endsNextDay ? index - 1 : index);
    return startDay !== undefined && days.includes(startDay);
  });
}

function recurrence(timeOfDay: string, days: readonly DayOfWeek[], timeZone: string) {
  const [hours, minutes] = timeOfDay.split(":").map(Number);
  return {
    frequency: "Week",
    interval: 1,
    timeZone,
    schedule: {
      weekDays: WEEK.filter((day) => days.includes(day)),
      hours: [hours],
      minutes: [minutes],
    },
  };
}

/** https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language */
function workflowDefinition(trigger: ReturnType<typeof recurrence>, uri: pulumi.Input<string>) {
  return {
    $schema:
      "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
    contentVersion: "1.0.0.0",
    parameters: {},
    triggers: { schedule: { type: "Recurrence", recurrence: trigger } },
    actions: {
      ask: {
        type: "Http",
        inputs: {
          method: "POST",
          uri,
          authentication: { type: "ManagedServiceIdentity", audience: RESOURCE_MANAGER },
          retryPolicy: { type: "exponential", count: 4, interval: "PT1M" },
        },
        // Following the operation needs rights on the subscription; that it was accepted is enough.
        operationOptions: "DisableAsyncPattern",
        runAfter: {},
      },
    },
    outputs: {},
  };
}
