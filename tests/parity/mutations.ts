/** Manifests that are one or a few changes away from those of the program. */
import * as fc from "fast-check";

import { findKind } from "../../local/kubernetes/kinds";
import { fieldShapes, shapeOf } from "../../local/kubernetes/schema/decode";
import type { Json, JsonObject } from "../../local/provider/backend";
import { isObject, text } from "../../local/provider/values";
import { KEYS, LATER, LEFT_OUT, NUMBERS, TEXTS } from "./values";

/** How deep a value that is made up goes. */
const DEPTH = 3;

/** Fields of a type that a manifest may get. */
function candidates(type: string): (readonly [string, string])[] {
  return [...fieldShapes(type)].filter(([name]) => !LEFT_OUT.has(name) && !LATER.has(`${type}.${name}`));
}

/** @param manifests of which each result is a changed copy */
export function mutated(manifests: readonly JsonObject[]): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(fc.constantFrom(...manifests), fc.integer({ min: 1, max: 3 }), fc.infiniteStream(fc.nat()))
    .map(([manifest, count, choices]) => {
      const next = (below: number): number => Number(choices.next().value) % below;
      let changed = structuredClone(manifest);
      for (let index = 0; index < count; index++) changed = change(changed, next);
      return changed;
    });
}

type Choose = (below: number) => number;

function change(manifest: JsonObject, choose: Choose): JsonObject {
  const kind = findKind(text(manifest, "apiVersion") ?? "", text(manifest, "kind") ?? "");
  const places = placesIn(manifest, kind?.fields ?? "any");
  const place = places[choose(places.length)];
  if (place === undefined) return manifest;
  const { owner, key, shape } = place;
  const fields = candidates(shape);
  const [name = "", given] = fields[choose(Math.max(1, fields.length))] ?? [];
  const value = at(owner, key);
  if (choose(2) === 0 && isObject(value) && given !== undefined) value[name] = made(given, choose, DEPTH);
  else if (choose(4) === 0) remove(owner, key);
  else if (choose(4) === 0 && Array.isArray(value) && value.length > 0)
    value.push(structuredClone(value[0] ?? null));
  else put(owner, key, made(shape, choose, DEPTH));
  return manifest;
}

interface Place {
  readonly owner: JsonObject | Json[];
  readonly key: string | number;
  readonly shape: string;
}

/** Every value of a manifest that may be changed. */
function placesIn(value: Json, shape: string): Place[] {
  if (Array.isArray(value)) {
    const inner = shape.slice(1, -1);
    return value.flatMap((item, key) => [{ owner: value, key, shape: inner }, ...placesIn(item, inner)]);
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = shape.startsWith("{") ? shape.slice(1, -1) : (shapeOf(shape, key) ?? "any");
    const own = LEFT_OUT.has(key) ? [] : [{ owner: value, key, shape: inner }];
    return [...own, ...placesIn(item, inner)];
  });
}

/** A value of a shape, now and then of another. */
function made(shape: string, choose: Choose, depth: number): Json {
  const pick = <Item>(items: readonly Item[]): Item => items[choose(items.length)] as Item;
  if (shape.startsWith("[")) {
    const count = depth === 0 ? 0 : choose(3);
    return Array.from({ length: count }, () => made(shape.slice(1, -1), choose, depth - 1));
  }
  if (shape.startsWith("{")) {
    const entries = Array.from({ length: choose(3) }, () => [
      pick(KEYS),
      made(shape.slice(1, -1), choose, depth),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }
  if (shape === "ns") return choose(2) === 0 ? pick(NUMBERS) : pick(TEXTS);
  if (shape === "n") return pick(NUMBERS);
  if (shape === "b") return choose(2) === 0;
  if (shape === "s" || shape === "any") return pick(TEXTS);
  const fields = candidates(shape);
  if (depth === 0 || fields.length === 0) return {};
  const chosen = Array.from({ length: choose(4) + 1 }, () => pick(fields));
  return Object.fromEntries(chosen.map(([name, inner]) => [name, made(inner, choose, depth - 1)]));
}

function at(owner: JsonObject | Json[], key: string | number): Json | undefined {
  return Array.isArray(owner) ? owner[Number(key)] : owner[String(key)];
}

function put(owner: JsonObject | Json[], key: string | number, value: Json): void {
  if (Array.isArray(owner)) owner[Number(key)] = value;
  else owner[String(key)] = value;
}

function remove(owner: JsonObject | Json[], key: string | number): void {
  if (Array.isArray(owner)) owner.splice(Number(key), 1);
  else Reflect.deleteProperty(owner, String(key));
}
