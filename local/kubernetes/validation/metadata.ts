/** Rules for `metadata`: names by kind, labels, annotations. */
import type { Kind } from "../kinds";
import type { KubeObject, ObjectMeta } from "../types";
import type { Issues } from "./issues";
import {
  dnsLabel,
  dnsSubdomain,
  labelValue,
  pathSegment,
  qualifiedName,
  serviceName,
  type Rule,
} from "./syntax";

/** The API server's limit for all annotations of an object together, in bytes. */
const ANNOTATION_BYTES = 256 * 1024;

export function validateMetadata(kind: Kind, object: KubeObject, issues: Issues): void {
  const { metadata } = object;
  issues.text("metadata.name", metadata.name, nameRule(kind));
  if (kind.namespaced) issues.text("metadata.namespace", metadata.namespace, dnsLabel);
  else if (metadata.namespace !== undefined) {
    issues.add("metadata.namespace", "Forbidden: not allowed on this type");
  }
  validateLabels("metadata", metadata, issues);
}

export function validateLabels(path: string, metadata: Partial<ObjectMeta>, issues: Issues): void {
  issues.map(`${path}.labels`, metadata.labels, { key: qualifiedName, value: labelValue });
  issues.map(`${path}.annotations`, metadata.annotations, {
    key: (key) => qualifiedName(key.toLowerCase()),
  });
  const annotations = Object.entries(metadata.annotations ?? {});
  const bytes = annotations.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (bytes > ANNOTATION_BYTES) {
    issues.add(
      `${path}.annotations`,
      `Too long: may not be more than ${ANNOTATION_BYTES} bytes, got ${bytes}`,
    );
  }
}

function nameRule(kind: Kind): Rule {
  if (kind.apiVersion.startsWith("rbac.")) return pathSegment;
  if (kind.kind === "Service") return serviceName;
  return kind.kind === "Namespace" ? dnsLabel : dnsSubdomain;
}
