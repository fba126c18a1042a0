/**
 * What a diagnostic setting can send of each type of resource
 * (https://learn.microsoft.com/azure/azure-monitor/reference/logs-index and the types' own monitoring references).
 */
export interface DiagnosticCategories {
  readonly logs: readonly string[];
  readonly groups: readonly string[];
  readonly metrics: readonly string[];
}

const ALL_METRICS = ["AllMetrics"] as const;

function emits(
  logs: string,
  groups = "allLogs audit",
  metrics: readonly string[] = ALL_METRICS,
): DiagnosticCategories {
  return { logs: words(logs), groups: logs === "" ? [] : words(groups), metrics };
}

function words(text: string): string[] {
  return text === "" ? [] : text.split(" ");
}

const METRICS_ONLY = emits("");
const STORAGE_METRICS = ["AllMetrics", "Capacity", "Transaction"] as const;
const STORAGE_SERVICE = emits("StorageRead StorageWrite StorageDelete", undefined, STORAGE_METRICS);

/** Keys are ARM types in lower case. */
const CATEGORIES: Readonly<Record<string, DiagnosticCategories>> = {
  "microsoft.cache/redisenterprise": METRICS_ONLY,
  "microsoft.cache/redisenterprise/databases": emits("ConnectionEvents"),
  "microsoft.cdn/profiles": emits(
    "FrontDoorAccessLog FrontDoorHealthProbeLog FrontDoorWebApplicationFirewallLog AzureCdnAccessLog WebApplicationFirewallLogs",
  ),
  "microsoft.containerregistry/registries": emits(
    "ContainerRegistryLoginEvents ContainerRegistryRepositoryEvents",
  ),
  "microsoft.containerservice/managedclusters": emits(
    "cloud-controller-manager cluster-autoscaler csi-azuredisk-controller csi-azurefile-controller " +
      "csi-snapshot-controller fleet-mcs-controller-manager fleet-member-agent " +
      "fleet-member-net-controller-manager guard karpenter-events kube-apiserver kube-audit kube-audit-admin " +
      "kube-controller-manager kube-scheduler",
  ),
  "microsoft.dashboard/grafana": emits("GrafanaLoginEvents GrafanaUsageInsightsEvents"),
  "microsoft.dataprotection/backupvaults": emits(
    "AddonAzureBackupJobs AddonAzureBackupPolicy AddonAzureBackupProtectedInstance AzureBackupOperations CoreAzureBackup",
    undefined,
    ["AllMetrics", "Health"],
  ),
  "microsoft.dbforpostgresql/flexibleservers": emits(
    "PostgreSQLFlexDatabaseXacts PostgreSQLFlexPGBouncer PostgreSQLFlexQueryStoreRuntime " +
      "PostgreSQLFlexQueryStoreWaitStats PostgreSQLFlexSessions PostgreSQLFlexTableStats PostgreSQLLogs",
  ),
  "microsoft.documentdb/databaseaccounts": emits(
    "CassandraRequests ControlPlaneRequests DataPlaneRequests DataPlaneRequests15M DataPlaneRequests5M " +
      "GremlinRequests MongoRequests PartitionKeyRUConsumption PartitionKeyStatistics QueryRuntimeStatistics " +
      "TableApiRequests",
    undefined,
    ["AllMetrics", "Requests", "SLI"],
  ),
  "microsoft.insights/components": emits(
    "AppAvailabilityResults AppBrowserTimings AppDependencies AppEvents AppExceptions AppMetrics AppPageViews " +
      "AppPerformanceCounters AppRequests AppSystemEvents AppTraces OTelLogs OTelSpans OTelEvents OTelResources",
    "allLogs",
  ),
  "microsoft.keyvault/vaults": emits("AuditEvent AzurePolicyEvaluationDetails"),
  "microsoft.logic/workflows": emits("WorkflowRuntime", "allLogs"),
  "microsoft.network/applicationgateways": emits(
    "ApplicationGatewayAccessLog ApplicationGatewayFirewallLog ApplicationGatewayPerformanceLog",
    "allLogs",
  ),
  "microsoft.network/azurefirewalls": emits(
    "AZFWApplicationRule AZFWApplicationRuleAggregation AZFWDnsAdditional AZFWDnsQuery AZFWFatFlow AZFWFlowTrace " +
      "AZFWFqdnResolveFailure AZFWIdpsSignature AZFWNatRule AZFWNatRuleAggregation AZFWNetworkRule " +
      "AZFWNetworkRuleAggregation AZFWThreatIntel AzureFirewallApplicationRule AzureFirewallDnsProxy " +
      "AzureFirewallNetworkRule",
    "allLogs",
  ),
  "microsoft.network/bastionhosts": emits("BastionAuditLogs"),
  "microsoft.network/dnszones": METRICS_ONLY,
  "microsoft.network/loadbalancers": emits("LoadBalancerHealthEvent", "allLogs"),
  "microsoft.network/natgateways": METRICS_ONLY,
  "microsoft.network/networksecuritygroups": emits(
    "NetworkSecurityGroupEvent NetworkSecurityGroupRuleCounter",
    "allLogs",
    [],
  ),
  "microsoft.network/privatelinkservices": METRICS_ONLY,
  "microsoft.network/publicipaddresses": emits(
    "DDoSMitigationFlowLogs DDoSMitigationReports DDoSProtectionNotifications",
  ),
  "microsoft.network/trafficmanagerprofiles": emits("ProbeHealthStatusEvents", "allLogs"),
  "microsoft.network/virtualnetworkgateways": emits(
    "GatewayDiagnosticLog IKEDiagnosticLog P2SDiagnosticLog RouteDiagnosticLog TunnelDiagnosticLog",
  ),
  "microsoft.network/virtualnetworks": emits("VMProtectionAlerts", "allLogs"),
  "microsoft.operationalinsights/workspaces": emits("Audit Jobs SummaryLogs"),
  "microsoft.servicenetworking/trafficcontrollers": emits(
    "TrafficControllerAccessLog TrafficControllerFirewallLog",
  ),
  "microsoft.storage/storageaccounts": emits("", "", STORAGE_METRICS),
  "microsoft.storage/storageaccounts/blobservices": STORAGE_SERVICE,
  "microsoft.storage/storageaccounts/fileservices": STORAGE_SERVICE,
  "microsoft.storage/storageaccounts/queueservices": STORAGE_SERVICE,
  "microsoft.storage/storageaccounts/tableservices": STORAGE_SERVICE,
};

/** Types that have no diagnostic settings at all: their logs come from elsewhere, or there are none. */
const WITHOUT = new Set([
  "microsoft.compute/diskencryptionsets",
  "microsoft.containerservice/managedclusters/agentpools",
  "microsoft.managedidentity/userassignedidentities",
  "microsoft.monitor/accounts/datacollectionrules",
  "microsoft.network/applicationgatewaywebapplicationfirewallpolicies",
  "microsoft.network/firewallpolicies",
  "microsoft.network/frontdoorwebapplicationfirewallpolicies",
  "microsoft.network/privatednszones",
  "microsoft.network/privateendpoints",
  "microsoft.network/routetables",
  "microsoft.resources/resourcegroups",
]);

export type Emission = DiagnosticCategories | "none" | "unknown";

/** @returns "none" where Azure has no diagnostic settings of the type, "unknown" where this table does not say. */
export function categoriesOf(armType: string): Emission {
  const type = armType.toLowerCase();
  return CATEGORIES[type] ?? (WITHOUT.has(type) ? "none" : "unknown");
}
