import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as network from "@pulumi/azure-native/network";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";

import { NAME_LIMITS } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { LinkedNetwork } from "../support/linkedNetwork";
import { afterGrants, grantRole } from "../support/roles";
import { placed, type Site } from "./site";

export interface FlowLogsArgs extends Site {
  /** Days that they are kept, at least 1. */
  readonly retentionDays: number;
  readonly networks: readonly LinkedNetwork[];
}

/** Azure makes a network watcher of its own in each region that has a network. */
const WATCHER_GROUP = "NetworkWatcherRG";

/**
 * Who talked to whom in a region's networks: VNet flow logs in a storage account that nothing but Azure's log service
 * reaches, and their digest (traffic analytics) in the workspace. No account key: the logs are written as an identity.
 *
 * Costs $0.50 per GB of logs, and $2.30 per GB of what traffic analytics makes of them. Refuses: what `config/` refuses.
 *
 * @example
 * new FlowLogs("westus2-network-flow-logs", { ...config, ...stamp, client, resourceGroup, workspace, retentionDays, networks });
 */
export class FlowLogs extends pulumi.ComponentResource {
  public readonly account: storage.StorageAccount;

  public constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:network:FlowLogs", name, {}, opts);
    this.account = this.createAccount(name, args);
    this.protectBlobs(name, args);
    const writer = this.createWriter(name, args);
    args.networks.reduce<network.FlowLog[]>(
      (earlier, linked) => [...earlier, this.createFlowLog(name, args, linked, writer, earlier)],
      [],
    );
    this.registerOutputs({ account: this.account });
  }

  private createAccount(name: string, args: FlowLogsArgs): storage.StorageAccount {
    return new storage.StorageAccount(
      `${name}-account`,
      {
        ...placed(args),
        accountName: pulumi
          .output(args.client)
          .apply(({ subscriptionId }) =>
            args.names.global("flow", subscriptionId, NAME_LIMITS.storageAccount),
          ),
        kind: "StorageV2",
        sku: { name: args.zones.length > 0 ? "Standard_ZRS" : "Standard_LRS" },
        accessTier: "Hot",
        allowSharedKeyAccess: false,
        defaultToOAuthAuthentication: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowedCopyScope: "AAD",
        // Nobody signs links here; one of more than a day, which only an identity could sign, shows in the logs.
        sasPolicy: { expirationAction: "Log", sasExpirationPeriod: "01.00:00:00" },
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        isLocalUserEnabled: false,
        isSftpEnabled: false,
        encryption: {
          keySource: "Microsoft.Storage",
          requireInfrastructureEncryption: true,
          services: {
            blob: { enabled: true, keyType: "Account" },
            file: { enabled: true, keyType: "Account" },
            queue: { enabled: true, keyType: "Account" },
            table: { enabled: true, keyType: "Account" },
          },
        },
        // Network Watcher and traffic analytics are services that Azure trusts; nobody else has business here.
        publicNetworkAccess: "Disabled",
        networkRuleSet: {
          defaultAction: "Deny",
          bypass: "AzureServices",
          ipRules: [],
          virtualNetworkRules: [],
        },
      },
      { parent: this },
    );
  }

  private protectBlobs(name: string, { workspace, resourceGroup }: FlowLogsArgs): void {
    const kept = { enabled: true, days: 7 };
    const blobs = new storage.BlobServiceProperties(
      `${name}-blobs`,
      {
        resourceGroupName: resourceGroup.name,
        accountName: this.account.name,
        blobServicesName: "default",
        deleteRetentionPolicy: { ...kept, allowPermanentDelete: false },
        containerDeleteRetentionPolicy: kept,
      },
      { parent: this.account },
    );
    sendDiagnostics(
      name,
      // Every write of a flow log would be a log of its own.
      { resourceUri: blobs.id, workspace, logs: ["StorageRead", "StorageDelete"] },
      { parent: blobs },
    );
  }

  /** @returns the id of an identity that may write blobs by now */
  private createWriter(name: string, args: FlowLogsArgs): pulumi.Output<string> {
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-writer`,
      { ...placed(args), resourceName: args.names.of("flow-logs-id") },
      { parent: this },
    );
    const grant = grantRole(
      `${name}-writer-blobs`,
      {
        role: "StorageBlobDataContributor",
        scope: this.account.id,
        principalId: identity.principalId,
        principalType: "ServicePrincipal",
      },
      { parent: identity },
    );
    return afterGrants(identity.id, [grant]);
  }

  private createFlowLog(
    name: string,
    args: FlowLogsArgs,
    { key, id }: LinkedNetwork,
    writer: pulumi.Output<string>,
    earlier: network.FlowLog[],
  ): network.FlowLog {
    const { location, tags, names, workspace, retentionDays } = args;
    return new network.FlowLog(
      `${name}-${key}`,
      {
        resourceGroupName: WATCHER_GROUP,
        networkWatcherName: `NetworkWatcher_${location}`,
        flowLogName: names.of(`${key}-flow-log`),
        location,
        tags,
        enabled: true,
        targetResourceId: id,
        storageId: this.account.id,
        identity: { type: "UserAssigned", userAssignedIdentities: [writer] },
        format: { type: "JSON", version: 2 },
        retentionPolicy: { enabled: true, days: retentionDays },
        flowAnalyticsConfiguration: {
          networkWatcherFlowAnalyticsConfiguration: {
            enabled: true,
            trafficAnalyticsInterval: 60,
            workspaceResourceId: workspace.id,
            workspaceId: workspace.customerId,
            workspaceRegion: workspace.location,
          },
        },
      },
      { parent: this, dependsOn: earlier },
    );
  }
}
