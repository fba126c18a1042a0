/** Values of a release over those that its chart has. */
import type { Json, JsonObject } from "../../provider/backend";
import { isObject } from "../types";

/** As Helm lays them over each other: objects are merged, anything else is replaced. */
export function over(defaults: Json, given: Json | undefined): Json {
  if (given === undefined) return defaults;
  if (!isObject(defaults) || !isObject(given)) return given;
  const keys = new Set([...Object.keys(defaults), ...Object.keys(given)]);
  return Object.fromEntries([...keys].map((key) => [key, over(defaults[key] ?? null, given[key])]));
}

/** The value at a dotted place. */
export function valueAt(values: Json, place: string): Json | undefined {
  return place
    .split(".")
    .reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), values);
}

/** A place in an object that is there or empty. */
export function objectAt(values: Json, place: string): JsonObject {
  const found = valueAt(values, place);
  return isObject(found) ? found : {};
}

/** A text at a place; anything else counts as empty. */
export function textAt(values: Json, place: string): string {
  const found = valueAt(values, place);
  return typeof found === "string" ? found : "";
}

/** An object without some of its keys. */
export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
