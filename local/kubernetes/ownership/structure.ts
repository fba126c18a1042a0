/** Objects as server-side apply sees them: their fields, the merge of two, and a part taken out. */
import type { Json, JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { Kind } from "../kinds";
import { sameJson } from "../sameJson";
import { shapeOf } from "../schema/decode";
import { FieldSet, type FieldPath, type Step } from "./fieldSet";
import { isAtomicType, KEY_DEFAULTS, relationOf, type Relation } from "./relations";

/** What the schema says of a value: its shape, and how its entries are told apart. */
interface Place {
  readonly kind: Kind;
  readonly shape: string;
  readonly relation: Relation | undefined;
}

const UNTYPED = "any";

export function rootOf(kind: Kind): Place {
  return { kind, shape: kind.fields, relation: undefined };
}

/** The fields that an object gives; `metadata` only labels, annotations and other things that clients own. */
export function fieldsOf(kind: Kind, object: JsonObject): FieldSet {
  const paths: FieldPath[] = [];
  collect(rootOf(kind), object, [], paths);
  return new FieldSet(paths);
}

function collect(place: Place, value: Json, path: FieldPath, found: FieldPath[]): void {
  if (value === null) return;
  const parts = partsOf(place, value);
  const isItem = path.at(-1)?.startsWith("k:") === true;
  if (path.length > 0 && (isItem || parts.length === 0)) found.push(path);
  for (const { step, inner, value: part } of parts) collect(inner, part, [...path, step], found);
}

interface Part {
  readonly step: Step;
  readonly inner: Place;
  readonly value: Json;
}

/** The entries that are owned one by one; none of what is one value. */
function partsOf(place: Place, value: Json): Part[] {
  if (isAtomic(place)) return [];
  if (isObject(value)) {
    return Object.entries(value).map(([key, item]) => ({
      step: `f:${key}`,
      inner: fieldPlace(place, key),
      value: item,
    }));
  }
  if (!Array.isArray(value) || place.relation === undefined) return [];
  const inner = { ...place, shape: place.shape.slice(1, -1), relation: undefined };
  return value.map((item) => ({ step: stepOf(place.relation, item), inner, value: item }));
}

function isAtomic({ shape, relation }: Place): boolean {
  return relation === "atomic" || isAtomicType(shape);
}

function fieldPlace({ kind, shape }: Place, field: string): Place {
  if (shape.startsWith("{")) return { kind, shape: shape.slice(1, -1), relation: undefined };
  return { kind, shape: shapeOf(shape, field) ?? UNTYPED, relation: relationOf(kind, shape, field) };
}

function stepOf(relation: Relation | undefined, item: Json): Step {
  if (!Array.isArray(relation) || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const keys = relation as readonly string[];
  const named = keys.map((key) => [key, item[key] ?? KEY_DEFAULTS[key]]);
  return `k:${JSON.stringify(Object.fromEntries(named.filter(([, value]) => value !== undefined)))}`;
}

/** `live` with what `applied` gives. */
export function mergeApplied(kind: Kind, live: JsonObject, applied: JsonObject): JsonObject {
  return merge(rootOf(kind), live, applied) as JsonObject;
}

function merge(place: Place, live: Json | undefined, applied: Json): Json {
  if (isAtomic(place)) return applied;
  if (isObject(live) && isObject(applied)) {
    const entries = Object.entries(applied).map(([key, value]) => [
      key,
      merge(fieldPlace(place, key), live[key], value),
    ]);
    return { ...live, ...(Object.fromEntries(entries) as JsonObject) };
  }
  if (!Array.isArray(live) || !Array.isArray(applied) || place.relation === undefined) return applied;
  const before = new Map(partsOf(place, live).map(({ step, value }) => [step, value]));
  const given = partsOf(place, applied);
  const merged = given.map(({ step, inner, value }) => merge(inner, before.get(step), value));
  for (const { step } of given) before.delete(step);
  return [...merged, ...before.values()];
}

/** The value at a path; undefined where there is none. */
export function valueAtPath(kind: Kind, object: JsonObject, path: FieldPath): Json | undefined {
  let place = rootOf(kind);
  let value: Json | undefined = object;
  for (const step of path) {
    const part: Part | undefined = partsOf(place, value).find((one) => one.step === step);
    if (part === undefined) return undefined;
    [place, value] = [part.inner, part.value];
  }
  return value;
}

/** The object without the part at a path, nor what is empty without it. */
export function withoutPath(kind: Kind, object: JsonObject, path: FieldPath): JsonObject {
  return (remove(rootOf(kind), object, path) as JsonObject | undefined) ?? {};
}

function remove(place: Place, value: Json, [step, ...rest]: FieldPath): Json | undefined {
  if (step === undefined) return undefined;
  const part = partsOf(place, value).find((one) => one.step === step);
  if (part === undefined) return value;
  const left = remove(part.inner, part.value, rest);
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => (item !== part.value ? [item] : left === undefined ? [] : [left]));
    return items.length === 0 ? undefined : items;
  }
  const kept = Object.entries(value as JsonObject).filter(([key]) => key !== step.slice(2));
  if (left !== undefined) return Object.fromEntries([...kept, [step.slice(2), left]]);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Whether both have the same at a path; of a list's item, which is owned besides its parts, only that it is there counts. */
export function sameAt(kind: Kind, one: JsonObject, other: JsonObject, path: FieldPath): boolean {
  const [here, there] = [valueAtPath(kind, one, path), valueAtPath(kind, other, path)];
  const isItem = path.at(-1)?.startsWith("k:") === true;
  return isItem ? (here === undefined) === (there === undefined) : sameJson(here, there);
}
