import type * as authorization from "@pulumi/azure-native/authorization";
import * as dashboard from "@pulumi/azure-native/dashboard";
import type * as monitor from "@pulumi/azure-native/monitor";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import { NAME_LIMITS, type Names, type ObservabilitySettings, type Settings, type Tags } from "../config";
import { sendDiagnostics } from "./support/diagnostics";
import { grantAdministrators, grantRole } from "./support/roles";

export interface ManagedGrafanaArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Availability zones of that region; empty: it has none. */
  readonly zones: readonly string[];
  readonly observability: ObservabilitySettings;
  readonly access: Settings["access"];
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  /** Each region by its name, with the Prometheus whose metrics are shown. */
  readonly regions: readonly {
    readonly location: string;
    readonly prometheus: monitor.AzureMonitorWorkspace;
    readonly resourceGroup: resources.ResourceGroup;
  }[];
  /** Who deploys: administers Grafana unless `access.clusterAdmins` names others. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/**
 * Managed Grafana over the metrics of all regions, where the stack asks for it.
 *
 * Costs about $50 a month and $6 a user. Creates nothing without `observability.managedGrafana`.
 *
 * @example
 * const grafana = new ManagedGrafana("grafana", { ...config, client, resourceGroup, workspace, regions: stamps });
 */
export class ManagedGrafana extends pulumi.ComponentResource {
  /** Address; undefined without Grafana. */
  public readonly url: pulumi.Output<string> | undefined;

  public constructor(name: string, args: ManagedGrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ManagedGrafana", name, {}, opts);
    const grafana = args.observability.managedGrafana ? this.createGrafana(name, args) : undefined;
    this.url = grafana?.properties.endpoint;
    this.registerOutputs({ url: this.url });
  }

  private createGrafana(name: string, args: ManagedGrafanaArgs): dashboard.Grafana {
    const grafana = new dashboard.Grafana(
      `${name}-grafana`,
      {
        resourceGroupName: args.resourceGroup.name,
        workspaceName: pulumi
          .output(args.client)
          .apply(({ subscriptionId }) => args.names.global("amg", subscriptionId, NAME_LIMITS.grafana)),
        location: args.location,
        tags: args.tags,
        sku: { name: "Standard" },
        identity: { type: "SystemAssigned" },
        properties: {
          apiKey: "Disabled",
          publicNetworkAccess: "Enabled",
          // Azure takes it at creation alone.
          zoneRedundancy: args.zones.length > 0 ? "Enabled" : "Disabled",
          grafanaIntegrations: {
            azureMonitorWorkspaceIntegrations: args.regions.map(({ prometheus }) => ({
              azureMonitorWorkspaceResourceId: prometheus.id,
            })),
          },
        },
      },
      { parent: this },
    );
    sendDiagnostics(name, { resourceUri: grafana.id, workspace: args.workspace }, { parent: grafana });
    this.grantReading(name, args, grafana);
    const { access, client } = args;
    grantAdministrators(
      `${name}-admin`,
      { access, client, scope: grafana.id, roles: { grafana: "GrafanaAdmin" } },
      { parent: grafana },
    );
    return grafana;
  }

  private grantReading(name: string, { regions }: ManagedGrafanaArgs, grafana: dashboard.Grafana): void {
    const reader = {
      principalId: grafana.identity.apply((identity) => identity?.principalId ?? ""),
      principalType: "ServicePrincipal",
    };
    for (const { location, prometheus, resourceGroup } of regions) {
      grantRole(
        `${name}-${location}-metrics`,
        { ...reader, role: "MonitoringDataReader", scope: prometheus.id },
        { parent: grafana },
      );
      grantRole(
        `${name}-${location}-azure`,
        { ...reader, role: "MonitoringReader", scope: resourceGroup.id },
        { parent: grafana },
      );
    }
  }
}
