/** A generic difference between two input bags, as property paths in Pulumi's notation. */
import { type DiffResult, type Json, type JsonObject, type PropertyChange } from "./backend";
import { isObject } from "./values";

export interface DiffOptions {
  /**
   * Paths whose change needs a new resource. `*` stands for one key, `[*]` for any index; a change below a
   * given path counts too (`sku` covers `sku.name`).
   */
  readonly replaceOn?: readonly string[];
  /** Paths that are not compared, in the same notation. */
  readonly ignore?: readonly string[];
  /** @default false */
  readonly deleteBeforeReplace?: boolean;
}

type Path = readonly (string | number)[];

/**
 * Compares two input bags. Keys that start with `__` are the provider's own notes and are skipped; an absent
 * property equals one that is null; an unknown value differs from every known one.
 */
export function diffInputs(
  oldInputs: JsonObject,
  newInputs: JsonObject,
  options: DiffOptions = {},
): DiffResult {
  const replaceOn = (options.replaceOn ?? []).map(parsePattern);
  const ignore = (options.ignore ?? []).map(parsePattern);
  const changes: Record<string, PropertyChange> = {};

  const note = (path: Path, kind: "add" | "delete" | "update"): void => {
    if (ignore.some((pattern) => covers(pattern, path))) return;
    changes[formatPath(path)] = replaceOn.some((pattern) => covers(pattern, path)) ? `${kind}-replace` : kind;
  };

  const compare = (before: Json | undefined, after: Json | undefined, path: Path): void => {
    if (isAbsent(before) && isAbsent(after)) return;
    if (isAbsent(before)) note(path, "add");
    else if (isAbsent(after)) note(path, "delete");
    else if (Array.isArray(before) && Array.isArray(after)) {
      for (let index = 0; index < Math.max(before.length, after.length); index++) {
        compare(before[index], after[index], [...path, index]);
      }
    } else if (isObject(before) && isObject(after)) compareObjects(before, after, path);
    else if (before !== after) note(path, "update");
  };

  const compareObjects = (before: JsonObject, after: JsonObject, path: Path): void => {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!key.startsWith("__")) compare(before[key], after[key], [...path, key]);
    }
  };

  compareObjects(oldInputs, newInputs, []);
  return { changes, deleteBeforeReplace: options.deleteBeforeReplace ?? false };
}

/** True where the difference asks for a new resource. */
export function needsReplacement(diff: DiffResult): boolean {
  return Object.values(diff.changes).some((kind) => kind.endsWith("-replace"));
}

/** Pulumi's notation: `a.b[0]`, and `a["b.c"]` for a key that is not an identifier. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** Reads a path in Pulumi's notation; `*` and `[*]` become `*`. */
export function parsePattern(pattern: string): readonly string[] {
  const parts = pattern.match(/\["(?:[^"\\]|\\.)*"\]|\[\*\]|\[\d+\]|[^.[\]]+/g) ?? [];
  return parts.map((part) => {
    if (part.startsWith('["')) return JSON.parse(part.slice(1, -1)) as string;
    return part.startsWith("[") ? part.slice(1, -1) : part;
  });
}

function covers(pattern: readonly string[], path: Path): boolean {
  return (
    pattern.length > 0 &&
    pattern.length <= path.length &&
    pattern.every((part, index) => part === "*" || part === String(path[index]))
  );
}

function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}
