/**
 * The two ways to write an object. To apply is to say which fields one wants: they become the writer's, it is refused where
 * another owner has them otherwise, and what it no longer names goes with its last owner. To update is to put an object in
 * place: what differs becomes the writer's, whoever had it (https://kubernetes.io/docs/reference/using-api/server-side-apply).
 */
import type { JsonObject } from "../../provider/backend";
import type { Kind } from "../kinds";
import { applyConflict } from "../status";
import { FieldSet, formatFieldPath } from "./fieldSet";
import { isSame, ownable, ownersOf, type Manager, type Owned } from "./managers";
import { mergeApplied, sameAt, valueAtPath, withoutPath } from "./structure";

export interface Written {
  readonly object: JsonObject;
  readonly owners: readonly Owned[];
}

export interface ApplyOptions {
  readonly manager: Manager;
  /** Takes over what others own. */
  readonly force: boolean;
}

/** @throws ProviderError where others own fields that the writer wants otherwise, and it does not insist */
export function apply(
  kind: Kind,
  live: JsonObject,
  applied: JsonObject,
  { manager, force }: ApplyOptions,
): Written {
  const wanted = ownable(kind, applied);
  const owners = ownersOf(kind, live);
  const before = owners.find((owned) => isSame(owned.manager, manager))?.fields ?? new FieldSet();
  const others = owners.filter((owned) => !isSame(owned.manager, manager));
  const contested = others.map((owned) => ({
    ...owned,
    fields: owned.fields.filter((path) => wanted.has(path) && !sameAt(kind, live, applied, path)),
  }));
  if (!force && contested.some(({ fields }) => !fields.isEmpty)) throw conflict(kind, contested);
  const left = others.map((owned, index) => ({
    ...owned,
    fields: owned.fields.without(contested[index]?.fields ?? new FieldSet()),
  }));
  const merged = mergeApplied(kind, live, applied);
  const object = withoutReleased(kind, merged, before.without(wanted), left);
  return { object, owners: [...left, { manager, fields: wanted }] };
}

/** What its owner no longer names goes, unless somebody else has it too. */
function withoutReleased(
  kind: Kind,
  object: JsonObject,
  released: FieldSet,
  others: readonly Owned[],
): JsonObject {
  const free = [...released].filter((path) => !others.some(({ fields }) => fields.reaches(path)));
  return free.reduce((left, path) => withoutPath(kind, left, path), object);
}

export function update(kind: Kind, live: JsonObject, object: JsonObject, manager: Manager): Written {
  const [before, after] = [ownable(kind, live), ownable(kind, object)];
  const changed = after.filter((path) => !sameAt(kind, live, object, path));
  const gone = before.filter((path) => valueAtPath(kind, object, path) === undefined);
  const taken = changed.union(gone);
  const owners = ownersOf(kind, live);
  const own = owners.find((owned) => isSame(owned.manager, manager))?.fields ?? new FieldSet();
  const others = owners.filter((owned) => !isSame(owned.manager, manager));
  return {
    object,
    owners: [
      ...others.map((owned) => ({ ...owned, fields: owned.fields.without(taken) })),
      { manager, fields: own.without(gone).union(changed) },
    ],
  };
}

/** In the API server's words (k8s.io/apimachinery, pkg/util/managedfields/internal/conflict.go). */
function conflict(kind: Kind, contested: readonly Owned[]) {
  const lists = contested
    .filter(({ fields }) => !fields.isEmpty)
    .map(({ manager, fields }) => ({
      who: describe(kind, manager),
      paths: [...fields].map(formatFieldPath).sort(),
    }))
    .sort((one, other) => (one.who < other.who ? -1 : 1));
  const count = lists.reduce((sum, { paths }) => sum + paths.length, 0);
  const [first] = lists;
  if (count === 1 && first !== undefined) {
    return applyConflict(`Apply failed with 1 conflict: conflict with ${first.who}: ${first.paths.join()}`);
  }
  const lines = lists.flatMap(({ who, paths }) => [
    `conflicts with ${who}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return applyConflict(`Apply failed with ${count} conflicts: ${lines.join("\n")}`);
}

function describe(kind: Kind, { name, operation, subresource }: Manager): string {
  const through = subresource === undefined ? "" : ` with subresource "${subresource}"`;
  return `"${name}"${through}${operation === "Update" ? ` using ${kind.apiVersion}` : ""}`;
}
