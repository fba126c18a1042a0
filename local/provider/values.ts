/** Reading and writing places in JSON values by dotted paths. */
import type { Json, JsonObject } from "./backend";

/** True for what has keys: neither a list nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, or undefined where any part of the way is missing. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let current = value;
  for (const key of path.split(".")) {
    if (!isObject(current)) return undefined;
    current = current[key];
  }
  return current ?? undefined;
}

/** The object at a path; empty where there is none. */
export function object(value: Json | undefined, path: string): JsonObject {
  const found = at(value, path);
  return isObject(found) ? found : {};
}

/** The string at a path; anything else counts as missing. */
export function text(value: Json | undefined, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

export function number(value: Json | undefined, path: string): number | undefined {
  const found = at(value, path);
  return typeof found === "number" ? found : undefined;
}

/** True only for `true`: an absent flag is off. */
export function flag(value: Json | undefined, path: string): boolean {
  return at(value, path) === true;
}

/** The list at a path; empty where there is none. */
export function list(value: Json | undefined, path: string): Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

export function objects(value: Json | undefined, path: string): JsonObject[] {
  return list(value, path).filter(isObject);
}

export function strings(value: Json | undefined, path: string): string[] {
  return list(value, path).filter((item): item is string => typeof item === "string");
}

/** All values at a path in which `[]` after a key stands for each element: `pools[].subnet`, `ids[]`. */
export function each(value: Json | undefined, path: string): Json[] {
  let current: Json[] = value === undefined ? [] : [value];
  for (const part of path.split(".")) {
    const key = part.replace(/\[\]$/, "");
    const found = current.map((item) => at(item, key)).filter((item) => item !== undefined);
    current = part.endsWith("[]") ? found.flatMap((item) => (Array.isArray(item) ? item : [])) : found;
  }
  return current;
}

/** A copy with the value at a dotted path; objects on the way are made where they are missing. */
export function withValue(object: JsonObject, path: string, value: Json): JsonObject {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...object, [head]: value };
  const inner = object[head];
  return { ...object, [head]: withValue(isObject(inner) ? inner : {}, rest.join("."), value) };
}

/** A copy without the top-level keys that are null. */
export function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** A copy without the given top-level keys. */
export function without(object: JsonObject, keys: Iterable<string>): JsonObject {
  const dropped = new Set(keys);
  return Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.has(key)));
}

/** Objects are merged key by key; everything else, lists too, is taken from `over`. Null counts as absent. */
export function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) continue;
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}
