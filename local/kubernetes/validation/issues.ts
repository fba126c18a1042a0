/** Collects broken fields, each with the path at which it stands. */
import { UNKNOWN, type Json } from "../../provider/backend";
import { type FieldIssue } from "../status";
import type { Rule } from "./syntax";

export class Issues {
  public readonly found: FieldIssue[] = [];

  public add(path: string, message: string): void {
    this.found.push({ path, message });
  }

  public text(path: string, value: string | undefined, rule: Rule): void {
    const message = value === undefined ? undefined : rule(value);
    if (message !== undefined) this.add(path, message);
  }

  public problem(path: string, message: string | undefined): void {
    if (message !== undefined) this.add(path, message);
  }

  public atLeast(path: string, value: number | undefined, least: number): void {
    if (typeof value === "number" && (value < least || !Number.isInteger(value))) {
      this.add(path, `Invalid value: ${value}: must be an integer greater than or equal to ${least}`);
    }
  }

  /** Keys and values of a map, each with its rule. */
  public map(
    path: string,
    map: Readonly<Record<string, string>> | undefined,
    rules: { readonly key?: Rule; readonly value?: Rule },
  ): void {
    if (!isPresent(map)) return;
    for (const [key, value] of Object.entries(map)) {
      if (rules.key !== undefined) this.text(path, key, rules.key);
      if (rules.value !== undefined) this.text(`${path}[${key}]`, value, rules.value);
    }
  }
}

/** False for what is absent or not known yet: there is nothing to look into. */
export function isPresent<T>(value: T | undefined | null): value is T {
  return value !== undefined && value !== null && (value as unknown) !== UNKNOWN;
}

/** The entries of a list with their paths; none where the list is absent or unknown. */
export function entries<T>(path: string, list: readonly T[] | undefined): [string, T][] {
  if (!isPresent(list)) return [];
  return list
    .map((item, index): [string, T] => [`${path}[${index}]`, item])
    .filter(([, item]) => isPresent(item));
}

export function isUnknown(value: unknown): boolean {
  return value === (UNKNOWN as Json);
}
