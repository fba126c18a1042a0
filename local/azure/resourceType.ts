/** How a resource type of Azure is described: one entry of the table in `types/`. */
import type { CloudRecord, CloudStore } from "../cloud/store";
import type { Json, JsonObject } from "../provider/backend";
import { ProviderError } from "../provider/backend";
import type { IdShape } from "./ids";

/** The subscription that is emulated. */
export interface AzureCloud {
  readonly store: CloudStore;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly deployer: Deployer;
  /** vCPUs that the subscription may use for each VM family and region, where not {@link DEFAULT_VCPU_QUOTA}. */
  readonly vcpuQuota: Readonly<Record<string, number>>;
  /** Features that the subscription lacks, such as `Microsoft.Compute/EncryptionAtHost`. */
  readonly unregisteredFeatures: readonly string[];
  readonly now: () => Date;
}

/** Who runs the program: a user or a service principal. */
export interface Deployer {
  readonly objectId: string;
  readonly clientId: string;
  readonly principalType: "User" | "ServicePrincipal";
  /** Virtual network that it works from. @default the Internet */
  readonly networkId?: string;
}

/** A create or an update on its way. */
export interface Operation {
  readonly cloud: AzureCloud;
  readonly type: AzureType;
  readonly id: string;
  readonly inputs: JsonObject;
  /** What is there now; undefined at a create. */
  readonly existing: CloudRecord | undefined;
  /** A value that Azure makes once: the present one at that output path, or a new one. */
  readonly keep: <Value extends Json>(path: string, make: () => Value) => Value;
}

/** A delete on its way. */
export interface Deletion {
  readonly cloud: AzureCloud;
  readonly record: CloudRecord;
}

/** Why Azure refuses; undefined where it does not. */
export type Refusal<Subject> = (subject: Subject) => ProviderError | undefined;

/** A type that Azure writes serially: two operations with one key at a time are a conflict. */
export interface Serial {
  /** Id of the resource whose operations must not overlap. */
  key(id: string, cloud: AzureCloud): string;
  conflict(running: RunningOperation): ProviderError;
}

/** An operation that another one has met. */
export interface RunningOperation {
  readonly id: string;
  /** As Azure shows it in a provisioning state. */
  readonly state: "Creating" | "Updating" | "Deleting";
}

export interface AzureType {
  /** Pulumi token without the package: `containerservice:ManagedCluster`. */
  readonly token: string;
  readonly shape: IdShape;
  /**
   * Default version of the pinned SDK, the output `azureApiVersion`. The real provider keeps it among the inputs too;
   * here it is left out, since schema checkers take a state's inputs for the body that Azure is sent.
   */
  readonly apiVersion: string;
  /**
   * What azure-native makes of an absent own name (autonaming_test.go in pulumi-azure-native): `random` is the
   * logical name and 8 hex digits, `copy` the logical name, `uuid` a GUID.
   */
  readonly autoName: "random" | "copy" | "uuid";
  /** Rule for the own name, which azure-native checks before it calls Azure. */
  readonly name?: NameRule;
  /** False for types without a location of their own. @default true */
  readonly located?: boolean;
  /** Inputs that azure-native wants, path parameters aside; dotted paths. */
  readonly required?: readonly string[];
  /** Paths (see `each` in values.ts) of inputs that are ids of resources which must exist. */
  readonly references?: readonly string[];
  /** Input paths that need a new resource when they change, beyond path parameters and location. */
  readonly replaceOn?: readonly string[];
  /** What Azure fills in where the inputs say nothing. */
  readonly defaults?: (operation: Operation) => JsonObject;
  /** Output paths that Azure computes: unknown in a preview, and never inputs. */
  readonly computed?: readonly string[];
  readonly compute?: (operation: Operation) => JsonObject;
  /** Output paths whose values are secret. */
  readonly secrets?: readonly string[];
  /**
   * Inputs that list resources with a type of their own, such as a network's subnets. Where the program leaves
   * such a list out, azure-native neither changes the list nor takes it over into the inputs on a refresh.
   */
  readonly subResources?: readonly string[];
  /** Inputs that Azure never returns, such as passwords. */
  readonly writeOnly?: readonly string[];
  /** How long Azure takes, in seconds. */
  readonly seconds: Durations;
  readonly refuse?: readonly Refusal<Operation>[];
  readonly refuseDelete?: readonly Refusal<Deletion>[];
  readonly serial?: Serial;
  /** Work that takes real time, such as building an image; its result is merged into the outputs. */
  readonly perform?: (operation: Operation) => Promise<JsonObject>;
  /** Other records that Azure makes or changes along with this one. */
  readonly afterWrite?: (operation: Operation, record: CloudRecord) => void;
  readonly afterDelete?: (deletion: Deletion) => void;
  /** Outputs that follow from other records, such as a network's subnets; laid over the stored ones on a read. */
  readonly live?: (cloud: AzureCloud, record: CloudRecord) => JsonObject;
  /** The id as Azure returns it, where it differs in case from the one asked for. */
  readonly returnedId?: (id: string) => string;
  /** `type` as Azure returns it; false where it returns none. @default the ARM type */
  readonly returnedType?: string | false;
  /**
   * There from the start in a state of Azure's own, so that a create takes it over (singletons and default bodies,
   * crud.CanCreate in pulumi-azure-native). @default false
   */
  readonly alwaysThere?: boolean;
  /** Outlives the resource that it is attached to, and is found again by one of the same id. @default false */
  readonly outlivesOwner?: boolean;
}

export interface NameRule {
  readonly pattern: RegExp;
  readonly minLength: number;
  readonly maxLength: number;
}

export interface Durations {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** vCPUs for each VM family and region unless the subscription has another limit. */
export const DEFAULT_VCPU_QUOTA = 100;

export function refusal(code: string, message: string): ProviderError {
  return new ProviderError(code, message);
}

/** Puts the entries of one module into the table; the check is the compiler's. */
export function describeTypes(...types: AzureType[]): readonly AzureType[] {
  return types;
}
