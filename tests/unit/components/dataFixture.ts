import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

import type {
  CosmosSettings,
  DataSettings,
  PostgresqlSettings,
  RedisSettings,
  StorageSettings,
} from "../../../config";
import { Names } from "../../../config";
import { buildTags } from "../../../config/tags";
import type { DataIdentity, DataServiceArgs } from "../../../components/data/dataService";
import { type RegisteredResource, runWithMocks, SUBSCRIPTION_ID } from "../../support/pulumi";

export const cosmos: CosmosSettings = {
  maxThroughput: 4000,
  consistency: "Session",
  multiRegionWrites: true,
};
export const redis: RedisSettings = { sku: "Balanced_B3", highAvailability: true };
export const postgresql: PostgresqlSettings = {
  version: "17",
  sku: { tier: "GeneralPurpose", name: "Standard_D2ds_v5" },
  storageGb: 128,
  highAvailability: "ZoneRedundant",
  backupRetentionDays: 35,
  geoRedundantBackup: true,
};
export const storage: StorageSettings = { replication: "GZRS", softDeleteDays: 30 };
export const data: DataSettings = { cosmos, redis, postgresql, storage };

export const tags = buildTags({
  environment: "prod",
  project: "shop",
  owner: "shop-team",
  costCenter: "1234",
  purpose: "test",
  extra: {},
});
/** Parts as long as the configuration allows. */
export const longNames = new Names({
  prefix: "p".repeat(20),
  project: "q".repeat(20),
  environment: "e".repeat(20),
});

const ZONES = ["1", "2", "3"];
export const regions = [
  { location: "westus2", zones: ZONES },
  { location: "westus", zones: [] },
];

/** The arguments of every data service; call it inside {@link render}. */
export function serviceArgs(allowPublicServiceEndpoints = false): DataServiceArgs {
  const resourceGroup = new resources.ResourceGroup("group", { location: "westus2" });
  return {
    names: new Names({ prefix: "oap", project: "shop", environment: "prod" }),
    tags,
    location: "westus2",
    zones: ZONES,
    network: { allowPublicServiceEndpoints },
    resourceGroup,
    client: {
      subscriptionId: SUBSCRIPTION_ID,
      tenantId: "22222222-2222-2222-2222-222222222222",
      objectId: "deployer",
      clientId: "cli",
    },
    workspace: new operationalinsights.Workspace("logs", { resourceGroupName: resourceGroup.name }),
  };
}

/** The API's identity in a region. */
export function identityOf(region: string): DataIdentity {
  return {
    clientId: `${region}-client`,
    principalId: `${region}-principal`,
    identityName: `api-${region}`,
  };
}

/** What a program registered, and after what the engine would have created each of it. */
export interface Rendered {
  readonly resources: readonly RegisteredResource[];
  /** Names of the resources that the engine waits for before it creates the named one. */
  readonly dependenciesOf: (name: string) => readonly string[];
}

export async function render(program: () => unknown): Promise<Rendered> {
  const dependencies = new Map<string, readonly string[]>();
  const register = jest.spyOn(MockMonitor.prototype, "registerResource");
  try {
    const registered = await runWithMocks(program);
    for (const [request] of register.mock.calls as unknown as [RegisterRequest][]) {
      dependencies.set(
        request.getName(),
        request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? ""),
      );
    }
    return {
      resources: registered,
      dependenciesOf: (name) => {
        const found = dependencies.get(name);
        if (!found) throw new Error(`The program registered no ${name}`);
        return found;
      },
    };
  } finally {
    register.mockRestore();
  }
}

/** Outputs' values, read while the program runs. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => {
    pulumi.output(output).apply((value) => {
      resolve(value as T);
    });
  });
}

interface RegisterRequest {
  getName(): string;
  getDependenciesList(): string[];
}
