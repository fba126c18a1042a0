/** What `ignoreChanges` means under server-side apply (pulumi-kubernetes, provider/pkg/await/await.go: handleSSAIgnoreFields). */
import type { JsonObject } from "../../provider/backend";
import { at, isObject, withValue } from "../../provider/values";
import type { Kind } from "../kinds";
import { isSame, ownersOf, PROGRAM } from "./managers";

/**
 * The inputs without the ignored fields that somebody else owns, and with the live values of those that the program does:
 * left out, they would be set to their defaults.
 *
 * @param ignored paths such as `spec.replicas`
 */
export function withIgnored(
  kind: Kind,
  inputs: JsonObject,
  live: JsonObject,
  ignored: readonly string[],
): JsonObject {
  const owners = ownersOf(kind, live);
  const reaches = (path: readonly string[], isOurs: boolean): boolean =>
    owners.some(({ manager, fields }) => isSame(manager, PROGRAM) === isOurs && fields.reaches(path));
  return ignored.reduce((kept, path) => {
    const steps = path.split(".").map((field) => `f:${field}`);
    if (reaches(steps, false) && !reaches(steps, true)) return withoutField(kept, path.split("."));
    const found = at(live, path);
    return found === undefined ? kept : withValue(kept, path, found);
  }, inputs);
}

function withoutField(object: JsonObject, [head = "", ...rest]: readonly string[]): JsonObject {
  const { [head]: inner, ...others } = object;
  if (rest.length === 0 || !isObject(inner)) return others;
  return { ...others, [head]: withoutField(inner, rest) };
}
