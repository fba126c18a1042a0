import * as redisenterprise from "@pulumi/azure-native/redisenterprise";
import * as pulumi from "@pulumi/pulumi";

import { deterministicGuid, type RedisSettings } from "../../config";
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

export interface ManagedRedisArgs extends DataServiceArgs {
  readonly redis: RedisSettings;
}

/** Azure Managed Redis has one database, under this name, on this port. */
const DATABASE = "default";
const PORT = 10_000;
/** Azure's limit for the name of a cache (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const MAX_NAME_LENGTH = 60;

/**
 * A cache of one region: Azure Managed Redis, TLS alone, opened by Microsoft Entra ID alone. Its nodes lie in different
 * zones by themselves where the region has zones and `highAvailability` is on.
 *
 * The clustering policy is `EnterpriseCluster`: one endpoint on one port for every client. `OSSCluster` would answer
 * faster under load, but only to clients that speak the cluster protocol, on a port of 8500 to 8599 for each shard.
 *
 * Costs about $47 a month for each node of Balanced_B3, $158 of MemoryOptimized_M10, $426 of ComputeOptimized_X10, and
 * high availability makes two nodes of one. Refuses: what `config/` refuses.
 *
 * @example
 * const cache = new ManagedRedis(`${stamp.location}-redis`, { ...config, ...stamp, redis, resourceGroup, client, workspace });
 */
export class ManagedRedis extends pulumi.ComponentResource implements DataService {
  public readonly cluster: redisenterprise.RedisEnterprise;
  public readonly database: redisenterprise.Database;
  public readonly privateTargets: readonly PrivateTarget[];
  public readonly environment: Environment;
  public readonly ports: readonly number[] = [PORT];
  public readonly lockable: readonly Lockable[];
  /** The same for every identity: the SDK takes the user from the token. */
  public readonly environmentFor: DataService["environmentFor"] = () => this.environment;
  private readonly resourceGroupName: pulumi.Output<string>;
  private readonly writes: SerialWrites;

  public constructor(name: string, args: ManagedRedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:data:ManagedRedis", name, {}, opts);
    this.resourceGroupName = args.resourceGroup.name;
    this.cluster = this.createCluster(name, args);
    this.database = this.createDatabase(name);
    this.writes = new SerialWrites(this.database);
    const { workspace } = args;
    sendDiagnostics(
      `${name}-cluster`,
      { resourceUri: this.cluster.id, workspace, hasLogs: false },
      { parent: this.cluster },
    );
    sendDiagnostics(
      `${name}-database`,
      { resourceUri: this.database.id, workspace },
      { parent: this.database },
    );
    this.privateTargets = [
      {
        key: "redis",
        resourceId: onceCreated(this.cluster.id, this.database),
        groupId: "redisEnterprise",
        zones: ["privatelink.redis.azure.net"],
      },
    ];
    this.environment = { REDIS_HOST: this.cluster.hostName, REDIS_PORT: pulumi.output(String(PORT)) };
    this.lockable = [{ key: "redis", id: this.cluster.id }];
    this.registerOutputs({
      cluster: this.cluster,
      database: this.database,
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
    // Azure allows letters and digits alone in the name.
    const assignmentName = pulumi
      .all([this.database.id, principalId])
      .apply(([database, principal]) =>
        deterministicGuid(database.toLowerCase(), "default", principal).replaceAll("-", ""),
      );
    const assignment = this.writes.then(
      { parent: this.database, ...opts },
      (serial) =>
        new redisenterprise.AccessPolicyAssignment(
          `${name}-redis`,
          {
            resourceGroupName: this.resourceGroupName,
            clusterName: this.cluster.name,
            databaseName: DATABASE,
            accessPolicyAssignmentName: assignmentName,
            // The only access policy that there is.
            accessPolicyName: "default",
            user: { objectId: principalId },
          },
          serial,
        ),
    );
    return [assignment];
  }

  private createCluster(name: string, args: ManagedRedisArgs): redisenterprise.RedisEnterprise {
    return new redisenterprise.RedisEnterprise(
      `${name}-cluster`,
      {
        resourceGroupName: this.resourceGroupName,
        clusterName: subscriptionId(args).apply((id) => args.names.global("redis", id, MAX_NAME_LENGTH)),
        location: args.location,
        tags: args.tags,
        sku: { name: args.redis.sku },
        highAvailability: args.redis.highAvailability ? "Enabled" : "Disabled",
        minimumTlsVersion: "1.2",
        publicNetworkAccess: publicNetworkAccess(args),
      },
      { parent: this },
    );
  }

  private createDatabase(name: string): redisenterprise.Database {
    return new redisenterprise.Database(
      `${name}-database`,
      {
        resourceGroupName: this.resourceGroupName,
        clusterName: this.cluster.name,
        databaseName: DATABASE,
        port: PORT,
        clientProtocol: "Encrypted",
        clusteringPolicy: "EnterpriseCluster",
        // A cache that is full makes room; it does not fail.
        evictionPolicy: "AllKeysLRU",
        accessKeysAuthentication: "Disabled",
        deferUpgrade: "NotDeferred",
        persistence: { aofEnabled: false, rdbEnabled: false },
      },
      { parent: this.cluster },
    );
  }
}
