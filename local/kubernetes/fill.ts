/** Putting values where an object has none. */
import type { Json, JsonObject } from "../provider/backend";
import { isObject } from "../provider/values";

/** Of fields that Go cannot tell apart from empty ones. */
export function fill(object: JsonObject, values: JsonObject): void {
  for (const [key, value] of Object.entries(values)) {
    if (isAbsent(object[key]) || object[key] === "") object[key] = value;
  }
}

/** Of fields that are pointers in Go: empty is a value. */
export function fillAbsent(object: JsonObject, values: JsonObject): void {
  for (const [key, value] of Object.entries(values)) {
    if (isAbsent(object[key])) object[key] = value;
  }
}

/** Of numbers that Go cannot tell apart from 0. */
export function fillZero(object: JsonObject, values: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (isAbsent(object[key]) || object[key] === 0) object[key] = value;
  }
}

/** The object under a key, made where there is none; something else under it (unknown) is left alone. */
export function child(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  if (isAbsent(value)) object[key] = made;
  return made;
}

export function asMap(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
