/** Values of a release over those that its chart has. */
import type { Json } from "../../provider/backend";
import { isObject } from "../../provider/values";

/** As Helm lays them over each other: objects are merged, anything else is replaced. */
export function over(defaults: Json, given: Json | undefined): Json {
  if (given === undefined) return defaults;
  if (!isObject(defaults) || !isObject(given)) return given;
  const keys = new Set([...Object.keys(defaults), ...Object.keys(given)]);
  return Object.fromEntries([...keys].map((key) => [key, over(defaults[key] ?? null, given[key])]));
}
