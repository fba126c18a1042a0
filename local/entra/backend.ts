/**
 * The emulated Microsoft Entra ID, as the azuread provider shows it: applications, their service principals and
 * their federated credentials.
 */
import { version } from "@pulumi/azuread/package.json";
import type { CloudStore } from "../cloud/store";
import {
  ProviderError,
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
import { withoutNulls } from "../provider/values";
import { diffInputs, needsReplacement } from "../provider/diff";
import { findEntraType, type Directory, type EntraType } from "./types";

/** Real time of a call, in milliseconds: enough for operations that run side by side to meet each other. */
const CALL_MILLISECONDS = 5;

export interface EntraBackendOptions {
  readonly store: CloudStore;
  readonly tenantId: string;
  /** Who runs the program. */
  readonly deployer: { readonly objectId: string; readonly clientId: string };
  /** @default the system's clock */
  readonly now?: () => Date;
}

export function createEntraBackend(options: EntraBackendOptions): ProviderBackend {
  return new EntraBackend(options);
}

class EntraBackend implements ProviderBackend {
  public readonly name = "azuread";
  public readonly version = version;
  private readonly directory: Directory;

  public constructor(private readonly options: EntraBackendOptions) {
    const { store, tenantId, deployer, now = () => new Date() } = options;
    this.directory = { store, tenantId, deployer, now };
  }

  public configure(): Promise<void> {
    return Promise.resolve();
  }

  public check(request: CheckRequest): Promise<CheckResult> {
    const type = findEntraType(request.type);
    const inputs = { ...type.defaults, ...withoutNulls(request.news) };
    const failures = type.required
      .filter((property) => inputs[property] === undefined)
      .map((property) => ({
        property,
        reason: `Missing required argument: the argument "${property}" is required`,
      }));
    return Promise.resolve({ inputs, failures });
  }

  public diff(request: DiffRequest): Promise<DiffResult> {
    const { replaceOn } = findEntraType(request.type);
    const diff = diffInputs(request.oldInputs, request.newInputs, {
      replaceOn,
      ignore: request.ignoreChanges,
    });
    return Promise.resolve({ ...diff, deleteBeforeReplace: needsReplacement(diff) });
  }

  public async create(request: CreateRequest): Promise<ResourceState> {
    const type = findEntraType(request.type);
    if (request.preview) return { id: "", outputs: previewOutputs(type, request.inputs) };
    await sleep();
    return this.write(type, undefined, request.inputs);
  }

  public async update(request: UpdateRequest): Promise<ResourceState> {
    const type = findEntraType(request.type);
    // A bridged provider keeps what it computed before, so that only changed inputs ripple through a preview.
    if (request.preview) return { id: request.id, outputs: { ...request.oldOutputs, ...request.newInputs } };
    await sleep();
    return this.write(type, request.id, request.newInputs);
  }

  public async read({ id, type: token, inputs }: ReadRequest): Promise<ResourceState | undefined> {
    await sleep();
    const record = this.options.store.get(id);
    if (record === undefined) return undefined;
    const type = findEntraType(token);
    const known = Object.keys(inputs).length === 0 ? Object.keys(record.properties) : Object.keys(inputs);
    const present = known.filter(
      (key) => !type.computed.includes(key) && record.properties[key] !== undefined,
    );
    const current = Object.fromEntries(present.map((key) => [key, record.properties[key] ?? null]));
    return { id, outputs: record.properties, inputs: current };
  }

  /** What belongs to an application goes with it: its service principal and its credentials. */
  public async delete({ id }: DeleteRequest): Promise<void> {
    await sleep();
    const { store } = this.options;
    const application = store.get(id);
    if (application === undefined) return;
    for (const child of store.list({ cloud: "entra", under: id })) store.remove(child.id);
    if (application.type === "applications") {
      const clientId = application.properties["clientId"];
      const principals = store.list({ type: "servicePrincipals" });
      for (const principal of principals)
        if (principal.properties["clientId"] === clientId) store.remove(principal.id);
    }
    store.remove(id);
  }

  public invoke(token: string): Promise<JsonObject> {
    if (token !== "azuread:index/getClientConfig:getClientConfig") {
      const known = "azuread:index/getClientConfig:getClientConfig";
      const text = `the emulated Entra ID has no function '${token}'. Known: ${known}. Add it to local/entra/backend.ts.`;
      return Promise.reject(new ProviderError("FunctionNotEmulated", text));
    }
    const { tenantId, deployer } = this.options;
    const id = `${tenantId}-${deployer.clientId}-${deployer.objectId}`;
    return Promise.resolve({ id, tenantId, clientId: deployer.clientId, objectId: deployer.objectId });
  }

  private write(type: EntraType, id: string | undefined, inputs: JsonObject): ResourceState {
    const existing = id === undefined ? undefined : this.options.store.get(id);
    const made = type.compute(this.directory, inputs, existing);
    const record = {
      id: made.id,
      cloud: "entra" as const,
      type: type.type,
      properties: { ...inputs, ...made.outputs },
      createdAt: existing?.createdAt ?? this.directory.now().toISOString(),
      seconds: type.seconds,
    };
    this.options.store.put(record);
    return { id: record.id, outputs: record.properties };
  }
}

function previewOutputs(type: EntraType, inputs: JsonObject): JsonObject {
  return { ...inputs, ...Object.fromEntries(type.computed.map((key) => [key, UNKNOWN])) };
}

function sleep(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CALL_MILLISECONDS));
}
