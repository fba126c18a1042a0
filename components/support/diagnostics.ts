import * as monitor from "@pulumi/azure-native/monitor";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as pulumi from "@pulumi/pulumi";

export interface DiagnosticsArgs {
  /** Whose logs and metrics. */
  readonly resourceUri: pulumi.Input<string>;
  readonly workspace: operationalinsights.Workspace;
  /** Log categories; @default the category group `allLogs` */
  readonly logs?: readonly string[];
  /** Platform metrics to the workspace too; they are free where Azure keeps them anyway. @default false */
  readonly metrics?: boolean;
  /** False for what emits metrics alone. @default true */
  readonly hasLogs?: boolean;
}

/**
 * Sends a resource's logs to the workspace, into tables of their own where the type has them. The setting's name never
 * changes: Azure keeps a deleted resource's settings and would refuse a second one with the same sink and category.
 */
export function sendDiagnostics(
  name: string,
  { resourceUri, workspace, logs, metrics = false, hasLogs = true }: DiagnosticsArgs,
  opts: pulumi.CustomResourceOptions,
): monitor.DiagnosticSetting {
  const categories = logs
    ? logs.map((category) => ({ category, enabled: true }))
    : [{ categoryGroup: "allLogs", enabled: true }];
  return new monitor.DiagnosticSetting(
    `${name}-diagnostics`,
    {
      name: "to-log-analytics",
      resourceUri,
      workspaceId: workspace.id,
      logAnalyticsDestinationType: "Dedicated",
      ...(hasLogs ? { logs: categories } : {}),
      ...(metrics || !hasLogs ? { metrics: [{ category: "AllMetrics", enabled: true }] } : {}),
    },
    opts,
  );
}
