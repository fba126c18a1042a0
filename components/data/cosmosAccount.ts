import * as cosmosdb from "@pulumi/azure-native/cosmosdb";
import * as pulumi from "@pulumi/pulumi";

import { type CosmosSettings, deterministicGuid } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { PrivateTarget } from "../support/privateTarget";
import { SerialWrites } from "../support/serialWrites";
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

export interface CosmosAccountArgs extends DataServiceArgs {
  readonly cosmos: CosmosSettings;
  /** Regions that hold the data, the one that takes writes first. */
  readonly regions: readonly { readonly location: string; readonly zones: readonly string[] }[];
}

const DATABASE = "api";
const CONTAINER = "items";
/** Cosmos DB Built-in Data Contributor (https://learn.microsoft.com/azure/cosmos-db/nosql/reference-data-plane-roles). */
const DATA_CONTRIBUTOR = "00000000-0000-0000-0000-000000000002";
/** Who did what; the categories about queries and partitions cost more than they tell. */
const LOGS = ["ControlPlaneRequests", "DataPlaneRequests"];
/** Azure's limit for the name of an account (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const MAX_NAME_LENGTH = 44;

/**
 * An Azure Cosmos DB account (API for NoSQL) with one container, in every region of the stack. Only Microsoft Entra ID
 * opens it: no keys, and a role of its own data plane for each identity.
 *
 * Costs about $8.76 a month and region for 100 RU/s of highest throughput if it is always used, a tenth of that at
 * least, $0.25 per GB and region, and the backups of 30 days another $0.20. Refuses: what `config/` refuses, such as
 * strong consistency together with writes in several regions.
 *
 * @example
 * const cosmos = new CosmosAccount("cosmos", { ...config, zones, cosmos, regions: config.stamps, resourceGroup, client, workspace });
 */
export class CosmosAccount extends pulumi.ComponentResource implements DataService {
  public readonly account: cosmosdb.DatabaseAccount;
  public readonly container: cosmosdb.SqlResourceSqlContainer;
  public readonly privateTargets: readonly PrivateTarget[];
  public readonly environment: Environment;
  public readonly ports: readonly number[] = [443];
  public readonly lockable: readonly Lockable[];
  /** The same for every identity: the SDK takes the user from the token. */
  public readonly environmentFor: DataService["environmentFor"] = () => this.environment;
  private readonly resourceGroupName: pulumi.Output<string>;
  private readonly writes: SerialWrites;

  public constructor(name: string, args: CosmosAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:data:CosmosAccount", name, {}, opts);
    this.resourceGroupName = args.resourceGroup.name;
    this.account = this.createAccount(name, args);
    const database = this.createDatabase(name, args);
    this.container = this.createContainer(name, args, database);
    this.writes = new SerialWrites(this.container);
    sendDiagnostics(
      name,
      { resourceUri: this.account.id, workspace: args.workspace, logs: LOGS },
      { parent: this.account },
    );
    this.privateTargets = [
      {
        key: "cosmos",
        // The account takes one write at a time, and an endpoint's approval is one.
        resourceId: onceCreated(this.account.id, this.container),
        groupId: "Sql",
        zones: ["privatelink.documents.azure.com"],
        writes: this.writes,
      },
    ];
    this.environment = {
      COSMOS_ENDPOINT: this.account.documentEndpoint,
      COSMOS_DATABASE: onceCreated(DATABASE, database),
      COSMOS_CONTAINER: onceCreated(CONTAINER, this.container),
    };
    this.lockable = [{ key: "cosmos", id: this.account.id }];
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
    const assignmentId = pulumi
      .all([this.account.id, principalId])
      .apply(([account, principal]) => deterministicGuid(account.toLowerCase(), DATA_CONTRIBUTOR, principal));
    const assignment = this.writes.then(
      { parent: this.account, ...opts },
      (serial) =>
        new cosmosdb.SqlResourceSqlRoleAssignment(
          `${name}-cosmos`,
          {
            resourceGroupName: this.resourceGroupName,
            accountName: this.account.name,
            roleAssignmentId: assignmentId,
            roleDefinitionId: pulumi.interpolate`${this.account.id}/sqlRoleDefinitions/${DATA_CONTRIBUTOR}`,
            principalId,
            scope: pulumi.interpolate`${this.account.id}/dbs/${DATABASE}`,
          },
          serial,
        ),
    );
    return [assignment];
  }

