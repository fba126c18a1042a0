/** Rules for `metadata`: names by kind, labels, annotations, finalizers, owners (k8s.io/apimachinery, pkg/api/validation). */
import { qualifiedKind, type Kind } from "../kinds";
import type { Field, Rule } from "./field";
import { dnsLabel, dnsSubdomain, labelValue, pathSegment, qualifiedName, serviceName } from "./syntax";

/** The API server's limit for all annotations of an object together, in bytes. */
const ANNOTATION_BYTES = 256 * 1024;
const FINALIZERS: ReadonlySet<string> = new Set(["foregroundDeletion", "kubernetes", "orphan"]);

export function validateMetadata(kind: Kind, metadata: Field): void {
  const [name, namespace] = [metadata.child("name"), metadata.child("namespace")];
  if (metadata.child("generateName").text !== "") {
    // A generated name is cut and followed by letters: a hyphen at its end does no harm.
    metadata.child("generateName").follows((text) => nameRule(kind)(text.replace(/-$/, "a")));
  }
  if (name.text === "" && !metadata.child("generateName").isSet) {
    // The API server makes up a name for a limit range (pkg/registry/core/limitrange/strategy.go).
    if (kind.kind !== "LimitRange") name.required("name or generateName is required");
  } else name.follows(nameRule(kind));
  if (kind.namespaced) {
    if (namespace.text === "") namespace.required();
    else namespace.follows(dnsLabel);
  } else if (namespace.text !== "") namespace.forbidden("not allowed on this type");
  validateLabels(metadata.child("labels"));
  validateAnnotations(metadata.child("annotations"));
  validateFinalizers(metadata.child("finalizers"));
  validateOwners(metadata.child("ownerReferences"));
}

export function validateLabels(labels: Field): void {
  for (const [key, value] of labels.entries) {
    for (const message of qualifiedName(key)) labels.invalid(message, key);
    value.as(labels.path).follows(labelValue);
  }
}

export function validateAnnotations(annotations: Field): void {
  for (const [key] of annotations.entries) {
    for (const message of qualifiedName(key.toLowerCase())) annotations.invalid(message, key);
  }
  const bytes = annotations.entries.reduce(
    (sum, [key, { text }]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text),
    0,
  );
  if (bytes > ANNOTATION_BYTES) annotations.tooLong(ANNOTATION_BYTES);
}

function validateFinalizers(finalizers: Field): void {
  for (const finalizer of finalizers.items) {
    finalizer.as(finalizers.path).follows(qualifiedName);
    if (finalizer.text !== "" && !finalizer.text.includes("/") && !FINALIZERS.has(finalizer.text)) {
      finalizer.invalid("name is neither a standard finalizer name nor is it fully qualified");
    }
  }
}

function validateOwners(owners: Field): void {
  for (const owner of owners.items) {
    const place = owner.as(owners.path);
    for (const field of ["kind", "name", "uid"]) {
      const part = place.child(field);
      if (part.text === "") part.invalid("must not be empty", "");
    }
  }
}

function nameRule(kind: Kind): Rule {
  if (kind.apiVersion.startsWith("rbac.") || kind.kind === "PodDisruptionBudget") return pathSegment;
  switch (qualifiedKind(kind)) {
    case "Service":
      return serviceName;
    case "Namespace":
      return dnsLabel;
    default:
      return dnsSubdomain;
  }
}
