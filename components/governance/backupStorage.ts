import * as resources from "@pulumi/azure-native/resources";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, SecuritySettings, Tags } from "../../config";
import { keptName } from "../security/keptName";
import { sendDiagnostics } from "../support/diagnostics";
import type { PrivateTarget } from "../support/privateTarget";

export interface BackupStorageArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Short form of the region. */
  readonly code: string;
  /** Availability zones of that region; empty: it has none. */
  readonly zones: readonly string[];
  readonly security: Pick<SecuritySettings, "keyVault">;
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  readonly workspace: operationalinsights.Workspace;
}

/** Days that a deleted or overwritten blob can be brought back. */
const SOFT_DELETE_DAYS = 14;

/**
 * Whether backups outlive the stack: they do unless the stack opts out of purge protection. Azure deletes no backup vault
 * whose soft delete keeps something, so that a stack that keeps its backups leaves their groups behind when it goes.
 */
export function keepsBackups({ keyVault }: Pick<SecuritySettings, "keyVault">): boolean {
  return !keyVault.allowPurge;
}

/**
 * Where the backup extension of a cluster keeps what it reads from the Kubernetes API: a resource group of its own, a
 * storage account that only Microsoft Entra ID opens, and a container. The names of group and account end in eight random
 * digits, so that the next stack finds the names free if these have been kept (see {@link keepsBackups}).
 *
 * Costs about $0.018 per GB and month. Refuses nothing.
 *
 * @example
 * const backupStorage = new BackupStorage("westus2-backup-storage", { ...config, ...stamp, workspace });
 */
export class BackupStorage extends pulumi.ComponentResource {
  public readonly resourceGroup: resources.ResourceGroup;
  public readonly account: storage.StorageAccount;
  public readonly container: storage.BlobContainer;
  public readonly privateTargets: readonly PrivateTarget[];

  public constructor(name: string, args: BackupStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:governance:BackupStorage", name, {}, opts);
    const retainOnDelete = keepsBackups(args.security);
    this.resourceGroup = new resources.ResourceGroup(
      `${args.names.of("backup-rg")}-`,
      { location: args.location, tags: args.tags },
      { parent: this, retainOnDelete },
    );
    this.account = this.createAccount(args, retainOnDelete);
    const blobService = this.createBlobService(name, retainOnDelete);
    this.container = new storage.BlobContainer(
      `${name}-container`,
      {
        resourceGroupName: this.resourceGroup.name,
        accountName: this.account.name,
        containerName: "backups",
        publicAccess: "None",
      },
      { parent: blobService, retainOnDelete },
    );
    sendDiagnostics(
      name,
      { resourceUri: blobService.id, workspace: args.workspace },
      { parent: blobService },
    );
    this.privateTargets = [
      {
        key: "backup",
        resourceId: this.account.id,
        groupId: "blob",
        zones: ["privatelink.blob.core.windows.net"],
      },
    ];
    this.registerOutputs({
      resourceGroup: this.resourceGroup,
      account: this.account,
      container: this.container,
      privateTargets: this.privateTargets,
    });
  }

  private createAccount(
    { names, code, location, tags, zones, network }: BackupStorageArgs,
    retainOnDelete: boolean,
  ): storage.StorageAccount {
    const { allowPublicServiceEndpoints } = network;
    const encrypted = { enabled: true, keyType: "Account" } as const;
    return new storage.StorageAccount(
      keptName("bk", code, names, ""),
      {
        resourceGroupName: this.resourceGroup.name,
        location,
        tags,
        kind: "StorageV2",
        sku: { name: zones.length > 0 ? "Standard_ZRS" : "Standard_LRS" },
        accessTier: "Hot",
        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowedCopyScope: "AAD",
        sasPolicy: { expirationAction: "Block", sasExpirationPeriod: "00.01:00:00" },
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        isHnsEnabled: false,
        isLocalUserEnabled: false,
        isSftpEnabled: false,
        enableNfsV3: false,
        encryption: {
          keySource: "Microsoft.Storage",
          requireInfrastructureEncryption: true,
          services: { blob: encrypted, file: encrypted, queue: encrypted, table: encrypted },
        },
        publicNetworkAccess: allowPublicServiceEndpoints ? "Enabled" : "Disabled",
        networkRuleSet: {
          defaultAction: allowPublicServiceEndpoints ? "Allow" : "Deny",
          bypass: "AzureServices",
          ipRules: [],
          virtualNetworkRules: [],
        },
      },
      { parent: this, retainOnDelete },
    );
  }

  private createBlobService(name: string, retainOnDelete: boolean): storage.BlobServiceProperties {
    const kept = { enabled: true, days: SOFT_DELETE_DAYS };
    return new storage.BlobServiceProperties(
      `${name}-blobs`,
      {
        resourceGroupName: this.resourceGroup.name,
        accountName: this.account.name,
        blobServicesName: "default",
        isVersioningEnabled: true,
        deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
        containerDeleteRetentionPolicy: kept,
      },
      { parent: this.account, retainOnDelete },
    );
  }
}
