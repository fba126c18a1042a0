import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import type * as authorization from "@pulumi/azure-native/authorization";
import * as dashboard from "@pulumi/azure-native/dashboard";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../config";
import { createNodeAlerts, createPodRestartAlert } from "./support/alerts";
import type { Observed } from "./support/observed";
import { createManagedPrometheus } from "./support/prometheus";
import { administrators, grantRole } from "./support/roles";

export interface ObservabilityStackArgs extends Observed {
  readonly access: Settings["access"];
  /** Who deploys: administers Grafana unless `access.clusterAdmins` names others. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/** The control plane's logs that are worth their price; `kube-audit` would pay for `kube-audit-admin` twice. */
const CONTROL_PLANE_LOGS = ["kube-audit-admin", "guard", "cluster-autoscaler", "kube-controller-manager"];

/**
 * Logs, metrics, traces and alerts of the platform: a Log Analytics workspace with a daily cap, Application
 * Insights without keys, the cluster's control-plane logs, managed Prometheus, Managed Grafana where asked for,
 * and alerts that reach a person.
 *
 * Costs about $2.30 per GB of logs up to the cap, $0.16 per 10 million metric samples, $0.10 per alerted node and
 * metric, and with Grafana about $50 a month and $6 a user. Refuses: what `config/` refuses, such as no e-mail address.
 *
 * @example
 * new ObservabilityStack("observability", { ...config, client, resourceGroup, cluster: platform.cluster });
 */
export class ObservabilityStack extends pulumi.ComponentResource {
  public readonly workspace: operationalinsights.Workspace;
  public readonly applicationInsights: applicationinsights.Component;
  public readonly actionGroup: monitor.ActionGroup;
  /** Address of Managed Grafana; undefined without it. */
  public readonly grafanaUrl: pulumi.Output<string> | undefined;

  public constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ObservabilityStack", name, {}, opts);
    this.workspace = this.createWorkspace(name, args);
    this.applicationInsights = this.createApplicationInsights(name, args);
    this.collectControlPlaneLogs(name, args);
    const prometheus = createManagedPrometheus(name, args, this);
    this.actionGroup = this.createActionGroup(name, args);
    createNodeAlerts(name, args, this.actionGroup, this);
    createPodRestartAlert(name, args, prometheus, this.actionGroup, this);
    this.grafanaUrl = args.observability.managedGrafana
      ? this.createGrafana(name, args, prometheus)
      : undefined;
    this.registerOutputs({
      workspace: this.workspace,
      applicationInsights: this.applicationInsights,
      actionGroup: this.actionGroup,
      grafanaUrl: this.grafanaUrl,
    });
  }

  private createWorkspace(name: string, args: ObservabilityStackArgs): operationalinsights.Workspace {
    const { retentionDays, dailyCapGb } = args.observability;
    return new operationalinsights.Workspace(
      `${name}-logs`,
      {
        resourceGroupName: args.resourceGroup.name,
        workspaceName: args.names.of("log"),
        location: args.location,
        tags: args.tags,
        sku: { name: "PerGB2018" },
        retentionInDays: retentionDays,
        workspaceCapping: { dailyQuotaGb: dailyCapGb },
        features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
        publicNetworkAccessForIngestion: "Enabled",
        publicNetworkAccessForQuery: "Enabled",
      },
      { parent: this },
    );
  }

  private createApplicationInsights(
    name: string,
    args: ObservabilityStackArgs,
  ): applicationinsights.Component {
    return new applicationinsights.Component(
      `${name}-application-insights`,
      {
        resourceGroupName: args.resourceGroup.name,
        resourceName: args.names.of("appi"),
        location: args.location,
        tags: args.tags,
        kind: "web",
        applicationType: "web",
        ingestionMode: "LogAnalytics",
        workspaceResourceId: this.workspace.id,
        disableLocalAuth: true,
        publicNetworkAccessForIngestion: "Enabled",
        publicNetworkAccessForQuery: "Enabled",
      },
      { parent: this },
    );
  }

  private collectControlPlaneLogs(name: string, { names, cluster }: ObservabilityStackArgs): void {
    new monitor.DiagnosticSetting(
      `${name}-control-plane-logs`,
      {
        name: names.of("aks-logs"),
        resourceUri: cluster.id,
        workspaceId: this.workspace.id,
        logAnalyticsDestinationType: "Dedicated",
        logs: CONTROL_PLANE_LOGS.map((category) => ({ category, enabled: true })),
      },
      { parent: this },
    );
  }

  private createActionGroup(name: string, args: ObservabilityStackArgs): monitor.ActionGroup {
    return new monitor.ActionGroup(
      `${name}-people`,
      {
        resourceGroupName: args.resourceGroup.name,
        actionGroupName: args.names.of("ag"),
        groupShortName: `${args.tags.project}-${args.tags.environment}`.slice(0, 12),
        location: "global",
        tags: args.tags,
        enabled: true,
        emailReceivers: args.observability.alertEmails.map((emailAddress, index) => ({
          name: `person-${index}`,
          emailAddress,
          useCommonAlertSchema: true,
        })),
      },
      { parent: this },
    );
  }

  private createGrafana(
    name: string,
    args: ObservabilityStackArgs,
    prometheus: monitor.AzureMonitorWorkspace,
  ): pulumi.Output<string> {
    const client = pulumi.output(args.client);
    const grafana = new dashboard.Grafana(
      `${name}-grafana`,
      {
        resourceGroupName: args.resourceGroup.name,
        workspaceName: client.apply(({ subscriptionId }) => args.names.global("amg", subscriptionId)),
        location: args.location,
        tags: args.tags,
        sku: { name: "Standard" },
        identity: { type: "SystemAssigned" },
        properties: {
          apiKey: "Disabled",
          publicNetworkAccess: "Enabled",
          zoneRedundancy: "Disabled",
          grafanaIntegrations: {
            azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: prometheus.id }],
          },
        },
      },
      { parent: this },
    );
    const reader = {
      principalId: grafana.identity.apply((identity) => identity?.principalId ?? ""),
      principalType: "ServicePrincipal",
    };
    const opts = { parent: grafana };
    grantRole(
      `${name}-grafana-metrics`,
      { ...reader, role: "MonitoringDataReader", scope: prometheus.id },
      opts,
    );
    grantRole(
      `${name}-grafana-azure`,
      { ...reader, role: "MonitoringReader", scope: args.resourceGroup.id },
      opts,
    );
    administrators(args.access, args.client).forEach((principal, index) =>
      grantRole(
        `${name}-grafana-admin-${index}`,
        { ...principal, role: "GrafanaAdmin", scope: grafana.id },
        opts,
      ),
    );
    return grafana.properties.endpoint;
  }
}
