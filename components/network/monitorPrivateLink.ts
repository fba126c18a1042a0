import type * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import type { PrivateTarget } from "../support/privateTarget";
import { onceReady } from "./site";

export interface MonitorPrivateLinkArgs {
  readonly names: Names;
  readonly tags: Tags;
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  readonly applicationInsights: applicationinsights.Component;
  /** The region's own, through which Prometheus and the agents take their configuration and send. */
  readonly endpoint: monitor.DataCollectionEndpoint;
}

/** Zones of Azure Monitor's endpoint (https://learn.microsoft.com/azure/azure-monitor/logs/private-link-configure). */
const ZONES = [
  "privatelink.monitor.azure.com",
  "privatelink.oms.opinsights.azure.com",
  "privatelink.ods.opinsights.azure.com",
  "privatelink.agentsvc.azure-automation.net",
  "privatelink.blob.core.windows.net",
];

/**
 * What a region's network reaches of Azure Monitor through a private endpoint: the workspace, Application Insights and the
 * region's collection endpoint. The network sends to these alone (`PrivateOnly`), so nobody's data leaves for another
 * workspace; all that the platform's own agents send to is in the scope, which makes that safe. People query from
 * anywhere (`Open`), behind Microsoft Entra ID.
 *
 * Costs nothing; its private endpoint is paid for where it is made. Azure takes 100 scopes for one workspace.
 *
 * @example
 * const link = new MonitorPrivateLink("westus2-monitor", { ...config, ...stamp, resourceGroup, workspace, applicationInsights, endpoint });
 */
export class MonitorPrivateLink extends pulumi.ComponentResource {
  public readonly scope: monitor.PrivateLinkScope;
  /** Resolves once everything is in the scope. */
  public readonly privateTarget: PrivateTarget;

  public constructor(name: string, args: MonitorPrivateLinkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:network:MonitorPrivateLink", name, {}, opts);
    this.scope = new monitor.PrivateLinkScope(
      `${name}-scope`,
      {
        resourceGroupName: args.resourceGroup.name,
        scopeName: args.names.of("ampls"),
        location: "global",
        tags: args.tags,
        accessModeSettings: {
          ingestionAccessMode: "PrivateOnly",
          queryAccessMode: "Open",
          exclusions: [],
        },
      },
      { parent: this },
    );
    this.privateTarget = {
      key: "monitor",
      resourceId: onceReady(this.scope.id, this.connect(name, args)),
      groupId: "azuremonitor",
      zones: ZONES,
    };
    this.registerOutputs({ scope: this.scope, privateTarget: this.privateTarget });
  }

  /** One after the other: Azure refuses a second write to a scope that is being changed. */
  private connect(name: string, args: MonitorPrivateLinkArgs): monitor.PrivateLinkScopedResource[] {
    const connected: readonly [string, pulumi.Output<string>][] = [
      ["workspace", args.workspace.id],
      ["application-insights", args.applicationInsights.id],
      ["collection-endpoint", args.endpoint.id],
    ];
    return connected.reduce<monitor.PrivateLinkScopedResource[]>(
      (earlier, [key, linkedResourceId]) => [
        ...earlier,
        new monitor.PrivateLinkScopedResource(
          `${name}-${key}`,
          {
            resourceGroupName: args.resourceGroup.name,
            scopeName: this.scope.name,
            name: key,
            kind: "Resource",
            linkedResourceId,
          },
          { parent: this.scope, dependsOn: earlier },
        ),
      ],
      [],
    );
  }
}
