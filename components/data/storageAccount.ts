import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import { NAME_LIMITS, type StorageSettings } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { PrivateTarget } from "../support/privateTarget";
import { grantRole } from "../support/roles";
import {
  type DataIdentity,
  type DataService,
  type DataServiceArgs,
  type Environment,
  type Lockable,
  onceCreated,
  publicNetworkAccess,
  subscriptionId,
} from "./dataService";
import { guardZonalReplication } from "./zonalReplication";

export interface StorageAccountArgs extends DataServiceArgs {
  readonly storage: StorageSettings;
}

const CONTAINER = "items";
/** Days after which a blob costs less to keep and more to read, and an old version goes. */
const COOL_AFTER_DAYS = 30;
const COLD_AFTER_DAYS = 90;
const KEEP_VERSIONS_DAYS = 90;

/**
 * Blob storage with one container. Only Microsoft Entra ID opens it: no account keys, no public blobs. What is
 * overwritten or deleted can be brought back for a while; what is not touched moves to cheaper tiers.
 *
 * Costs about $0.018 per GB and month (LRS, hot), twice to three times that with more copies. Refuses: what `config/`
 * refuses, such as zone redundancy in a region without zones.
 *
 * @example
 * const blobs = new StorageAccount("storage", { ...config, zones, storage, resourceGroup, client, workspace });
 */
export class StorageAccount extends pulumi.ComponentResource implements DataService {
  public readonly account: storage.StorageAccount;
  public readonly container: storage.BlobContainer;
  public readonly privateTargets: readonly PrivateTarget[];
  public readonly environment: Environment;
  public readonly ports: readonly number[] = [443];
  public readonly lockable: readonly Lockable[];
  /** The same for every identity: the SDK takes the user from the token. */
  public readonly environmentFor: DataService["environmentFor"] = () => this.environment;

  public constructor(name: string, args: StorageAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:data:StorageAccount", name, {}, opts);
    this.account = this.createAccount(name, args);
    const blobService = this.createBlobService(name, args);
    this.createLifecycle(name, args, blobService);
    this.container = new storage.BlobContainer(
      `${name}-container`,
      {
        resourceGroupName: args.resourceGroup.name,
        accountName: this.account.name,
        containerName: CONTAINER,
        publicAccess: "None",
      },
      { parent: blobService },
    );
    sendDiagnostics(
      name,
      { resourceUri: blobService.id, workspace: args.workspace },
      { parent: blobService },
    );
    this.privateTargets = [
      {
        key: "blob",
        resourceId: onceCreated(this.account.id, this.container),
        groupId: "blob",
        zones: ["privatelink.blob.core.windows.net"],
      },
    ];
    this.environment = {
      BLOB_ENDPOINT: this.account.primaryEndpoints.apply(({ blob }) => blob),
      BLOB_CONTAINER: onceCreated(CONTAINER, this.container),
    };
    this.lockable = [{ key: "storage", id: this.account.id }];
    this.registerOutputs({
      account: this.account,
      container: this.container,
      environment: this.environment,
      ports: this.ports,
      lockable: this.lockable,
    });
  }

  public grant(
    name: string,
    { principalId }: DataIdentity,
    opts: pulumi.CustomResourceOptions = {},
  ): pulumi.Resource[] {
    const assignment = grantRole(
      `${name}-storage`,
      {
        role: "StorageBlobDataContributor",
        scope: this.container.id,
        principalId,
        principalType: "ServicePrincipal",
      },
      { parent: this.container, ...opts },
    );
    return [assignment];
  }

  private createAccount(name: string, args: StorageAccountArgs): storage.StorageAccount {
    const { allowPublicServiceEndpoints } = args.network;
    return new storage.StorageAccount(
      `${name}-account`,
      {
        resourceGroupName: args.resourceGroup.name,
        accountName: subscriptionId(args).apply((id) =>
          args.names.global("st", id, NAME_LIMITS.storageAccount),
        ),
        location: args.location,
        tags: args.tags,
        kind: "StorageV2",
        sku: { name: `Standard_${args.storage.replication}` },
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
        encryption: encryption(),
        publicNetworkAccess: publicNetworkAccess(args),
        networkRuleSet: {
          defaultAction: allowPublicServiceEndpoints ? "Allow" : "Deny",
          bypass: "AzureServices",
          ipRules: [],
          virtualNetworkRules: [],
        },
      },
      { parent: this, hooks: { beforeUpdate: [guardZonalReplication(`${name}-replication`)] } },
    );
  }

  private createBlobService(name: string, args: StorageAccountArgs): storage.BlobServiceProperties {
    const kept = { enabled: true, days: args.storage.softDeleteDays };
    return new storage.BlobServiceProperties(
      `${name}-blobs`,
      {
        resourceGroupName: args.resourceGroup.name,
        accountName: this.account.name,
        blobServicesName: "default",
        isVersioningEnabled: true,
        deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
        containerDeleteRetentionPolicy: kept,
      },
      { parent: this.account },
    );
  }

  private createLifecycle(
    name: string,
    args: StorageAccountArgs,
    blobService: storage.BlobServiceProperties,
  ): void {
    const old = { delete: { daysAfterCreationGreaterThan: KEEP_VERSIONS_DAYS } };
    new storage.ManagementPolicy(
      `${name}-lifecycle`,
      {
        resourceGroupName: args.resourceGroup.name,
        accountName: this.account.name,
        managementPolicyName: "default",
        policy: {
          rules: [
            {
              name: "age",
              enabled: true,
              type: "Lifecycle",
              definition: {
                filters: { blobTypes: ["blockBlob"] },
                actions: {
                  baseBlob: {
                    tierToCool: { daysAfterModificationGreaterThan: COOL_AFTER_DAYS },
                    tierToCold: { daysAfterModificationGreaterThan: COLD_AFTER_DAYS },
                  },
                  snapshot: old,
                  version: old,
                },
              },
            },
          ],
        },
      },
      { parent: this.account, dependsOn: blobService },
    );
  }
}

/** Encrypted twice, by Azure's keys; of tables and queues, too, which only their creation can settle. */
function encryption() {
  const encrypted = { enabled: true, keyType: "Account" } as const;
  return {
    keySource: "Microsoft.Storage",
    requireInfrastructureEncryption: true,
    services: { blob: encrypted, file: encrypted, queue: encrypted, table: encrypted },
  } as const;
}
