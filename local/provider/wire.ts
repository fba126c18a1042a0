/**
 * Translation between the engine's wire form of property values (google.protobuf.Struct with Pulumi's marked
 * objects in it) and plain JSON. The marks are those of `sdk/nodejs/runtime/rpc.ts` and
 * `sdk/go/common/resource/plugin/rpc.go` in pulumi/pulumi.
 */
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type Json, type JsonObject } from "./backend";
import { isObject } from "./values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The engine has one "known after apply" string for each kind of value; a backend sees {@link UNKNOWN} only. */
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Where a value sits: object keys and array indices, outermost first. */
export type ValuePath = readonly (string | number)[];

/** Plain JSON, and the places in it that arrived as secrets. */
export interface Unwrapped {
  readonly value: JsonObject;
  readonly secrets: readonly ValuePath[];
}

/** Unwraps secrets, output values and resource references. An absent struct is an empty object. */
export function fromWire(struct: Struct | undefined): Unwrapped {
  const secrets: ValuePath[] = [];
  const value = struct === undefined ? {} : (unwrap(struct.toJavaScript(), [], secrets) as JsonObject);
  return { value, secrets };
}

/**
 * Wraps the given places as secrets.
 * @param secrets exact places, as {@link fromWire} returns them; a place that `value` does not have is skipped.
 * @param secretOutputs dotted paths, in which an array stands for each of its elements.
 */
export function toWire(
  value: JsonObject,
  secrets: readonly ValuePath[] = [],
  secretOutputs: readonly string[] = [],
): Struct {
  let wrapped: Json = withoutUndefined(value);
  for (const path of secrets) wrapped = wrapAt(wrapped, path);
  for (const path of secretOutputs) wrapped = wrapEach(wrapped, path.split("."));
  return Struct.fromJavaScript(wrapped as Record<string, JavaScriptValue>);
}

/** True for a value that holds {@link UNKNOWN} anywhere. */
export function containsUnknown(value: Json | undefined): boolean {
  if (typeof value === "string") return value === UNKNOWN;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

function unwrap(value: Json, path: ValuePath, secrets: ValuePath[]): Json {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map((item, index) => unwrap(item, [...path, index], secrets));
  if (!isObject(value)) return value;
  switch (value[SIGNATURE]) {
    case SECRET:
      secrets.push(path);
      return unwrap(value["value"] ?? null, path, []);
    case OUTPUT_VALUE:
      if (value["secret"] === true) secrets.push(path);
      return value["value"] === undefined ? UNKNOWN : unwrap(value["value"], path, secrets);
    case RESOURCE_REFERENCE:
      return unwrap(referenceTarget(value), path, secrets);
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, unwrap(item, [...path, key], secrets)]),
      );
  }
}

/** A provider that does not know another's resources is given their ids (components have only a URN). */
function referenceTarget(reference: JsonObject): Json {
  const id = reference["id"];
  if (id === undefined || id === null) return reference["urn"] ?? null;
  return id === "" ? UNKNOWN : id;
}

function secret(value: Json): Json {
  return isObject(value) && value[SIGNATURE] === SECRET ? value : { [SIGNATURE]: SECRET, value };
}

function wrapAt(value: Json, path: ValuePath): Json {
  const [head, ...rest] = path;
  if (head === undefined) return secret(value);
  if (Array.isArray(value) && typeof head === "number") {
    return value.map((item, index) => (index === head ? wrapAt(item, rest) : item));
  }
  if (!isObject(value) || typeof head === "number") return value;
  // What lies inside a secret is secret already.
  if (value[SIGNATURE] === SECRET) return value;
  const inner = value[head];
  return inner === undefined ? value : { ...value, [head]: wrapAt(inner, rest) };
}

function wrapEach(value: Json, path: readonly string[]): Json {
  const [head, ...rest] = path;
  if (head === undefined) return secret(value);
  if (Array.isArray(value)) return value.map((item) => wrapEach(item, path));
  if (!isObject(value) || value[SIGNATURE] === SECRET) return value;
  const inner = value[head];
  return inner === undefined ? value : { ...value, [head]: wrapEach(inner, rest) };
}

/** Struct.fromJavaScript throws on `undefined`, which exact optional types do not rule out at run time. */
function withoutUndefined(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isObject(value)) return value;
  const entries: [string, Json | undefined][] = Object.entries(value);
  return Object.fromEntries(
    entries.flatMap(([key, item]) => (item === undefined ? [] : [[key, withoutUndefined(item)]])),
  );
}
