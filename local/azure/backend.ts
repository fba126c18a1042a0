/** The emulated Azure as a provider backend: what the azure-native provider does between the engine and Azure. */
import { version } from "@pulumi/azure-native/package.json";
import type { CloudRecord, CloudStore } from "../cloud/store";
import {
  UNKNOWN,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type JsonObject,
  type ProviderBackend,
  type ReadRequest,
  type ResourceState,
  type UpdateRequest,
} from "../provider/backend";
import { at, text } from "../provider/values";
import type { ImageStore } from "./build/containerImage";
import { diffInputs, needsReplacement } from "../provider/diff";
import type { Fault } from "./faults";
import { formatId } from "./ids";
import { invokeAzure } from "./invokes";
import { createOperation, Lifecycle } from "./lifecycle";
import { autoName, CREATE_BEFORE_DELETE, nameFailures } from "./naming";
import { normalizeRegion } from "./regions";
import { importedInputs, previewOutputs, refreshedInputs } from "./projection";
import type { AzureCloud, AzureType, Deployer } from "./resourceType";
import { createTypes, type TypeTable } from "./types";

export interface AzureBackendOptions {
  readonly store: CloudStore;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly deployer: Deployer;
  /** Git repository whose commits the registry's task runs build. */
  readonly repositoryRoot: string;
  /** Folder for built images, one folder a commit. */
  readonly buildFolder: string;
  /** For container images. @default builds make only their files */
  readonly images?: ImageStore | undefined;
  /** @default the system's clock */
  readonly now?: () => Date;
  /** @default none */
  readonly faults?: readonly Fault[];
  /** vCPUs by `<family>` or `<region>/<family>`, such as `standardDSv5Family`. @default 100 each */
  readonly vcpuQuota?: Readonly<Record<string, number>>;
  /** Features that the subscription lacks, such as `Microsoft.Compute/EncryptionAtHost`. @default none */
  readonly unregisteredFeatures?: readonly string[];
}

export function createAzureBackend(options: AzureBackendOptions): ProviderBackend {
  return new AzureBackend(options);
}

class AzureBackend implements ProviderBackend {
  public readonly name = "azure-native";
  public readonly version = version;
  private readonly cloud: AzureCloud;
  private readonly types: TypeTable;
  private readonly lifecycle: Lifecycle;
  /** The `location` of each provider instance. */
  private readonly locations = new Map<string, string>();

  public constructor(options: AzureBackendOptions) {
    const { store, subscriptionId, tenantId, deployer } = options;
    const now = options.now ?? (() => new Date());
    this.cloud = {
      ...{ store, subscriptionId, tenantId, deployer, now },
      vcpuQuota: options.vcpuQuota ?? {},
      unregisteredFeatures: options.unregisteredFeatures ?? [],
    };
    this.types = createTypes(options);
    this.lifecycle = new Lifecycle(this.cloud, this.types, options.faults ?? []);
  }

  public configure(connection: string, inputs: JsonObject): Promise<void> {
    const location = text(inputs, "location");
    if (location !== undefined) this.locations.set(connection, location);
    return Promise.resolve();
  }

  public check(request: CheckRequest): Promise<CheckResult> {
    const type = this.types.byToken(request.type);
    const inputs: JsonObject = { ...request.news };
    const own = type.shape.parameters.at(-1) ?? "name";
    if (isMissing(inputs, own)) {
      const { name, random } = autoName(type, request);
      inputs[own] = name;
      if (random) inputs[CREATE_BEFORE_DELETE] = true;
    }
    if (type.located !== false && isMissing(inputs, "location")) {
      const location = this.defaultLocation(request, inputs);
      if (location !== undefined) inputs["location"] = location;
    }
    return Promise.resolve({ inputs, failures: checkFailures(type, inputs) });
  }

  public diff(request: DiffRequest): Promise<DiffResult> {
    const type = this.types.byToken(request.type);
    const replaceOn = [...type.shape.parameters, "location", ...(type.replaceOn ?? [])];
    const [before, after] = [request.oldInputs, request.newInputs].map(withNormalLocation);
    const diff = diffInputs(before ?? {}, after ?? {}, { replaceOn, ignore: request.ignoreChanges });
    const namedAtRandom = request.oldInputs[CREATE_BEFORE_DELETE] === true;
    return Promise.resolve({ ...diff, deleteBeforeReplace: needsReplacement(diff) && !namedAtRandom });
  }

