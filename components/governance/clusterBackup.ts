import type * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as dataprotection from "@pulumi/azure-native/dataprotection";
import * as kubernetesconfiguration from "@pulumi/azure-native/kubernetesconfiguration";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names } from "../../config";
import type { AksPlatform } from "../aksPlatform";
import type { ClusterIdentities } from "../clusterIdentities";
import { afterGrants, grantRole, type RoleName } from "../support/roles";
import { keepsBackups } from "./backupStorage";
import { BackupVault, type BackupVaultArgs, CLUSTER_TYPE } from "./backupVault";

export interface ClusterBackupArgs extends BackupVaultArgs {
  readonly names: Names;
  readonly resourceGroup: resources.ResourceGroup;
  /** Whose cluster; what else writes to it comes before. */
  readonly platform: Pick<AksPlatform, "cluster" | "writes">;
  readonly identities: Pick<ClusterIdentities, "controlPlane">;
  /** Their objects and volumes are backed up, with what of the cluster they need. */
  readonly namespaces: readonly string[];
  /** Its subscription and tenant are those of the storage. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  /** How the cluster reaches the storage: its private endpoint. @default nothing to wait for */
  readonly reachableBy?: readonly pulumi.Resource[];
}

const EXTENSION_TYPE = "microsoft.dataprotection.kubernetes";
const LOCATION = "configuration.backupStorageLocation";

/**
 * AKS Backup of a cluster's namespaces: the extension in the cluster, the vault that asks it for backups, a resource group
 * for the snapshots of volumes, and all that the three must be allowed for it.
 *
 * Snapshots have a group of their own since the cluster's identity is Contributor there: it must not be able to delete
 * vault or storage. Costs about $5 a month and namespace, and the snapshots' size. Refuses what Azure Backup does: a
 * cluster that is stopped, a vault of another region.
 *
 * @example
 * const backup = new ClusterBackup("westus2-backup", {
 *   ...config, ...stamp, backup, storage, resourceGroup, workspace, client, platform, identities,
 *   namespaces: ["api"], reachableBy: [endpoints],
 * });
 */
export class ClusterBackup extends pulumi.ComponentResource {
  public readonly vault: BackupVault;
  /** Of the snapshots. */
  public readonly snapshots: resources.ResourceGroup;
  public readonly instance: dataprotection.BackupInstance;
  /** What writes to the cluster itself, one after the other; whatever writes next waits for these. */
  public readonly writes: readonly pulumi.Resource[];

  public constructor(name: string, args: ClusterBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:governance:ClusterBackup", name, {}, opts);
    this.vault = new BackupVault(`${name}-vault`, args, { parent: this });
    this.snapshots = new resources.ResourceGroup(
      `${args.names.of("snapshots-rg")}-`,
      { location: args.location, tags: args.tags },
      { parent: this, retainOnDelete: keepsBackups(args.security) },
    );
    const extension = this.installExtension(name, args);
    const binding = this.bindVault(name, args, extension);
    this.writes = [extension, binding];
    this.instance = this.protect(name, args, this.grantAll(name, args, extension), binding);
    this.registerOutputs({
      vault: this.vault,
      snapshots: this.snapshots,
      instance: this.instance,
      writes: this.writes,
    });
  }

  private installExtension(name: string, args: ClusterBackupArgs): kubernetesconfiguration.Extension {
    const { resourceGroup, platform, storage, reachableBy = [] } = args;
    const client = pulumi.output(args.client);
    return new kubernetesconfiguration.Extension(
      `${name}-extension`,
      {
        resourceGroupName: resourceGroup.name,
        clusterRp: "Microsoft.ContainerService",
        clusterResourceName: "managedClusters",
        clusterName: platform.cluster.name,
        extensionName: "azure-aks-backup",
        extensionType: EXTENSION_TYPE,
        releaseTrain: "stable",
        autoUpgradeMinorVersion: true,
        scope: { cluster: { releaseNamespace: "dataprotection-microsoft" } },
        configurationSettings: {
          [`${LOCATION}.bucket`]: storage.container.name,
          [`${LOCATION}.config.resourceGroup`]: storage.resourceGroup.name,
          [`${LOCATION}.config.storageAccount`]: storage.account.name,
          [`${LOCATION}.config.subscriptionId`]: client.subscriptionId,
          [`${LOCATION}.config.storageAccountURI`]: storage.account.primaryEndpoints.blob,
          // By the extension's own identity: the account has no keys.
          [`${LOCATION}.config.useAAD`]: "true",
          "credentials.tenantId": client.tenantId,
        },
      },
      { parent: this, dependsOn: [...platform.writes, ...reachableBy] },
    );
  }

