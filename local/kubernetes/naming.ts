/** Names that pulumi-kubernetes gives (provider/pkg/metadata/naming.go). */
import { createHash } from "node:crypto";
import type { JsonObject } from "../provider/backend";
import { object } from "../provider/values";

const AUTONAMED = "pulumi.com/autonamed";

/**
 * Gives an object without `metadata.name` a name: the old one if that was given here too, else the logical name
 * with 8 hex digits. An annotation remembers that nobody asked for exactly this name.
 */
export function autoName(
  inputs: JsonObject,
  olds: JsonObject,
  logicalName: string,
  randomSeed: Uint8Array,
): JsonObject {
  const metadata = object(inputs, "metadata");
  if (metadata["name"] !== undefined || metadata["generateName"] !== undefined) return inputs;
  const oldMetadata = object(olds, "metadata");
  const suffix = createHash("sha256").update(randomSeed).update(logicalName).digest("hex").slice(0, 8);
  const name = isAutoNamed(olds) ? (oldMetadata["name"] ?? null) : `${logicalName}-${suffix}`;
  const annotations = object(metadata, "annotations");
  return {
    ...inputs,
    metadata: { ...metadata, name, annotations: { ...annotations, [AUTONAMED]: "true" } },
  };
}

export function isAutoNamed(inputs: JsonObject): boolean {
  return object(inputs, "metadata.annotations")[AUTONAMED] === "true";
}
