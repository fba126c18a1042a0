import * as pulumi from "@pulumi/pulumi";

import type { DataSettings } from "../../config";
import type { PrivateTarget } from "../support/privateTarget";
import { CosmosAccount, type CosmosAccountArgs } from "./cosmosAccount";
import type { DataIdentity, DataService, DataServiceArgs, Environment, Lockable } from "./dataService";
import { PostgresqlServer } from "./postgresqlServer";
import { StorageAccount } from "./storageAccount";

export interface DataServicesArgs extends DataServiceArgs {
  /** Which services exist. */
  readonly data: Omit<DataSettings, "redis">;
  /** Regions of the stack, the home region first. */
  readonly regions: CosmosAccountArgs["regions"];
}

/**
 * The data of the whole stack, in the home region: Azure Cosmos DB (which spreads over all regions itself), PostgreSQL
 * and blob storage, each where the stack asks for it. The stamps' identities are granted access by {@link grant}; a
 * cache belongs to its stamp (`ManagedRedis`).
 *
 * Costs what its services cost. Refuses: what `config/` refuses.
 *
 * @example
 * const data = new DataServices("data", { ...config, zones, regions: config.stamps, resourceGroup, client, workspace });
 * data.grant("westus2-api", identity, { parent: stamp });
 */
export class DataServices extends pulumi.ComponentResource implements DataService {
  public readonly cosmos: CosmosAccount | undefined;
  public readonly postgresql: PostgresqlServer | undefined;
  public readonly storage: StorageAccount | undefined;
  public readonly privateTargets: readonly PrivateTarget[];
  public readonly environment: Environment;
  public readonly ports: readonly number[];
  public readonly lockable: readonly Lockable[];
  private readonly services: readonly DataService[];
  private readonly granted: pulumi.Resource[] = [];

  public constructor(name: string, args: DataServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:data:DataServices", name, {}, opts);
    const { cosmos, postgresql, storage } = args.data;
    const child = { parent: this };
    this.cosmos = cosmos ? new CosmosAccount(`${name}-cosmos`, { ...args, cosmos }, child) : undefined;
    this.postgresql = postgresql
      ? new PostgresqlServer(`${name}-postgresql`, { ...args, postgresql }, child)
      : undefined;
    this.storage = storage ? new StorageAccount(`${name}-storage`, { ...args, storage }, child) : undefined;
    this.services = [this.cosmos, this.postgresql, this.storage].filter((service) => service !== undefined);
    this.privateTargets = this.services.flatMap((service) => service.privateTargets);
    this.environment = merged(this.services.map((service) => service.environment));
    this.ports = [...new Set(this.services.flatMap((service) => service.ports))];
    this.lockable = this.services.flatMap((service) => service.lockable);
    this.registerOutputs({
      cosmos: this.cosmos,
      postgresql: this.postgresql,
      storage: this.storage,
      environment: this.environment,
      ports: this.ports,
      lockable: this.lockable,
    });
  }

  public environmentFor(identity: DataIdentity): Environment {
    return merged(this.services.map((service) => service.environmentFor(identity)));
  }

  public grant(name: string, identity: DataIdentity, opts?: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const grants = this.services.flatMap((service) => service.grant(name, identity, opts));
    this.granted.push(...grants);
    return grants;
  }

  /** What has been granted so far; what logs in to a service comes after it. */
  public get grants(): readonly pulumi.Resource[] {
    return this.granted;
  }
}

function merged(environments: readonly Environment[]): Environment {
  return Object.assign({}, ...environments) as Environment;
}
