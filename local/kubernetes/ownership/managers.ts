/** Who owns which field of an object: `metadata.managedFields`, read and written. */
import type { JsonObject } from "../../provider/backend";
import { isObject, objects, text, without } from "../../provider/values";
import type { Kind } from "../kinds";
import { asKube, type KubeObject } from "../types";
import { fieldsOf } from "./structure";
import { FieldSet, fromFieldsV1, toFieldsV1, type FieldPath } from "./fieldSet";

/** Who writes: a client by its name, how it writes, and through which subresource. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly subresource?: string;
}

export interface Owned {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** Who owns the fields that the program gives (https://kubernetes.io/docs/reference/using-api/server-side-apply). */
export const PROGRAM: Manager = { name: "pulumi-kubernetes", operation: "Apply" };

/** Fields that nobody owns (k8s.io/apimachinery, pkg/util/managedfields/internal/stripmeta.go). */
const NOBODYS: FieldSet = new FieldSet([
  ["f:apiVersion"],
  ["f:kind"],
  ...[
    ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation"],
    ...["managedFields", "resourceVersion"],
  ].map((field): FieldPath => ["f:metadata", `f:${field}`]),
]);

/** The fields that a client owns by giving this object. */
export function ownable(kind: Kind, object: JsonObject): FieldSet {
  const given = fieldsOf(kind, object);
  return given.without(NOBODYS).filter(([first]) => first !== "f:status");
}

/** An object that was kept before its owners were is the program's. */
export function ownersOf(kind: Kind, object: JsonObject): Owned[] {
  const entries = objects(object, "metadata.managedFields");
  if (entries.length === 0) return [{ manager: PROGRAM, fields: ownable(kind, object) }];
  return entries.map((entry) => {
    const subresource = text(entry, "subresource");
    const manager: Manager = {
      name: text(entry, "manager") ?? "",
      operation: entry["operation"] === "Apply" ? "Apply" : "Update",
      ...(subresource === undefined ? {} : { subresource }),
    };
    return { manager, fields: fromFieldsV1(isObject(entry["fieldsV1"]) ? entry["fieldsV1"] : {}) };
  });
}

/** @param time of the write, as the API server notes it */
export function withOwners(
  kind: Kind,
  object: JsonObject,
  owners: readonly Owned[],
  time: string,
): JsonObject {
  const managedFields = owners
    .filter(({ fields }) => !fields.isEmpty)
    .map(({ manager: { name, operation, subresource }, fields }) => ({
      ...{ manager: name, operation, apiVersion: kind.apiVersion, time, fieldsType: "FieldsV1" },
      fieldsV1: toFieldsV1(fields),
      ...(subresource === undefined ? {} : { subresource }),
    }));
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  return { ...object, metadata: { ...metadata, managedFields } };
}

/** The object for people and controllers: who owns its fields is nobody's business. */
export function withoutManagers(object: JsonObject): KubeObject {
  const { metadata } = object;
  return asKube({ ...object, metadata: isObject(metadata) ? without(metadata, ["managedFields"]) : {} });
}

export function isSame(one: Manager, other: Manager): boolean {
  return (
    one.name === other.name && one.operation === other.operation && one.subresource === other.subresource
  );
}
