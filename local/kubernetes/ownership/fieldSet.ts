/** Sets of fields, and the form in which `metadata.managedFields` keeps them (sigs.k8s.io/structured-merge-diff, fieldpath). */
import type { Json, JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";

/** One step from an object to a part of it: `f:<field>`, `k:<keys of a list's item>` or `v:<value of a set>`. */
export type Step = string;
export type FieldPath = readonly Step[];

/** Steps are JSON or names, in which there is no line break. */
const SEPARATOR = "\n";

export class FieldSet {
  private readonly paths: Set<string>;

  public constructor(paths: Iterable<FieldPath> = []) {
    this.paths = new Set([...paths].map((path) => path.join(SEPARATOR)));
  }

  public get isEmpty(): boolean {
    return this.paths.size === 0;
  }

  public [Symbol.iterator](): Iterator<FieldPath> {
    return [...this.paths].map((path) => path.split(SEPARATOR)).values();
  }

  public has(path: FieldPath): boolean {
    return this.paths.has(path.join(SEPARATOR));
  }

  /** Whether the set has the path, or a part of what is there. */
  public reaches(path: FieldPath): boolean {
    const text = path.join(SEPARATOR);
    return this.paths.has(text) || [...this.paths].some((other) => other.startsWith(text + SEPARATOR));
  }

  public union(other: FieldSet): FieldSet {
    return new FieldSet([...this, ...other]);
  }

  public without(other: FieldSet): FieldSet {
    return this.filter((path) => !other.has(path));
  }

  public filter(keep: (path: FieldPath) => boolean): FieldSet {
    return new FieldSet([...this].filter(keep));
  }
}

/** The nested form: a key for each step, and `.` for what is in the set itself besides its parts. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of [...set].sort((one, other) => one.length - other.length)) {
    let node = root;
    path.forEach((step, index) => {
      const isNew = node[step] === undefined;
      const next = isObject(node[step]) ? node[step] : {};
      // What was a leaf until now stays in the set when it gets parts.
      const becomesParent = index < path.length - 1 && !isNew && Object.keys(next).length === 0;
      if (becomesParent) next["."] = {};
      node[step] = next;
      node = next;
    });
  }
  return root;
}

export function fromFieldsV1(fields: JsonObject): FieldSet {
  const paths: FieldPath[] = [];
  const visit = (node: JsonObject, path: FieldPath): void => {
    const steps = Object.entries(node).filter(([step]) => step !== ".");
    if (path.length > 0 && (steps.length === 0 || node["."] !== undefined)) paths.push(path);
    for (const [step, next] of steps) visit(isObject(next) ? next : {}, [...path, step]);
  };
  visit(fields, []);
  return new FieldSet(paths);
}

/** As conflicts name it: `.spec.template.spec.containers[name="api"].image`. */
export function formatFieldPath(path: FieldPath): string {
  return path
    .map((step) => {
      const text = step.slice(2);
      if (step.startsWith("f:")) return `.${text}`;
      if (step.startsWith("v:")) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Record<string, Json>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    })
    .join("");
}
