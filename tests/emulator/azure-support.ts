import { CloudStore, type CloudRecord } from "../../local/cloud/store";
import { createAzureBackend, type AzureBackendOptions } from "../../local/azure/backend";
import type {
  CheckResult,
  DiffResult,
  JsonObject,
  ProviderBackend,
  ResourceState,
} from "../../local/provider/backend";
import { text } from "../../local/provider/values";

export const SUBSCRIPTION = "11111111-1111-4111-8111-111111111111";
export const TENANT = "22222222-2222-4222-8222-222222222222";
export const DEPLOYER = "33333333-3333-4333-8333-333333333333";
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;

export function backendOptions(overrides: Partial<AzureBackendOptions> = {}): AzureBackendOptions {
  return {
    store: CloudStore.memory(),
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    deployer: { objectId: DEPLOYER, clientId: DEPLOYER, principalType: "User" },
    repositoryRoot: "/nowhere",
    buildFolder: "/nowhere",
    ...overrides,
  };
}

/** An emulated Azure that is driven as the engine drives it, without the engine. */
export class Azure {
  public readonly store: CloudStore;
  public readonly backend: ProviderBackend;

  public constructor(overrides: Partial<AzureBackendOptions> = {}) {
    const options = backendOptions(overrides);
    this.store = options.store;
    this.backend = createAzureBackend(options);
  }

  /** Check, then create, as an update of the engine does. */
  public async create(
    token: string,
    news: JsonObject,
    name = "res",
  ): Promise<ResourceState & { inputs: JsonObject }> {
    const { inputs, failures } = await this.check(token, news, name);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    const state = await this.backend.create({ ...request(token, name), inputs, preview: false });
    return { ...state, inputs };
  }

  public async preview(token: string, news: JsonObject): Promise<JsonObject> {
    const { inputs } = await this.check(token, news);
    return (await this.backend.create({ ...request(token), inputs, preview: true })).outputs;
  }

  public check(token: string, news: JsonObject, name = "res"): Promise<CheckResult> {
    const randomSeed = new Uint8Array([1, 2, 3, 4]);
    return this.backend.check({ ...request(token, name), olds: {}, news, randomSeed });
  }

  public async update(
    token: string,
    state: ResourceState & { inputs: JsonObject },
    news: JsonObject,
    preview = false,
  ) {
    const oldInputs = state.inputs;
    const { inputs } = await this.backend.check({
      ...request(token),
      olds: oldInputs,
      news: { ...news },
      randomSeed: new Uint8Array([9]),
    });
    const updated = await this.backend.update({
      ...request(token),
      id: state.id,
      oldInputs,
      oldOutputs: state.outputs,
      newInputs: inputs,
      preview,
    });
    return { ...updated, inputs };
  }

  public diff(token: string, oldInputs: JsonObject, newInputs: JsonObject): Promise<DiffResult> {
    return this.backend.diff({
      ...request(token),
      id: "",
      oldInputs,
      oldOutputs: {},
      newInputs,
      ignoreChanges: [],
    });
  }

  public read(
    token: string,
    state: ResourceState & { inputs?: JsonObject },
  ): Promise<ResourceState | undefined> {
    return this.backend.read({
      ...request(token),
      id: state.id,
      inputs: state.inputs ?? {},
      outputs: state.outputs,
    });
  }

  public delete(token: string, id: string): Promise<void> {
    return this.backend.delete({ ...request(token), id, oldInputs: {}, oldOutputs: {} });
  }

  public invoke(token: string, inputs: JsonObject): Promise<JsonObject> {
    return this.backend.invoke(`azure-native:${token}`, inputs, "c");
  }

  /** Changes a resource behind Pulumi's back. */
  public drift(id: string, change: JsonObject): void {
    const record = this.store.get(id);
    if (record === undefined) throw new Error(`nothing at ${id}`);
    this.store.put({ ...record, properties: { ...record.properties, ...change } });
  }

  /** What programs made: the subscription's own network watchers aside. */
  public ids(): string[] {
    const made = this.store.list().filter(({ ofSubscription }) => ofSubscription !== true);
    return made.map(({ id }: CloudRecord) => id);
  }

  public group(): Promise<ResourceState & { inputs: JsonObject }> {
    return this.create("resources:ResourceGroup", { resourceGroupName: "rg", location: "westus2" });
  }

  public identity(resourceName: string): Promise<ResourceState & { inputs: JsonObject }> {
    return this.create("managedidentity:UserAssignedIdentity", { resourceGroupName: "rg", resourceName });
  }

  public grant(
    principalId: string,
    role: string,
    scope: string,
  ): Promise<ResourceState & { inputs: JsonObject }> {
    return this.create("authorization:RoleAssignment", {
      principalId,
      principalType: "ServicePrincipal",
      scope,
      roleDefinitionId: roleId(role),
      roleAssignmentName: guid(this.ids().length),
    });
  }
}

export function roleId(role: string): string {
  return `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}

export function guid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** A cluster that Azure takes; `changes` are laid over it. */
export function clusterInputs(changes: JsonObject = {}): JsonObject {
  return {
    resourceGroupName: "rg",
    resourceName: "aks",
    location: "westus2",
    dnsPrefix: "aks",
    kubernetesVersion: "1.35",
    identity: { type: "SystemAssigned" },
    agentPoolProfiles: [systemPool()],
    ...changes,
  };
}

export function systemPool(changes: JsonObject = {}): JsonObject {
  return { name: "system", mode: "System", count: 2, vmSize: "Standard_D4s_v5", ...changes };
}

function request(token: string, name = "res") {
  const type = `azure-native:${token}`;
  return { urn: `urn:pulumi:dev::app::${type}::${name}`, type, name, connection: "c" };
}

/** A virtual network with these subnets; returns their ids. */
export async function networkWith(azure: Azure, ...prefixes: string[]): Promise<string[]> {
  const subnets = prefixes.map((addressPrefix, index) => ({ name: `subnet${index}`, addressPrefix }));
  const virtualNetwork = await azure.create("network:VirtualNetwork", {
    resourceGroupName: "rg",
    virtualNetworkName: "vnet",
    addressSpace: { addressPrefixes: ["10.0.0.0/8"] },
    subnets,
  });
  return subnets.map(({ name }) => `${virtualNetwork.id}/subnets/${name}`);
}

/** Object id of an identity's principal. */
export function principalOf(state: ResourceState): string {
  return text(state.outputs, "principalId") ?? "";
}