  public async create(request: CreateRequest): Promise<ResourceState> {
    const type = this.types.byToken(request.type);
    if (request.preview) return { id: "", outputs: this.preview(type, request.inputs, undefined) };
    const id = this.idOf(type, request.inputs);
    return this.stateOf(type, await this.lifecycle.create(type, id, request.inputs));
  }

  public async read(request: ReadRequest): Promise<ResourceState | undefined> {
    const type = this.types.byToken(request.type);
    const record = await this.lifecycle.read(type, request.id);
    if (record === undefined) return undefined;
    const state = this.stateOf(type, record);
    const isImport = Object.keys(request.inputs).length === 0;
    const inputs = isImport
      ? importedInputs(type, request.id, state.outputs)
      : refreshedInputs(type, request.inputs, request.outputs, state.outputs);
    return { ...state, inputs };
  }

  public async update(request: UpdateRequest): Promise<ResourceState> {
    const type = this.types.byToken(request.type);
    if (request.preview) {
      return { id: request.id, outputs: this.preview(type, request.newInputs, request.oldOutputs) };
    }
    return this.stateOf(type, await this.lifecycle.update(type, request.id, request.newInputs));
  }

  public async delete(request: DeleteRequest): Promise<void> {
    await this.lifecycle.delete(this.types.byToken(request.type), request.id);
  }

  public invoke(token: string, inputs: JsonObject): Promise<JsonObject> {
    return Promise.resolve().then(() => invokeAzure(this.cloud, token, inputs));
  }

  private idOf(type: AzureType, inputs: JsonObject): string {
    return formatId(type.shape, { ...inputs, subscriptionId: this.cloud.subscriptionId });
  }

  private preview(type: AzureType, inputs: JsonObject, oldOutputs: JsonObject | undefined): JsonObject {
    const operation = createOperation(this.cloud, type, "", inputs, undefined);
    return previewOutputs(type, inputs, type.defaults?.(operation) ?? {}, oldOutputs);
  }

  private stateOf(type: AzureType, record: CloudRecord): ResourceState {
    const outputs = { ...record.properties, ...type.live?.(this.cloud, record) };
    return { id: record.id, outputs, secrets: type.secrets ?? [] };
  }

  /** As azure-native finds it: the earlier one, the provider's configuration, the resource group's. */
  private defaultLocation(request: CheckRequest, inputs: JsonObject): string | undefined {
    const configured = text(request.olds, "location") ?? this.locations.get(request.connection);
    const group = text(inputs, "resourceGroupName");
    if (configured !== undefined || group === undefined) return configured;
    if (group === UNKNOWN) return UNKNOWN;
    const id = `/subscriptions/${this.cloud.subscriptionId}/resourceGroups/${group}`;
    return text(this.cloud.store.get(id)?.properties, "location");
  }
}

function checkFailures(type: AzureType, inputs: JsonObject): CheckResult["failures"] {
  const own = type.shape.parameters.at(-1) ?? "name";
  const parameters = type.shape.parameters.slice(0, -1);
  const absent = [...parameters, ...(type.required ?? [])].filter((path) => at(inputs, path) === undefined);
  const name = text(inputs, own);
  const named = type.name === undefined || name === undefined || name === UNKNOWN;
  return [
    ...absent.map((path) => ({ property: path, reason: `missing required property '${path}'` })),
    ...(named ? [] : nameFailures(own, name, type.name).map((reason) => ({ property: own, reason }))),
  ];
}

function withNormalLocation(inputs: JsonObject): JsonObject {
  const location = text(inputs, "location");
  return location === undefined ? inputs : { ...inputs, location: normalizeRegion(location) };
}

function isMissing(inputs: JsonObject, key: string): boolean {
  return inputs[key] === undefined || inputs[key] === null || inputs[key] === "";
}
