/** Between the engine's resources and Kubernetes' objects: kinds, ids, states, failures. */
import {
  ProviderError,
  type JsonObject,
  type ResourceRequest,
  type ResourceState,
} from "../provider/backend";
import { object } from "../provider/values";
import type { ObjectName } from "./api";
import { parseSettings } from "./cluster/connection";
import { KINDS, kindOfToken, tokenOf, type Kind } from "./kinds";
import type { Reconciled } from "./context";
import { asJson, type KubeObject } from "./types";

export function kindOf({ type, urn }: ResourceRequest): Kind {
  const kind = kindOfToken(type);
  if (kind !== undefined) return kind;
  const [, version = "", name = ""] = type.split(":");
  throw new ProviderError(
    "NoKindMatch",
    `${urn}: no matches for kind "${name}" in version "${version.replace(/^core\//, "")}". The emulated cluster ` +
      `serves ${KINDS.map(tokenOf).join(", ")}. To add a kind: name it in local/kubernetes/schema/generate.ts, run ` +
      "that file, and add an entry to local/kubernetes/kinds.ts",
  );
}

/** The object without the provider's notes and without empty places. */
export function plainObject(inputs: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(inputs).filter(([key, value]) => !key.startsWith("__") && value !== null),
  );
}

export function withNamespace(inputs: JsonObject, namespace: string): JsonObject {
  const metadata = object(inputs, "metadata");
  return { ...inputs, metadata: { ...metadata, namespace: metadata["namespace"] ?? namespace } };
}

/** Pulumi's id of an object: `namespace/name`, or `name` for objects of the whole cluster. */
export function idOf(kind: Kind, { metadata }: KubeObject): string {
  return kind.namespaced ? `${metadata.namespace ?? "default"}/${metadata.name}` : metadata.name;
}

export function nameOfId(kind: Kind, id: string): ObjectName {
  const slash = id.indexOf("/");
  if (!kind.namespaced) return { kind, name: id };
  return slash < 0
    ? { kind, namespace: "default", name: id }
    : { kind, namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** `namespace/name` of the inputs: where the object stands. */
export function placeOf(inputs: JsonObject): string {
  const metadata = object(inputs, "metadata");
  return JSON.stringify([metadata["namespace"], metadata["name"]]);
}

/** Host of the cluster that a provider's inputs name; undefined where it is not known or makes no sense. */
export function hostOf(inputs: JsonObject): string | undefined {
  try {
    return parseSettings(inputs).kubeconfig?.host;
  } catch {
    return undefined;
  }
}

export function secretsOf(kind: Kind): Pick<ResourceState, "secrets"> {
  return kind.secrets === undefined ? {} : { secrets: kind.secrets };
}

export function stateOf(kind: Kind, object: KubeObject): ResourceState {
  return { id: idOf(kind, object), outputs: asJson(object), ...secretsOf(kind) };
}

/**
 * The state of an object that is ready.
 * @throws where it is not, in the words of pulumi-kubernetes; the object exists all the same.
 */
export function readyState(kind: Kind, { object, problems }: Reconciled): ResourceState {
  const state = stateOf(kind, object);
  if (problems.length === 0) return state;
  const { name } = object.metadata;
  const lead = kind.kind === "Deployment" ? [ATTEMPTED] : [];
  const list = [...lead, ...problems.map(({ reason, message }) => `[${reason}] ${message}`)];
  throw new ProviderError(
    "Timeout",
    `the Kubernetes API server reported that "${idOf(kind, object)}" failed to fully initialize or become live: ` +
      `'${name}' timed out waiting to be Ready${list.map((line) => `\n\t* ${line}`).join("")}`,
    state,
  );
}

const ATTEMPTED =
  "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live";
