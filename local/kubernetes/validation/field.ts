/**
 * A place in an object: its path, its value, and what is wrong there, in the words of k8s.io/apimachinery,
 * pkg/util/validation/field. Of a value that is not known yet (in a preview) nothing is ever wrong.
 */
import { UNKNOWN, type Json, type JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { FieldIssue } from "../status";

/** What is wrong with a text, one message each; none where it is right. */
export type Rule = (text: string) => readonly string[];

export class Field {
  private constructor(
    private readonly found: FieldIssue[],
    public readonly path: string,
    public readonly value: Json | undefined,
  ) {}

  /** @param found collects what is wrong, in order */
  public static of(object: JsonObject, found: FieldIssue[]): Field {
    return new Field(found, "", object);
  }

  public get isUnknown(): boolean {
    return this.value === UNKNOWN;
  }

  public get isSet(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Empty where there is none, or it is not known. */
  public get text(): string {
    return typeof this.value === "string" && !this.isUnknown ? this.value : "";
  }

  public get number(): number | undefined {
    return typeof this.value === "number" ? this.value : undefined;
  }

  public get isTrue(): boolean {
    return this.value === true;
  }

  /** Entries of a map, with their keys. */
  public get entries(): readonly (readonly [string, Field])[] {
    if (!isObject(this.value)) return [];
    return Object.entries(this.value).map(([key, value]) => [
      key,
      new Field(this.found, `${this.path}[${key}]`, value),
    ]);
  }

  /** Items of a list. */
  public get items(): readonly Field[] {
    if (!Array.isArray(this.value)) return [];
    return this.value.map((value, index) => new Field(this.found, `${this.path}[${index}]`, value));
  }

  /** Whether a list or map has nothing in it; a list that is not known has something. */
  public get isEmpty(): boolean {
    return !this.isUnknown && this.items.length === 0 && this.entries.length === 0;
  }

  public child(...names: readonly string[]): Field {
    const [name, ...rest] = names;
    if (name === undefined) return this;
    const value = isObject(this.value) ? this.value[name] : undefined;
    return this.named(name, value).child(...rest);
  }

  /** The value, as messages place it where the API server names another path. */
  public as(path: string): Field {
    return new Field(this.found, path, this.value);
  }

  public required(detail = ""): void {
    this.add("Required value", detail);
  }

  public forbidden(detail: string): void {
    this.add("Forbidden", detail);
  }

  /** @param value as it is printed; @default the field's own */
  public invalid(detail: string, value: Json | undefined = this.value): void {
    this.add(`Invalid value: ${printed(value)}`, detail);
  }

  public unsupported(allowed: readonly string[], value: Json | undefined = this.value): void {
    const list = allowed.map((one) => JSON.stringify(one)).join(", ");
    this.add(`Unsupported value: ${printed(value)}`, `supported values: ${list}`);
  }

  public duplicate(value: Json | undefined = this.value): void {
    this.add(`Duplicate value: ${printed(value)}`, "");
  }

  public notFound(detail = "", value: Json | undefined = this.value): void {
    this.add(`Not found: ${printed(value)}`, detail);
  }

  public tooLong(bytes: number): void {
    this.add("Too long", `may not be more than ${bytes} bytes`);
  }

  /** Holds a text to a rule; one that is absent counts as empty. */
  public follows(rule: Rule): void {
    if (this.isUnknown) return;
    for (const message of rule(this.text)) this.invalid(message, this.text);
  }

  public oneOf(allowed: readonly string[]): void {
    if (!allowed.includes(this.text)) this.unsupported(allowed, this.text);
  }

  public atLeastZero(): void {
    if (this.number !== undefined && this.number < 0) this.invalid("must be greater than or equal to 0");
  }

  public within(least: number, most: number): void {
    const { number } = this;
    if (number === undefined || (number >= least && number <= most)) return;
    this.invalid(`must be between ${least} and ${most}, inclusive`);
  }

  /** Where an absent number is 0, as in Go. */
  public withinOrZero(least: number, most: number): void {
    if (this.isSet) this.within(least, most);
    else this.invalid(`must be between ${least} and ${most}, inclusive`, 0);
  }

  private named(name: string, value: Json | undefined): Field {
    return new Field(this.found, this.path === "" ? name : `${this.path}.${name}`, value ?? undefined);
  }

  private add(reason: string, detail: string): void {
    if (this.isUnknown) return;
    const message = detail === "" ? reason : `${reason}: ${detail}`;
    // The API server says the same thing once (pkg/util/errors: aggregate).
    if (this.found.some((issue) => issue.path === this.path && issue.message === message)) return;
    this.found.push({ path: this.path, message });
  }
}

/** Texts as Go quotes them, the rest as JSON without empty lists. */
function printed(value: Json | undefined): string {
  if (isObject(value))
    return JSON.stringify(value, (_key, part: Json) => (isNothing(part) ? undefined : part));
  if (typeof value !== "string") return JSON.stringify(value ?? null);
  return JSON.stringify(value).replace(/\\u00([0-9a-f]{2})/g, "\\x$1");
}

function isNothing(part: Json): boolean {
  return Array.isArray(part) && part.length === 0;
}
