import * as monitor from "@pulumi/azure-native/monitor";
import type * as containerservice from "@pulumi/azure-native/containerservice";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, Tags } from "../config";

export interface RegionalPrometheusArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  readonly resourceGroup: resources.ResourceGroup;
}

const STREAM = "Microsoft-PrometheusMetrics";
const DESTINATION = "monitoring-account";

/**
 * A region's managed Prometheus: where metrics are kept, and where agents send them.
 *
 * Costs about $0.16 per 10 million metric samples.
 *
 * @example
 * const prometheus = new RegionalPrometheus("westus2-prometheus", { ...config, ...stamp, resourceGroup });
 */
export class RegionalPrometheus extends pulumi.ComponentResource {
  public readonly workspace: monitor.AzureMonitorWorkspace;
  /** Where the agents of the region's cluster fetch their rules from and send metrics to. */
  public readonly endpoint: monitor.DataCollectionEndpoint;
  private readonly rule: monitor.DataCollectionRule;

  public constructor(
    private readonly name: string,
    private readonly args: RegionalPrometheusArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:azure:RegionalPrometheus", name, {}, opts);
    const { names, tags, location, network, resourceGroup } = args;
    const common = { resourceGroupName: resourceGroup.name, location, tags };
    this.workspace = new monitor.AzureMonitorWorkspace(
      `${name}-metrics`,
      // Managed Grafana reads it over Azure's network, behind Microsoft Entra ID.
      { ...common, azureMonitorWorkspaceName: names.of("amw"), publicNetworkAccess: "Enabled" },
      { parent: this },
    );
    const publicNetworkAccess = network.allowPublicServiceEndpoints ? "Enabled" : "Disabled";
    this.endpoint = new monitor.DataCollectionEndpoint(
      `${name}-endpoint`,
      {
        ...common,
        dataCollectionEndpointName: names.of("dce"),
        kind: "Linux",
        networkAcls: { publicNetworkAccess },
      },
      { parent: this.workspace },
    );
    this.rule = new monitor.DataCollectionRule(
      `${name}-rule`,
      {
        ...common,
        dataCollectionRuleName: names.of("prometheus"),
        kind: "Linux",
        dataCollectionEndpointId: this.endpoint.id,
        dataSources: { prometheusForwarder: [{ name: "PrometheusDataSource", streams: [STREAM] }] },
        destinations: { monitoringAccounts: [{ name: DESTINATION, accountResourceId: this.workspace.id }] },
        dataFlows: [{ streams: [STREAM], destinations: [DESTINATION] }],
      },
      { parent: this.workspace },
    );
    this.registerOutputs({ workspace: this.workspace, endpoint: this.endpoint });
  }

  /**
   * Has a cluster's agent collect: one association for the rule, and one, whose name Azure prescribes, for the endpoint;
   * without either the agent finds nothing.
   * @returns the last of them, for which the cluster's next association waits
   */
  public collectFrom(cluster: containerservice.ManagedCluster): monitor.DataCollectionRuleAssociation {
    const rule = new monitor.DataCollectionRuleAssociation(
      `${this.name}-rule-association`,
      {
        associationName: this.args.names.of("prometheus"),
        resourceUri: cluster.id,
        dataCollectionRuleId: this.rule.id,
      },
      { parent: this.workspace },
    );
    return new monitor.DataCollectionRuleAssociation(
      `${this.name}-endpoint-association`,
      {
        associationName: "configurationAccessEndpoint",
        resourceUri: cluster.id,
        dataCollectionEndpointId: this.endpoint.id,
      },
      { parent: this.workspace, dependsOn: rule },
    );
  }
}
