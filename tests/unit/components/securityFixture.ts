import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

import { KeyVault, type KeyVaultArgs } from "../../../components/security/keyVault";
import { ROLES } from "../../../components/support/roles";
import { Names } from "../../../config";
import { type RegisteredResource, ofType, runWithMocks } from "../../support/pulumi";
import { serviceArgs } from "./dataFixture";

/** The arguments of a vault; call it inside `render`. */
export function vaultArgs(change: Partial<KeyVaultArgs> = {}): KeyVaultArgs {
  return {
    ...serviceArgs(),
    names: new Names({ prefix: "oap", project: "shop", environment: "prod" }).in("wus2"),
    code: "wus2",
    security: { keyVault: { softDeleteRetentionDays: 90, allowPurge: false } },
    ...change,
  };
}

export function createVault(change: Partial<KeyVaultArgs> = {}): KeyVault {
  return new KeyVault("vault", vaultArgs(change));
}

/** Of a cluster that exists. */
export function createIdentities() {
  return {
    controlPlane: new managedidentity.UserAssignedIdentity("control-plane", { resourceGroupName: "rg" }),
  };
}

export function createCluster(): containerservice.ManagedCluster {
  return new containerservice.ManagedCluster("aks", { resourceGroupName: "rg", resourceName: "oap-aks" });
}

/** Roles that were granted, as `who role scope`, ids cut to their last segment, in alphabetical order. */
export function grantsOf(resources: readonly RegisteredResource[]): string[] {
  const nameOf = (id: unknown): string => String(id).split("/").at(-1) ?? "";
  return ofType(resources, "azure-native:authorization:RoleAssignment")
    .map(({ inputs }) => {
      const guid = nameOf(inputs["roleDefinitionId"]);
      const role = Object.entries(ROLES).find(([, id]) => id === guid)?.[0] ?? guid;
      return `${String(inputs["principalId"])} ${role} ${nameOf(inputs["scope"])}`;
    })
    .sort();
}

/** What the program told the engine about a resource besides its inputs. */
export interface EngineOptions {
  readonly dependsOn: readonly string[];
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
}

/** Runs a program; gives what it registered, and with which options, by logical name. */
export async function renderWithOptions(program: () => unknown) {
  const register = jest.spyOn(MockMonitor.prototype, "registerResource");
  try {
    const resources = await runWithMocks(program);
    const requests = register.mock.calls as unknown as [RegisterRequest][];
    const options = new Map<string, EngineOptions>(
      requests.map(([request]) => [
        request.getName(),
        {
          dependsOn: request.getDependenciesList().map((urn) => urn.split("::").at(-1) ?? ""),
          retainOnDelete: request.getRetainondelete(),
          ignoreChanges: request.getIgnorechangesList(),
        },
      ]),
    );
    return { resources, options };
  } finally {
    register.mockRestore();
  }
}

interface RegisterRequest {
  getName(): string;
  getDependenciesList(): string[];
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
}
