import { getClientConfigOutput } from "@pulumi/azure-native/authorization";

import { AcrRegistry } from "./components/acrRegistry";
import { AksPlatform } from "./components/aksPlatform";
import { GithubDelivery } from "./components/githubDelivery";
import { ObservabilityStack } from "./components/observabilityStack";
import { WorkloadIdentity } from "./components/workloadIdentity";
import { ApiImage } from "./components/workloads/apiImage";
import { ApiService } from "./components/workloads/apiService";
import { GuardedNamespace } from "./components/workloads/guardedNamespace";
import { loadConfig } from "./config";

const config = loadConfig();
const { names, location, tags, labels, api } = config;
const client = getClientConfigOutput();

const platform = new AksPlatform("platform", { ...config, client });
const { resourceGroup, cluster, kubernetes: provider, oidcIssuerUrl } = platform;

const registry = new AcrRegistry("registry", {
  ...config,
  client,
  resourceGroup,
  imagePullers: [platform.kubeletIdentity],
});
const observability = new ObservabilityStack("observability", { ...config, client, resourceGroup, cluster });
const delivery = new GithubDelivery("delivery", { ...config, resourceGroup });

const namespace = new GuardedNamespace("api-namespace", { namespaceName: "api", labels, api, provider });
const identity = new WorkloadIdentity("api-identity", {
  identityName: names.of("api-id"),
  managedIdentity: { resourceGroup, location, tags },
  serviceAccount: { name: "api", namespace: namespace.namespaceName, labels, oidcIssuerUrl, provider },
  roles: { telemetry: { role: "MonitoringMetricsPublisher", scope: observability.applicationInsights.id } },
});
const image = new ApiImage("api-image", { image: api.image, location, resourceGroup, registry });
const service = new ApiService("api", { api, labels, namespace, image, identity });

/** Where the API answers. */
export const apiUrl = service.url;
/** Image that the API runs, by digest. */
export const apiImage = image.reference;
export const resourceGroupName = resourceGroup.name;
export const clusterName = cluster.name;
export const registryLoginServer = registry.loginServer;
/** Secret; needs kubelogin, holds no credential. */
export const kubeconfig = platform.kubeconfig;
/** Address of Managed Grafana; undefined without it. */
export const grafanaUrl = observability.grafanaUrl;
/** Client id for the GitHub workflow; undefined without one. */
export const githubClientId = delivery.clientId;
