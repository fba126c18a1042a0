/** Built-in roles for clusters, networks, backups and what watches them, with the permissions that questions are asked about. */
import { NO_ACCESS_MANAGEMENT, role, type Role } from "./role";

const AKS = "Microsoft.ContainerService/managedClusters";

export const platformRoles: readonly Role[] = [
  role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ["*"]),
  role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", ["*"], [], NO_ACCESS_MANAGEMENT),
  role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", ["*/read"]),
  role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", [
    "*/read",
    "Microsoft.Authorization/*",
  ]),
  role("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168", [
    "Microsoft.Authorization/roleAssignments/*",
    "*/read",
  ]),
  role("Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7", ["Microsoft.Network/*"]),
  role("Private DNS Zone Contributor", "b12aa53e-6015-4669-85d0-8515ebb3ae7f", [
    "Microsoft.Network/privateDnsZones/*",
    "Microsoft.Network/virtualNetworks/read",
    "Microsoft.Network/virtualNetworks/join/action",
  ]),
  role("DNS Zone Contributor", "befefa01-2a29-4197-83a8-272ff33ce314", ["Microsoft.Network/dnsZones/*"]),
  role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830", [
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ]),
  role("Managed Identity Contributor", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", [
    "Microsoft.ManagedIdentity/userAssignedIdentities/*",
  ]),
  role("Virtual Machine Contributor", "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", [
    "Microsoft.Compute/virtualMachines/*",
  ]),
  role("Azure Kubernetes Service Cluster User Role", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f", [
    `${AKS}/listClusterUserCredential/action`,
    `${AKS}/read`,
  ]),
  role(
    "Azure Kubernetes Service RBAC Cluster Admin",
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    [`${AKS}/listClusterUserCredential/action`],
    [`${AKS}/*`],
  ),
  role(
    "Azure Kubernetes Service RBAC Admin",
    "3498e952-d568-435e-9b2c-8d77e338d7f7",
    [`${AKS}/listClusterUserCredential/action`],
    [`${AKS}/*`],
  ),
  role(
    "Azure Kubernetes Service RBAC Writer",
    "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
    [],
    [`${AKS}/*/read`, `${AKS}/*/write`],
  ),
  role("Azure Kubernetes Service RBAC Reader", "7f6c6a51-bcf8-42ba-9220-52d62157d7db", [], [`${AKS}/*/read`]),
  role(
    "Monitoring Metrics Publisher",
    "3913510d-42f4-4e42-8a64-420c390055eb",
    [],
    ["Microsoft.Insights/Metrics/Write"],
  ),
  role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", [
    "*/read",
    "Microsoft.OperationalInsights/workspaces/search/action",
  ]),
  role(
    "Monitoring Data Reader",
    "b0d8363b-8ddd-447d-831f-62ca05bff136",
    [],
    ["Microsoft.Monitor/accounts/data/*/read"],
  ),
  role(
    "Grafana Admin",
    "22926164-76b3-42b3-bc55-97df3dab3e41",
    [],
    ["Microsoft.Dashboard/grafana/ActAsGrafanaAdmin/action"],
  ),
  role(
    "Grafana Viewer",
    "60921a7e-fef1-4a43-9b16-a26c52ad4769",
    [],
    ["Microsoft.Dashboard/grafana/ActAsGrafanaViewer/action"],
  ),
  role("AppGw for Containers Configuration Manager", "fbc52c3f-28ad-4303-a892-8a056630b8f1", [
    "Microsoft.ServiceNetworking/trafficControllers/*",
  ]),
  role("Traffic Manager Contributor", "a4b10055-b0c7-44c2-b00f-c7b5b3550cf7", [
    "Microsoft.Network/trafficManagerProfiles/*",
  ]),
  role("Azure Kubernetes Service Contributor Role", "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", [
    `${AKS}/read`,
    `${AKS}/write`,
    `${AKS}/*`,
  ]),
  role("Azure Kubernetes Service Cluster Admin Role", "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8", [
    `${AKS}/listClusterAdminCredential/action`,
    `${AKS}/accessProfiles/listCredential/action`,
    `${AKS}/read`,
    `${AKS}/runcommand/action`,
  ]),
  role("Azure Kubernetes Service Cluster Monitoring User", "1afdec4b-e479-420e-99e7-f82237c7c5e6", [
    `${AKS}/listClusterMonitoringUserCredential/action`,
    `${AKS}/read`,
  ]),
  role("Disk Snapshot Contributor", "7efff54f-a5b4-42b5-a1c5-5411624893ce", [
    "Microsoft.Compute/snapshots/delete",
    "Microsoft.Compute/snapshots/write",
    "Microsoft.Compute/snapshots/read",
    "Microsoft.Compute/snapshots/beginGetAccess/action",
    "Microsoft.Compute/snapshots/endGetAccess/action",
    "Microsoft.Compute/disks/beginGetAccess/action",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
  ]),
  role("Disk Backup Reader", "3e5e47e6-65f7-47ef-90b5-e5dd4d455f24", [
    "Microsoft.Compute/disks/read",
    "Microsoft.Compute/disks/beginGetAccess/action",
  ]),
  role("Disk Restore Operator", "b50d9833-a0cb-478e-945f-707fcc997c13", [
    "Microsoft.Compute/disks/write",
    "Microsoft.Compute/disks/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
  ]),
  role(
    "Data Operator for Managed Disks",
    "959f8984-c045-4866-89c7-12bf9737be2e",
    [],
    [
      "Microsoft.Compute/disks/download/action",
      "Microsoft.Compute/disks/upload/action",
      "Microsoft.Compute/snapshots/download/action",
      "Microsoft.Compute/snapshots/upload/action",
    ],
  ),
  role("Backup Contributor", "5e467623-bb1f-42f4-a55d-6e525e11384b", [
    "Microsoft.RecoveryServices/*",
    "Microsoft.DataProtection/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
  ]),
  role("Backup Operator", "00c29273-979b-4161-815c-10b084fb9324", [
    "Microsoft.DataProtection/backupVaults/read",
    "Microsoft.DataProtection/backupVaults/backupInstances/*",
    "Microsoft.DataProtection/backupVaults/backupPolicies/read",
  ]),
  role("Backup Reader", "a795c7a0-d4a2-40c1-ae25-d81f01202912", ["Microsoft.DataProtection/*/read"]),
  role("Monitoring Contributor", "749f88d5-cbae-40b8-bcfc-e573ddc772fa", [
    "*/read",
    "Microsoft.Insights/*",
    "Microsoft.AlertsManagement/*",
    "Microsoft.Monitor/*",
  ]),
  role("Log Analytics Contributor", "92aaf0da-9dab-42b6-94a3-d43ce8d16293", [
    "*/read",
    "Microsoft.OperationalInsights/*",
    "Microsoft.Insights/diagnosticSettings/*",
  ]),
  role("Log Analytics Reader", "73c42c96-874c-492b-b04d-ab87d138a893", [
    "*/read",
    "Microsoft.OperationalInsights/workspaces/search/action",
  ]),
  role(
    "Grafana Editor",
    "a79a5197-3a5c-4973-a920-486035ffd60f",
    [],
    ["Microsoft.Dashboard/grafana/ActAsGrafanaEditor/action"],
  ),
  role("Resource Policy Contributor", "36243c78-bf99-498c-9df9-86d9f8d28608", [
    "*/read",
    "Microsoft.Authorization/policyAssignments/*",
    "Microsoft.Authorization/policyDefinitions/*",
    "Microsoft.Authorization/policyExemptions/*",
    "Microsoft.Authorization/policySetDefinitions/*",
  ]),
  role("Locks Contributor", "28bf596f-4eb7-45ce-b5bc-6cf482fec137", ["Microsoft.Authorization/locks/*"]),
];
