import type * as containerservice from "@pulumi/azure-native/containerservice";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../config";
import type { ObservabilityStack } from "./observabilityStack";

export interface ContainerInsightsArgs {
  readonly names: Names;
  readonly tags: Tags;
  readonly resourceGroup: resources.ResourceGroup;
  readonly cluster: containerservice.ManagedCluster;
  /** Where the logs go. */
  readonly stack: Pick<ObservabilityStack, "workspace" | "location">;
  /** The association that was written to the cluster before. */
  readonly after: pulumi.Resource;
}

/**
 * The group "Logs and events", which Azure recommends beside managed Prometheus: the other tables repeat its metrics for
 * the portal's own charts
 * (https://learn.microsoft.com/azure/azure-monitor/containers/container-insights-data-collection-dcr).
 */
const STREAMS = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];

/** Azure's preset "Cost-optimized"; the agent leaves out the output of the first two namespaces anyway. */
const COLLECTION = {
  interval: "5m",
  namespaceFilteringMode: "Exclude",
  namespaces: ["kube-system", "gatekeeper-system", "azure-arc"],
  enableContainerLogV2: true,
};

const DESTINATION = "workspace";

/**
 * What the cluster's `omsagent` add-on sends to the workspace: the output of the containers, events, and the list of
 * pods every 5 minutes. The association, not a role, lets the add-on's identity send (Azure CLI grants none either:
 * `add_monitoring_role_assignment`). A private network lets it through: the workspace and the endpoint from which the
 * agent takes the rule are in the region's private link scope.
 *
 * Costs about $2.30 per GB of what containers write, within the workspace's daily cap.
 *
 * @example
 * new ContainerInsights("westus2-insights", { ...config, ...stamp, resourceGroup, cluster, stack, after: association });
 */
export class ContainerInsights extends pulumi.ComponentResource {
  public constructor(name: string, args: ContainerInsightsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ContainerInsights", name, {}, opts);
    const { names, tags, resourceGroup, cluster, stack, after } = args;
    const rule = new monitor.DataCollectionRule(
      `${name}-rule`,
      {
        resourceGroupName: resourceGroup.name,
        dataCollectionRuleName: names.of("insights"),
        // A rule lies in its workspace's region, wherever the cluster is (microsoft/Docker-Provider: workspaceRegion).
        location: stack.location,
        tags,
        kind: "Linux",
        dataSources: {
          extensions: [
            {
              name: "ContainerInsightsExtension",
              extensionName: "ContainerInsights",
              streams: STREAMS,
              extensionSettings: { dataCollectionSettings: COLLECTION },
            },
          ],
        },
        destinations: {
          logAnalytics: [{ name: DESTINATION, workspaceResourceId: stack.workspace.id }],
        },
        dataFlows: [{ streams: STREAMS, destinations: [DESTINATION] }],
      },
      { parent: this },
    );
    new monitor.DataCollectionRuleAssociation(
      `${name}-association`,
      {
        // The name by which Azure's portal and command line know it (microsoft/Docker-Provider#976).
        associationName: "ContainerInsightsExtension",
        resourceUri: cluster.id,
        dataCollectionRuleId: rule.id,
      },
      { parent: this, dependsOn: after },
    );
    this.registerOutputs({});
  }
}
