/**
 * Strict decoding, as the API server does it with `fieldValidation=Strict`: fields that a type does not have,
 * required fields that are missing, and values of the wrong shape are named with their paths.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNKNOWN, type Json, type JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { Kind } from "../kinds";
import type { FieldIssue } from "../status";
import { CUSTOM_RESOURCE_FIELDS } from "./customResources";
import { encodedIssues, scalarIssues } from "./scalars";

interface Field {
  readonly shape: string;
  readonly required: boolean;
}

/** Read, not imported: loaders differ in what the default import of a JSON file is. */
const GENERATED = JSON.parse(readFileSync(join(__dirname, "fields.json"), "utf8")) as Record<string, string>;
const LINES: Readonly<Record<string, string>> = { ...GENERATED, ...CUSTOM_RESOURCE_FIELDS };
const parsed = new Map<string, ReadonlyMap<string, Field>>();

/** Fields of a type, by name. */
function fieldsOf(type: string): ReadonlyMap<string, Field> {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  const line = LINES[type];
  if (line === undefined) throw new Error(`schema/fields.json has no type ${type}: run schema/generate.ts`);
  const fields = new Map<string, Field>();
  for (const part of line.split(" ").filter(Boolean)) {
    const colon = part.indexOf(":");
    const required = part[colon - 1] === "!";
    fields.set(part.slice(0, required ? colon - 1 : colon), { shape: part.slice(colon + 1), required });
  }
  parsed.set(type, fields);
  return fields;
}

/** Names of a type's fields, with their shapes; none where nothing is known of the type. */
export function fieldShapes(type: string): ReadonlyMap<string, string> {
  if (!(type in LINES)) return new Map();
  return new Map([...fieldsOf(type)].map(([name, { shape }]) => [name, shape]));
}

/** Shape of a type's field, in the notation of generate.ts; undefined where it has none of the name. */
export function shapeOf(type: string, field: string): string | undefined {
  return fieldShapes(type).get(field);
}

/** Everything that is wrong with the shape of an object; unknown values (in a preview) fit everywhere. */
export function decodeIssues(kind: Kind, object: JsonObject): FieldIssue[] {
  const issues: FieldIssue[] = [];
  if (object["apiVersion"] !== kind.apiVersion || object["kind"] !== kind.kind) {
    issues.push({
      path: "kind",
      message: `expected ${kind.apiVersion} ${kind.kind}, got ${JSON.stringify([object["apiVersion"], object["kind"]])}`,
    });
  }
  checkObject(object, { type: kind.fields, path: "", isCustom: kind.custom === true, issues });
  return [...issues, ...encodedIssues(kind, object)];
}

/** Where in an object the reading is. */
interface Place {
  readonly type: string;
  readonly path: string;
  /** Only definitions of custom resources ask for fields; what a built-in kind lacks, its own rules miss. */
  readonly isCustom: boolean;
  readonly issues: FieldIssue[];
}

function checkObject(value: JsonObject, { type, path, isCustom, issues }: Place): void {
  const fields = fieldsOf(type);
  for (const [name, item] of Object.entries(value)) {
    const at = path === "" ? name : `${path}.${name}`;
    const field = fields.get(name);
    if (field === undefined) {
      // Keys that begin with two underscores are notes of a provider, not fields of the object.
      if (!name.startsWith("__")) issues.push(unknownField(at, name, fields));
    } else checkShape(item, field.shape, { type: `${type}.${name}`, path: at, isCustom, issues });
  }
  for (const [name, field] of fields) {
    const given = value[name];
    if (isCustom && field.required && (given === undefined || given === null)) {
      issues.push({ path: path === "" ? name : `${path}.${name}`, message: "Required value" });
    }
  }
}

function unknownField(path: string, name: string, fields: ReadonlyMap<string, Field>): FieldIssue {
  const near = [...fields.keys()].find((other) => isNear(name, other));
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  return { path, message: `strict decoding error: unknown field "${path}"${hint}` };
}

function isNear(given: string, known: string): boolean {
  const [a, b] = [given.toLowerCase(), known.toLowerCase()];
  return a === b || a === `${b}s` || b === `${a}s` || (a.length > 4 && (b.startsWith(a) || a.startsWith(b)));
}

/** @param place its type is the field that holds the value */
function checkShape(value: Json, shape: string, place: Place): void {
  const { path, issues } = place;
  if (value === null || value === UNKNOWN || shape === "any") return;
  if (shape.startsWith("[")) {
    if (!Array.isArray(value)) issues.push(wrongShape(path, "a list", value));
    else {
      value.forEach((item, index) => {
        checkShape(item, shape.slice(1, -1), { ...place, path: `${path}[${index}]` });
      });
    }
  } else if (shape.startsWith("{")) {
    if (!isObject(value)) issues.push(wrongShape(path, "a map", value));
    else {
      for (const [key, item] of Object.entries(value)) {
        checkShape(item, shape.slice(1, -1), { ...place, path: `${path}[${key}]` });
      }
    }
  } else if (shape in SCALARS) {
    const scalar = SCALARS[shape];
    if (scalar !== undefined && !scalar.types.includes(typeof value)) {
      issues.push(wrongShape(path, scalar.name, value));
    } else if (!place.isCustom) issues.push(...scalarIssues(place.type, path, value));
  } else if (!isObject(value)) issues.push(wrongShape(path, "an object", value));
  else checkObject(value, { ...place, type: shape });
}

const SCALARS: Readonly<Record<string, { readonly name: string; readonly types: readonly string[] }>> = {
  s: { name: "a string", types: ["string"] },
  n: { name: "a number", types: ["number"] },
  b: { name: "a boolean", types: ["boolean"] },
  ns: { name: "a number or a string", types: ["number", "string"] },
};

function wrongShape(path: string, wanted: string, value: Json): FieldIssue {
  const got = Array.isArray(value) ? "a list" : `${typeof value} ${JSON.stringify(value)}`;
  return { path, message: `Invalid value: expected ${wanted}, got ${got}` };
}
