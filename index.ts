import { getClientConfigOutput } from "@pulumi/azure-native/authorization";
import { ResourceGroup } from "@pulumi/azure-native/resources";

import { AcrRegistry } from "./components/acrRegistry";
import { DataServices } from "./components/data/dataServices";
import { GlobalEdge } from "./components/edge/globalEdge";
import { GlobalRouting } from "./components/edge/globalRouting";
import { GithubDelivery } from "./components/githubDelivery";
import { ManagedGrafana } from "./components/managedGrafana";
import { RunnerNetwork } from "./components/network/runnerNetwork";
import { ObservabilityStack } from "./components/observabilityStack";
import { RegionalStamp } from "./components/regionalStamp";
import { StackGovernance } from "./components/stackGovernance";
import { WorkloadIdentity } from "./components/workloadIdentity";
import { ApiImage } from "./components/workloads/apiImage";
import { loadConfig } from "./config";

const config = loadConfig();
const client = getClientConfigOutput();
const { names, location, tags, api } = config;

const resourceGroup = new ResourceGroup("shared-rg", { resourceGroupName: names.of("rg"), location, tags });
const observability = new ObservabilityStack("observability", { ...config, resourceGroup });
const { workspace, actionGroup, applicationInsights } = observability;
const shared = { ...config, client, resourceGroup, workspace };

const registry = new AcrRegistry("registry", shared);
const image = new ApiImage("api-image", { ...shared, image: api.image, acr: registry });
const identity = new WorkloadIdentity("api-identity", {
  identityName: names.of("api-id"),
  managedIdentity: { resourceGroup, location, tags },
  roles: { telemetry: { role: "MonitoringMetricsPublisher", scope: applicationInsights.id } },
});
const data = new DataServices("data", { ...shared, regions: config.stamps });
data.grant("api", identity);
const edge = new GlobalEdge("edge", shared);
const runner = new RunnerNetwork("runner", shared);

const common = { config, client, observability, registry, image, identity, data, edge, runner };
const stamps = config.stamps.map((stamp) => new RegionalStamp(stamp.location, { ...common, stamp }));

const routing = new GlobalRouting("routing", { ...shared, edge, stamps });
const grafana = new ManagedGrafana("grafana", { ...shared, regions: stamps });
const delivery = new GithubDelivery("delivery", { ...shared, regions: stamps });
new StackGovernance("governance", { ...shared, actionGroup, dataServices: data, regions: stamps });

/** Where the API answers: at the edge of all regions, or else in the first. */
export const apiUrl = routing.url;
/** Image that the API runs, by digest. */
export const apiImage = image.reference;
export const registryLoginServer = registry.loginServer;
/** What each region has: its resource group, its cluster and, secret, its kubeconfig, which holds no credential. */
export const regions = stamps.map((stamp) => stamp.summary);
/** Records that the owner of `edge.tls.hostName` adds to the domain; none without one. */
export const dnsRecords = routing.dnsRecords;
/** Address of Managed Grafana; null without it. */
export const grafanaUrl = grafana.url ?? null;
/** Client id for the GitHub workflow; null without one. */
export const githubClientId = delivery.clientId ?? null;
