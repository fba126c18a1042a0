import * as monitor from "@pulumi/azure-native/monitor";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";

import { ContainerInsights } from "../../../components/containerInsights";
import { theOnly } from "../../support/pulumi";
import { serviceArgs } from "./dataFixture";
import { createCluster, renderWithOptions } from "./securityFixture";

const RULE = "azure-native:monitor:DataCollectionRule";

/** For a cluster in another region than the workspace's; call it inside a program. */
function createInsights(): void {
  const cluster = createCluster();
  new ContainerInsights("insights", {
    ...serviceArgs(),
    cluster,
    stack: {
      location: "northeurope",
      workspace: new operationalinsights.Workspace("logs", { resourceGroupName: "rg" }),
    },
    after: new monitor.DataCollectionRuleAssociation("earlier", { resourceUri: cluster.id }),
  });
}

test("what costs by the GB is bounded: three streams, every five minutes, without the system's namespaces", async () => {
  const { resources } = await renderWithOptions(createInsights);
  const { dataSources, dataFlows, destinations, ...rule } = theOnly(resources, RULE).inputs;
  const streams = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents", "Microsoft-KubePodInventory"];
  expect(dataSources).toEqual({
    extensions: [
      {
        name: "ContainerInsightsExtension",
        extensionName: "ContainerInsights",
        streams,
        extensionSettings: {
          dataCollectionSettings: {
            interval: "5m",
            namespaceFilteringMode: "Exclude",
            namespaces: ["kube-system", "gatekeeper-system", "azure-arc"],
            enableContainerLogV2: true,
          },
        },
      },
    ],
  });
  expect(dataFlows).toEqual([{ streams, destinations: ["workspace"] }]);
  expect(destinations).toEqual({
    logAnalytics: [
      { name: "workspace", workspaceResourceId: expect.stringMatching(/\/Workspace\/logs$/) as string },
    ],
  });
  // An endpoint of its own is for the high-scale stream alone.
  expect(rule).not.toHaveProperty("dataCollectionEndpointId");
});

test("the rule lies where its workspace does, wherever the cluster is", async () => {
  const { resources } = await renderWithOptions(createInsights);
  expect(theOnly(resources, RULE).inputs).toMatchObject({ location: "northeurope", kind: "Linux" });
});

test("the association has the name that Azure's own tools look for, and waits for the one before", async () => {
  const { resources, options } = await renderWithOptions(createInsights);
  const { inputs } = resources.find(({ name }) => name === "insights-association") ?? {};
  expect(inputs).toMatchObject({
    associationName: "ContainerInsightsExtension",
    resourceUri: expect.stringMatching(/\/ManagedCluster\/aks$/) as string,
    dataCollectionRuleId: expect.stringMatching(/\/DataCollectionRule\/insights-rule$/) as string,
  });
  expect(options.get("insights-association")?.dependsOn).toContain("earlier");
});
