import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as pulumi from "@pulumi/pulumi";

import type { PostgresqlSettings } from "../../config";
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

export interface PostgresqlServerArgs extends DataServiceArgs {
  readonly postgresql: PostgresqlSettings;
}

const DATABASE = "items";
const PORT = 5432;
/** Server parameters; names and values as https://learn.microsoft.com/azure/postgresql/server-parameters has them. */
const PARAMETERS = {
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  "connection_throttle.enable": "on",
} as const;
/** Azure's limit for the name of a server (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules). */
const MAX_NAME_LENGTH = 63;

/**
 * A PostgreSQL flexible server with one database. Only Microsoft Entra ID opens it: there is no password.
 *
 * The API's identities become administrators of the server. Azure Resource Manager knows no other principals of
 * Microsoft Entra ID: a lesser role exists in the database alone, and somebody who reaches the private endpoint must
 * create it (`pgaadauth_create_principal`), after which the administrator can be taken away.
 *
 * Storage grows by itself, and never shrinks: raise `storageGb` to what Azure has made of it.
 *
 * Costs about $12 a month (B1ms) or $130 (D2ds_v5) and $0.115 per GB; zone redundancy doubles both. Refuses: what
 * `config/` refuses, such as zone redundancy of a burstable server.
 *
 * @example
 * const server = new PostgresqlServer("postgresql", { ...config, zones, postgresql, resourceGroup, client, workspace });
 */
export class PostgresqlServer extends pulumi.ComponentResource implements DataService {
  public readonly server: dbforpostgresql.Server;
  public readonly database: dbforpostgresql.Database;
  public readonly privateTargets: readonly PrivateTarget[];
  public readonly environment: Environment;
  public readonly ports: readonly number[] = [PORT];
  public readonly lockable: readonly Lockable[];
  private readonly resourceGroupName: pulumi.Output<string>;
  private readonly tenantId: pulumi.Output<string>;
  /** A server that is busy with one of its children refuses the next (ServerIsBusy). */
  private readonly writes: SerialWrites;

  public constructor(name: string, args: PostgresqlServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:data:PostgresqlServer", name, {}, opts);
    this.resourceGroupName = args.resourceGroup.name;
    this.tenantId = pulumi.output(args.client).apply((client) => client.tenantId);
    this.server = this.createServer(name, args);
    this.writes = new SerialWrites(this.server);
    this.setParameters(name);
    if (args.network.allowPublicServiceEndpoints) this.letAzureIn(name);
    this.database = this.createDatabase(name);
    sendDiagnostics(
      name,
      { resourceUri: this.server.id, workspace: args.workspace },
      { parent: this.server },
    );
    this.privateTargets = [
      {
        key: "postgresql",
        resourceId: onceCreated(this.server.id, this.database),
        groupId: "postgresqlServer",
        zones: ["privatelink.postgres.database.azure.com"],
        writes: this.writes,
      },
    ];
    this.environment = {
      PGHOST: this.server.fullyQualifiedDomainName,
      PGPORT: pulumi.output(String(PORT)),
      PGDATABASE: onceCreated(DATABASE, this.database),
      PGSSLMODE: pulumi.output("verify-full"),
    };
    this.lockable = [{ key: "postgresql", id: this.server.id }];
    this.registerOutputs({
      server: this.server,
      database: this.database,
      environment: this.environment,
      ports: this.ports,
      lockable: this.lockable,
    });
  }

  /** The identity's name is its role's in the database. */
  public environmentFor({ identityName }: DataIdentity): Environment {
    return { ...this.environment, PGUSER: pulumi.output(identityName) };
  }

  public grant(
    name: string,
    { principalId, identityName }: DataIdentity,
    opts: pulumi.CustomResourceOptions = {},
  ): pulumi.Resource[] {
    const administrator = this.writes.then(
      { parent: this.server, ...opts },
      (serial) =>
        new dbforpostgresql.AdministratorsMicrosoftEntra(
          `${name}-postgresql`,
          {
            resourceGroupName: this.resourceGroupName,
            serverName: this.server.name,
            objectId: principalId,
            principalName: identityName,
            principalType: "ServicePrincipal",
            tenantId: this.tenantId,
          },
          serial,
        ),
    );
    return [administrator];
  }

  private createServer(name: string, args: PostgresqlServerArgs): dbforpostgresql.Server {
    const { postgresql } = args;
    return new dbforpostgresql.Server(
      `${name}-server`,
      {
        resourceGroupName: this.resourceGroupName,
        serverName: subscriptionId(args).apply((id) => args.names.global("psql", id, MAX_NAME_LENGTH)),
        location: args.location,
        tags: args.tags,
        version: postgresql.version,
        sku: postgresql.sku,
        storage: { storageSizeGB: postgresql.storageGb, autoGrow: "Enabled", type: "Premium_LRS" },
        authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: this.tenantId },
        network: { publicNetworkAccess: publicNetworkAccess(args) },
        highAvailability: { mode: postgresql.highAvailability },
        backup: {
          backupRetentionDays: postgresql.backupRetentionDays,
          geoRedundantBackup: postgresql.geoRedundantBackup ? "Enabled" : "Disabled",
        },
        // Sundays at 01:00 UTC: without a window, Azure picks the hour.
        maintenanceWindow: { customWindow: "Enabled", dayOfWeek: 0, startHour: 1, startMinute: 0 },
      },
      { parent: this },
    );
  }

  private setParameters(name: string): void {
    for (const [parameter, value] of Object.entries(PARAMETERS)) {
      this.writes.then(
        { parent: this.server },
        (opts) =>
          new dbforpostgresql.Configuration(
            `${name}-${parameter.replaceAll(/[._]/g, "-")}`,
            {
              resourceGroupName: this.resourceGroupName,
              serverName: this.server.name,
              configurationName: parameter,
              source: "user-override",
              value,
            },
            opts,
          ),
      );
    }
  }

  /** The public endpoint lets nobody in without a rule; Azure reads 0.0.0.0 as "from within Azure", where the nodes are. */
  private letAzureIn(name: string): void {
    this.writes.then(
      { parent: this.server },
      (opts) =>
        new dbforpostgresql.FirewallRule(
          `${name}-from-azure`,
          {
            resourceGroupName: this.resourceGroupName,
            serverName: this.server.name,
            firewallRuleName: "AllowAllAzureServicesAndResourcesWithinAzureIps",
            startIpAddress: "0.0.0.0",
            endIpAddress: "0.0.0.0",
          },
          opts,
        ),
    );
  }

  private createDatabase(name: string): dbforpostgresql.Database {
    return this.writes.then(
      { parent: this.server },
      (opts) =>
        new dbforpostgresql.Database(
          `${name}-database`,
          {
            resourceGroupName: this.resourceGroupName,
            serverName: this.server.name,
            databaseName: DATABASE,
            charset: "UTF8",
            collation: "en_US.utf8",
          },
          opts,
        ),
    );
  }
}