  private createAccount(name: string, args: CosmosAccountArgs): cosmosdb.DatabaseAccount {
    const { cosmos, regions } = args;
    return new cosmosdb.DatabaseAccount(
      `${name}-account`,
      {
        resourceGroupName: this.resourceGroupName,
        accountName: subscriptionId(args).apply((id) => args.names.global("cosmos", id, MAX_NAME_LENGTH)),
        location: args.location,
        tags: args.tags,
        kind: "GlobalDocumentDB",
        databaseAccountOfferType: "Standard",
        locations: regions.map(({ location, zones }, index) => ({
          locationName: location,
          failoverPriority: index,
          isZoneRedundant: zones.length > 0,
        })),
        consistencyPolicy: consistencyPolicy(cosmos.consistency),
        enableAutomaticFailover: true,
        enableMultipleWriteLocations: cosmos.multiRegionWrites,
        backupPolicy: { type: "Continuous", continuousModeProperties: { tier: "Continuous30Days" } },
        minimalTlsVersion: "Tls12",
        disableLocalAuth: true,
        disableKeyBasedMetadataWriteAccess: true,
        publicNetworkAccess: publicNetworkAccess(args),
        networkAclBypass: "None",
        isVirtualNetworkFilterEnabled: false,
        enableFreeTier: false,
        enableAnalyticalStorage: false,
      },
      { parent: this },
    );
  }

  private createDatabase(name: string, { tags }: CosmosAccountArgs): cosmosdb.SqlResourceSqlDatabase {
    return new cosmosdb.SqlResourceSqlDatabase(
      `${name}-database`,
      {
        resourceGroupName: this.resourceGroupName,
        accountName: this.account.name,
        databaseName: DATABASE,
        tags,
        resource: { id: DATABASE },
      },
      { parent: this.account },
    );
  }

  private createContainer(
    name: string,
    { cosmos, tags }: CosmosAccountArgs,
    database: cosmosdb.SqlResourceSqlDatabase,
  ): cosmosdb.SqlResourceSqlContainer {
    return new cosmosdb.SqlResourceSqlContainer(
      `${name}-container`,
      {
        resourceGroupName: this.resourceGroupName,
        accountName: this.account.name,
        databaseName: database.name,
        containerName: CONTAINER,
        tags,
        options: { autoscaleSettings: { maxThroughput: cosmos.maxThroughput } },
        resource: {
          id: CONTAINER,
          partitionKey: { paths: ["/id"], kind: "Hash", version: 2 },
          // An item may carry a `ttl` of its own; without one it stays.
          defaultTtl: -1,
          indexingPolicy: {
            indexingMode: "consistent",
            automatic: true,
            includedPaths: [{ path: "/*" }],
            excludedPaths: [{ path: '/"_etag"/?' }],
          },
          conflictResolutionPolicy: { mode: "LastWriterWins", conflictResolutionPath: "/_ts" },
        },
      },
      { parent: database },
    );
  }
}

/** Azure's least staleness for an account of several regions, and what it says for the other levels. */
function consistencyPolicy(level: CosmosSettings["consistency"]) {
  return level === "BoundedStaleness"
    ? { defaultConsistencyLevel: level, maxIntervalInSeconds: 300, maxStalenessPrefix: 100_000 }
    : { defaultConsistencyLevel: level, maxIntervalInSeconds: 5, maxStalenessPrefix: 100 };
}
