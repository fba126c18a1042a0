/**
 * What azure-native makes of inputs and outputs: the outputs that a preview can promise, and the inputs that a
 * refresh finds. Follows provider/pkg/provider/provider.go and provider/pkg/convert in pulumi-azure-native.
 */
import { UNKNOWN, type Json, type JsonObject } from "../provider/backend";
import { at, isObject, merge, without, withValue } from "../provider/values";
import { parseId } from "./ids";
import type { AzureType } from "./resourceType";

/** Outputs that every type has and no type takes as input. */
const STANDARD_OUTPUTS = ["azureApiVersion", "etag", "name", "provisioningState", "systemData", "type"];

/** Inputs that Azure returns: no path parameters, no passwords, no notes of the provider. */
export function returnedInputs(type: AzureType, inputs: JsonObject): JsonObject {
  const notes = Object.keys(inputs).filter((key) => key.startsWith("__"));
  return without(inputs, [...type.shape.parameters, ...(type.writeOnly ?? []), ...notes]);
}

/**
 * A preview promises the inputs; whatever Azure computes or fills in is unknown. At an update only `name` and
 * `location` are known to stay, even though a value such as the issuer URL never changes in practice.
 */
export function previewOutputs(
  type: AzureType,
  inputs: JsonObject,
  defaults: JsonObject,
  oldOutputs: JsonObject | undefined,
): JsonObject {
  let outputs: JsonObject = merge(unknownLeaves(defaults), returnedInputs(type, inputs));
  for (const key of Object.keys(defaults)) {
    if (inputs[key] === undefined || inputs[key] === null) outputs[key] = UNKNOWN;
  }
  for (const path of type.computed ?? []) outputs = withUnknown(outputs, path);
  const always = ["name"];
  if (type.returnedType !== false) always.push("type");
  if (type.located !== false) always.push("location");
  for (const key of always) outputs[key] ??= UNKNOWN;
  for (const key of ["name", "location"]) {
    const stable = oldOutputs?.[key];
    if (stable !== undefined) outputs[key] = stable;
  }
  return outputs;
}

/** Where the parent of a computed value is not given either, the parent as a whole is unknown. */
function withUnknown(outputs: JsonObject, path: string): JsonObject {
  const keys = path.split(".");
  for (let length = 1; length < keys.length; length++) {
    const parent = keys.slice(0, length).join(".");
    if (!isObject(at(outputs, parent))) return withValue(outputs, parent, UNKNOWN);
  }
  return withValue(outputs, path, UNKNOWN);
}

function unknownLeaves(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isObject(item) ? unknownLeaves(item) : UNKNOWN]),
  );
}

/**
 * Inputs after a refresh: those of the state, changed where the outputs changed since the state was written. A
 * default that Azure filled in is no input until it changes.
 */
export function refreshedInputs(
  type: AzureType,
  inputs: JsonObject,
  oldOutputs: JsonObject,
  newOutputs: JsonObject,
): JsonObject {
  const unset = (type.subResources ?? []).filter((key) => inputs[key] === undefined);
  const [before, after] = [oldOutputs, newOutputs].map((outputs) => without(asInputs(type, outputs), unset));
  return applyChanges(inputs, before ?? {}, after ?? {});
}

/** Inputs of a resource that the state does not know yet (an import). */
export function importedInputs(type: AzureType, id: string, outputs: JsonObject): JsonObject {
  const parameters = without(parseId(type.shape, id) ?? {}, ["subscriptionId"]);
  return { ...asInputs(type, outputs), ...parameters };
}

/** Outputs without what is read-only, and in the shape of inputs. */
function asInputs(type: AzureType, outputs: JsonObject): JsonObject {
  const removed = [...STANDARD_OUTPUTS, ...type.shape.parameters];
  let inputs = without(outputs, removed);
  for (const path of type.computed ?? []) inputs = withoutPath(inputs, path.split("."));
  const identities = at(inputs, "identity.userAssignedIdentities");
  return isObject(identities)
    ? withValue(inputs, "identity.userAssignedIdentities", Object.keys(identities))
    : inputs;
}

function withoutPath(object: JsonObject, [head = "", ...rest]: readonly string[]): JsonObject {
  if (rest.length === 0) return without(object, [head]);
  const inner = object[head];
  return isObject(inner) ? { ...object, [head]: withoutPath(inner, rest) } : object;
}

function applyChanges(base: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    if (now === undefined) {
      if (old !== undefined) result[key] = null;
    } else if (old === undefined || !isEqual(old, now)) result[key] = applyChange(base[key], old, now);
  }
  return Object.fromEntries(
    Object.entries(result).filter(([key, value]) => value !== null || base[key] === null),
  );
}

function applyChange(base: Json | undefined, old: Json | undefined, now: Json): Json {
  if (isObject(base) && isObject(old) && isObject(now)) return applyChanges(base, old, now);
  if (Array.isArray(base) && Array.isArray(old) && Array.isArray(now)) {
    return now.map((item, index) => {
      const known = index < base.length && index < old.length;
      return known && !isEqual(old[index] ?? null, item)
        ? applyChange(base[index], old[index], item)
        : known
          ? (base[index] ?? item)
          : item;
    });
  }
  return now;
}

function isEqual(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index] ?? null));
  }
  if (isObject(left) && isObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => isEqual(left[key] ?? null, right[key] ?? null));
  }
  return left === right;
}
