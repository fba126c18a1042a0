/** What annotations of an object tell pulumi-kubernetes (provider/pkg/metadata/annotations.go). */
import type { JsonObject } from "../provider/backend";
import { isObject } from "../provider/values";

/** @param name without the prefix `pulumi.com/` */
export function annotationOf({ metadata }: JsonObject, name: string): string | undefined {
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  const value = isObject(annotations) ? annotations[`pulumi.com/${name}`] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Whether server-side apply takes over fields that others own. */
export function isForced(object: JsonObject): boolean {
  return annotationOf(object, "patchForce") === "true";
}
