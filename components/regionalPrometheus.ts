import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

import type { NetworkSettings } from "../../config";
import type { Observed } from "./observed";

const STREAM = "Microsoft-PrometheusMetrics";
const DESTINATION = "monitoring-account";

/**
 * Managed Prometheus for the cluster: workspace, collection endpoint, collection rule, and the two associations
 * without which the agent in the cluster finds neither (the rule's, and one whose name Azure prescribes for the endpoint).
 */
export function createManagedPrometheus(
  name: string,
  {
    names,
    tags,
    location,
    resourceGroup,
    cluster,
    network,
  }: Observed & { readonly network: NetworkSettings },
  parent: pulumi.Resource,
): { readonly workspace: monitor.AzureMonitorWorkspace; readonly endpoint: monitor.DataCollectionEndpoint } {
  const publicNetworkAccess = network.allowPublicServiceEndpoints ? "Enabled" : "Disabled";
  const common = { resourceGroupName: resourceGroup.name, location, tags };
  const workspace = new monitor.AzureMonitorWorkspace(
    `${name}-metrics`,
    { ...common, azureMonitorWorkspaceName: names.of("amw"), publicNetworkAccess: "Enabled" },
    { parent },
  );
  const endpoint = new monitor.DataCollectionEndpoint(
    `${name}-metrics-endpoint`,
    {
      ...common,
      dataCollectionEndpointName: names.of("dce"),
      kind: "Linux",
      networkAcls: { publicNetworkAccess },
    },
    { parent: workspace },
  );
  const rule = new monitor.DataCollectionRule(
    `${name}-metrics-rule`,
    {
      ...common,
      dataCollectionRuleName: names.of("prometheus"),
      kind: "Linux",
      dataCollectionEndpointId: endpoint.id,
      dataSources: { prometheusForwarder: [{ name: "PrometheusDataSource", streams: [STREAM] }] },
      destinations: { monitoringAccounts: [{ name: DESTINATION, accountResourceId: workspace.id }] },
      dataFlows: [{ streams: [STREAM], destinations: [DESTINATION] }],
    },
    { parent: workspace },
  );
  const ruleAssociation = new monitor.DataCollectionRuleAssociation(
    `${name}-metrics-rule-association`,
    { associationName: names.of("prometheus"), resourceUri: cluster.id, dataCollectionRuleId: rule.id },
    { parent: workspace },
  );
  new monitor.DataCollectionRuleAssociation(
    `${name}-metrics-endpoint-association`,
    {
      associationName: "configurationAccessEndpoint",
      resourceUri: cluster.id,
      dataCollectionEndpointId: endpoint.id,
    },
    { parent: workspace, dependsOn: ruleAssociation },
  );
  return { workspace, endpoint };
}