  private bindVault(
    name: string,
    { resourceGroup, platform }: ClusterBackupArgs,
    extension: kubernetesconfiguration.Extension,
  ): containerservice.TrustedAccessRoleBinding {
    return new containerservice.TrustedAccessRoleBinding(
      `${name}-binding`,
      {
        resourceGroupName: resourceGroup.name,
        resourceName: platform.cluster.name,
        trustedAccessRoleBindingName: "backup",
        sourceResourceId: this.vault.vault.id,
        roles: ["Microsoft.DataProtection/backupVaults/backup-operator"],
      },
      // One write to the cluster at a time.
      { parent: this, dependsOn: [extension] },
    );
  }

  /** https://learn.microsoft.com/azure/backup/azure-kubernetes-service-cluster-backup-concept#required-roles-and-permissions */
  private grantAll(
    name: string,
    { platform, identities, storage }: ClusterBackupArgs,
    extension: kubernetesconfiguration.Extension,
  ): authorization.RoleAssignment[] {
    const vault = this.vault.principalId;
    const extensionId = extension.aksAssignedIdentity.apply((identity) => identity?.principalId ?? "");
    const grants: readonly [string, pulumi.Input<string>, RoleName, pulumi.Input<string>][] = [
      ["vault-cluster", vault, "Reader", platform.cluster.id],
      ["vault-snapshots", vault, "Reader", this.snapshots.id],
      ["vault-snapshot-copies", vault, "DiskSnapshotContributor", this.snapshots.id],
      ["vault-disks", vault, "DataOperatorForManagedDisks", this.snapshots.id],
      ["vault-storage", vault, "StorageBlobDataContributor", storage.account.id],
      ["extension-storage", extensionId, "StorageBlobDataContributor", storage.account.id],
      ["cluster-snapshots", identities.controlPlane.principalId, "Contributor", this.snapshots.id],
    ];
    return grants.map(([key, principalId, role, scope]) =>
      grantRole(
        `${name}-${key}`,
        { role, scope, principalId, principalType: "ServicePrincipal" },
        { parent: this },
      ),
    );
  }

  private protect(
    name: string,
    { storage, platform, location, tags, namespaces }: ClusterBackupArgs,
    grants: readonly authorization.RoleAssignment[],
    binding: pulumi.Resource,
  ): dataprotection.BackupInstance {
    const { vault, policy } = this.vault;
    const { cluster } = platform;
    const source = {
      resourceID: afterGrants(cluster.id, grants),
      resourceName: cluster.name,
      resourceLocation: location,
      resourceType: CLUSTER_TYPE,
      resourceUri: cluster.id,
      datasourceType: CLUSTER_TYPE,
    };
    return new dataprotection.BackupInstance(
      `${name}-instance`,
      {
        resourceGroupName: storage.resourceGroup.name,
        vaultName: vault.name,
        backupInstanceName: "cluster",
        tags,
        properties: {
          objectType: "BackupInstance",
          friendlyName: "cluster",
          dataSourceInfo: { objectType: "Datasource", ...source },
          dataSourceSetInfo: { objectType: "DatasourceSet", ...source },
          policyInfo: {
            policyId: policy.id,
            policyParameters: {
              dataStoreParametersList: [
                {
                  objectType: "AzureOperationalStoreParameters",
                  dataStoreType: "OperationalStore",
                  resourceGroupId: this.snapshots.id,
                },
              ],
              backupDatasourceParametersList: [
                {
                  objectType: "KubernetesClusterBackupDatasourceParameters",
                  includeClusterScopeResources: true,
                  snapshotVolumes: true,
                  includedNamespaces: [...namespaces],
                },
              ],
            },
          },
        },
      },
      { parent: this, dependsOn: [binding, storage.container] },
    );
  }
}
