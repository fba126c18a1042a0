/** The table of all resource types that the emulated Azure knows, by Pulumi token and by ARM type. */
import { ProviderError } from "../../provider/backend";
import type { BuildPlaces } from "../build/checkout";
import { underDenyAssignments } from "../denyAssignments";
import type { AzureType } from "../resourceType";
import { alertsmanagement } from "./alertsmanagement";
import { applicationGateway } from "./applicationGateway";
import { applicationinsights } from "./applicationinsights";
import { authorization } from "./authorization";
import { cdn } from "./cdn";
import { compute } from "./compute";
import { consumption } from "./consumption";
import { containerregistry } from "./containerregistry";
import { containerservice } from "./containerservice";
import { cosmosdb } from "./cosmosdb";
import { dashboard } from "./dashboard";
import { dataprotection } from "./dataprotection";
import { dbforpostgresql } from "./dbforpostgresql";
import { dns } from "./dns";
import { frontdoor } from "./frontdoor";
import { keyvault } from "./keyvault";
import { kubernetesconfiguration } from "./kubernetesconfiguration";
import { underLocks } from "./locks";
import { logic } from "./logic";
import { managedidentity } from "./managedidentity";
import { monitor } from "./monitor";
import { network } from "./network";
import { operationalinsights } from "./operationalinsights";
import { privatedns } from "./privatedns";
import { redis } from "./redis";
import { redisenterprise } from "./redisenterprise";
import { resources } from "./resources";
import { security } from "./security";
import { servicenetworking } from "./servicenetworking";
import { storage } from "./storage";
import { trafficmanager } from "./trafficmanager";

const PACKAGE = "azure-native:";

export class TypeTable {
  private readonly tokens: ReadonlyMap<string, AzureType>;
  private readonly armTypes: ReadonlyMap<string, AzureType>;

  public constructor(public readonly all: readonly AzureType[]) {
    this.tokens = new Map(all.map((type) => [type.token, type]));
    this.armTypes = new Map(all.map((type) => [type.shape.armType.toLowerCase(), type]));
  }

  /** @param token with the package name. @throws if the table has no such type. */
  public byToken(token: string): AzureType {
    const type = token.startsWith(PACKAGE) ? this.tokens.get(token.slice(PACKAGE.length)) : undefined;
    if (type !== undefined) return type;
    throw new ProviderError(
      "TypeNotEmulated",
      `the emulated Azure has no resource type '${token}'. Describe it: one entry of type AzureType ` +
        "(local/azure/resourceType.ts) in local/azure/types/<module>.ts, listed in local/azure/types/index.ts.",
    );
  }

  public byArmType(armType: string): AzureType | undefined {
    return this.armTypes.get(armType.toLowerCase());
  }
}

export function createTypes(places: BuildPlaces): TypeTable {
  const types = [
    ...alertsmanagement,
    ...applicationGateway,
    ...applicationinsights,
    ...authorization,
    ...cdn,
    ...compute,
    ...consumption,
    ...containerregistry(places),
    ...containerservice,
    ...cosmosdb,
    ...dashboard,
    ...dataprotection,
    ...dbforpostgresql,
    ...dns,
    ...frontdoor,
    ...keyvault,
    ...kubernetesconfiguration,
    ...logic,
    ...managedidentity,
    ...monitor,
    ...network,
    ...operationalinsights,
    ...privatedns,
    ...redis,
    ...redisenterprise,
    ...resources,
    ...security,
    ...servicenetworking,
    ...storage,
    ...trafficmanager,
  ];
  return new TypeTable(types.map(underLocks).map(underDenyAssignments));
}
