import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, ObservabilitySettings, Tags } from "../config";
import { sendDiagnostics } from "./support/diagnostics";

export interface ObservabilityStackArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly observability: ObservabilitySettings;
  readonly network: NetworkSettings;
  readonly resourceGroup: resources.ResourceGroup;
}

/**
 * What all regions send their logs, traces and alerts to: a Log Analytics workspace with a daily cap, Application
 * Insights without keys, and an action group through which alerts reach a person.
 *
 * Costs about $2.30 per GB of logs up to the cap. Refuses: what `config/` refuses,
 * such as no e-mail address.
 *
 * @example
 * const observability = new ObservabilityStack("observability", { ...config, resourceGroup });
 */
export class ObservabilityStack extends pulumi.ComponentResource {
  /** Azure region. */
  public readonly location: string;
  public readonly workspace: operationalinsights.Workspace;
  public readonly applicationInsights: applicationinsights.Component;
  public readonly actionGroup: monitor.ActionGroup;

  public constructor(name: string, args: ObservabilityStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ObservabilityStack", name, {}, opts);
    this.location = args.location;
    this.workspace = this.createWorkspace(name, args);
    sendDiagnostics(
      `${name}-logs`,
      { resourceUri: this.workspace.id, workspace: this.workspace },
      { parent: this.workspace },
    );
    this.applicationInsights = this.createApplicationInsights(name, args);
    this.actionGroup = this.createActionGroup(name, args);
    this.registerOutputs({
      location: this.location,
      workspace: this.workspace,
      applicationInsights: this.applicationInsights,
      actionGroup: this.actionGroup,
    });
  }

  private createWorkspace(name: string, args: ObservabilityStackArgs): operationalinsights.Workspace {
    const { retentionDays, dailyCapGb } = args.observability;
    const ingestion = ingestionAccess(args.network);
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
        publicNetworkAccessForIngestion: ingestion,
        publicNetworkAccessForQuery: "Enabled",
      },
      { parent: this },
    );
  }

  private createApplicationInsights(
    name: string,
    args: ObservabilityStackArgs,
  ): applicationinsights.Component {
    const ingestion = ingestionAccess(args.network);
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
        publicNetworkAccessForIngestion: ingestion,
        publicNetworkAccessForQuery: "Enabled",
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
}

/** Logs come in from the regions' networks alone; people read them from anywhere, behind Microsoft Entra ID. */
function ingestionAccess({ allowPublicServiceEndpoints }: NetworkSettings): string {
  return allowPublicServiceEndpoints ? "Enabled" : "Disabled";
}
