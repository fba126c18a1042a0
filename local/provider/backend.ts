/**
 * What an emulated cloud must answer for the Pulumi engine to drive it as a resource provider.
 *
 * `serveProvider` (server.ts) speaks gRPC with the engine and translates to this interface, so that a backend
 * handles plain JSON only: secrets arrive unwrapped and are wrapped again on the way out, and a value that the
 * engine does not know yet (in a preview) is the string {@link UNKNOWN}.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = Record<string, Json>;

/** The engine's marker for "known after apply" (pulumi/sdk, resource/plugin: UnknownStringValue). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What every request names: the resource and the provider instance that it belongs to. */
export interface ResourceRequest {
  readonly urn: string;
  /** Pulumi type token, such as `azure-native:containerservice:ManagedCluster`. */
  readonly type: string;
  /** Logical name, the last part of the URN. */
  readonly name: string;
  /**
   * Identifies the provider instance: the engine opens one connection for each, and requests carry nothing
   * else to tell two instances of one package apart.
   */
  readonly connection: string;
}

export interface CheckRequest extends ResourceRequest {
  readonly olds: JsonObject;
  readonly news: JsonObject;
  /** Seed for auto-naming: the same one gives the same name. */
  readonly randomSeed: Uint8Array;
}

export interface CheckResult {
  readonly inputs: JsonObject;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export interface DiffRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: JsonObject;
  readonly oldOutputs: JsonObject;
  readonly newInputs: JsonObject;
  /** Property paths of the `ignoreChanges` option. */
  readonly ignoreChanges: readonly string[];
}

export type PropertyChange =
  "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** Changed property paths (`properties.sku.name`, `subnets[0].name`); none means no change. */
  readonly changes: Readonly<Record<string, PropertyChange>>;
  /** True where the old resource must go before the new one comes (its name is fixed). */
  readonly deleteBeforeReplace: boolean;
}

export interface CreateRequest extends ResourceRequest {
  readonly inputs: JsonObject;
  readonly preview: boolean;
}

export interface ReadRequest extends ResourceRequest {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
}

export interface UpdateRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: JsonObject;
  readonly oldOutputs: JsonObject;
  readonly newInputs: JsonObject;
  /** Property paths of the `ignoreChanges` option. @default none */
  readonly ignoreChanges?: readonly string[];
  readonly preview: boolean;
}

export interface DeleteRequest extends ResourceRequest {
  readonly id: string;
  readonly oldInputs: JsonObject;
  readonly oldOutputs: JsonObject;
}

/** A resource's state after create, read or update. */
export interface ResourceState {
  readonly id: string;
  readonly outputs: JsonObject;
  /** Output paths (dots, no array index) whose values are secret. */
  readonly secrets?: readonly string[];
  /** Given by `read`: the inputs as the cloud has them now, so that drift shows as a difference. */
  readonly inputs?: JsonObject;
}

/** A provider's answers. Each method rejects with a {@link ProviderError} where the real cloud would refuse. */
export interface ProviderBackend {
  /** Package name, such as `azure-native`. */
  readonly name: string;
  /** Version reported to the engine: the one that package.json pins for the SDK. */
  readonly version: string;
  configure(connection: string, inputs: JsonObject): Promise<void>;
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest): Promise<ResourceState>;
  /** Resolves to undefined where the resource is gone. */
  read(request: ReadRequest): Promise<ResourceState | undefined>;
  update(request: UpdateRequest): Promise<ResourceState>;
  delete(request: DeleteRequest): Promise<void>;
  invoke(token: string, inputs: JsonObject, connection: string): Promise<JsonObject>;
  /**
   * Compares two configurations of one provider instance; a `-replace` change replaces every resource of that
   * instance. Without this method a changed configuration is an update.
   */
  diffConfig?(oldInputs: JsonObject, newInputs: JsonObject): Promise<DiffResult>;
}

/** A refusal by the emulated cloud, with the code and the wording of the real one. */
export class ProviderError extends Error {
  public constructor(
    /** The cloud's own error code, such as `PrincipalNotFound` or `Conflict`. */
    public readonly code: string,
    /** The refusal in words, without the code. */
    public readonly reason: string,
    /**
     * Set where the object exists although the operation failed (a rollout that timed out, say): the engine
     * then keeps the resource in its state with this error.
     */
    public readonly partial?: ResourceState,
  ) {
    super(`${code}: ${reason}`);
    this.name = "ProviderError";
  }
}
