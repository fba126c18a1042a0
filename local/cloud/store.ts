/**
 * The emulated cloud: what exists, apart from what Pulumi's state believes. One file is one subscription with
 * its tenant and its clusters, and belongs to one stack.
 */
import { closeSync, mkdirSync, readdirSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Json } from "../provider/backend";
import { compactJournal, formatMutation, readJournal, type Mutation } from "./journal";
import { takeLock } from "./lock";
import type { CloudName, CloudRecord } from "./record";

export type { CloudName, CloudRecord } from "./record";

export interface CloudFilter {
  readonly cloud?: CloudName;
  /** Compared without regard to case, as Azure does. */
  readonly type?: string;
  /** Only what lies below this id, not the id itself. */
  readonly under?: string;
}

export class CloudStore {
  private closed = false;

  private constructor(
    private readonly records: Map<string, CloudRecord>,
    private readonly file: string | undefined,
    private readonly descriptor: number | undefined,
    private readonly release: () => void,
    private readonly readOnly: boolean,
  ) {
    for (const record of records.values()) freeze(record.properties);
  }

  /** Opens a cloud for changes; the file is made if there is none. @throws if it is damaged or open elsewhere. */
  public static open(file: string): CloudStore {
    const path = resolve(file);
    mkdirSync(dirname(path), { recursive: true });
    const release = takeLock(path);
    try {
      const records = readJournal(path, keyOf);
      return new CloudStore(records, path, compactJournal(path, records.values()), release, false);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** A picture of a cloud as it is now, also while another process changes it. */
  public static openReadOnly(file: string): CloudStore {
    const path = resolve(file);
    return new CloudStore(readJournal(path, keyOf), path, undefined, () => undefined, true);
  }

  /** A cloud without a file. */
  public static memory(): CloudStore {
    return new CloudStore(new Map(), undefined, undefined, () => undefined, false);
  }

  /** The record is frozen: put a changed copy. */
  public get(id: string): CloudRecord | undefined {
    return this.records.get(keyOf(id));
  }

  /** In the order in which the records came to be. */
  public list(filter: CloudFilter = {}): CloudRecord[] {
    return [...this.records.values()].filter((record) => matches(record, filter));
  }

  /** Records of the other clouds in the same folder: names that are global on Azure are taken there too. */
  public listElsewhere(filter: CloudFilter = {}): CloudRecord[] {
    if (this.file === undefined) return [];
    const folder = dirname(this.file);
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => join(folder, name))
      .filter((path) => path !== this.file)
      .flatMap((path) => [...readJournal(path, keyOf).values()].filter((record) => matches(record, filter)));
  }

  /** Adds a record, or takes the place of the one with the same id. Durable when this returns. */
  public put(record: CloudRecord): void {
    const copy = JSON.parse(JSON.stringify(record)) as CloudRecord;
    this.append({ op: "put", record: copy });
    freeze(copy.properties);
    this.records.set(keyOf(copy.id), copy);
  }

  /** Removes a record, if there is one. Durable when this returns. */
  public remove(id: string): void {
    if (!this.records.has(keyOf(id))) return;
    this.append({ op: "remove", id });
    this.records.delete(keyOf(id));
  }

  public close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.release();
  }

  private append(mutation: Mutation): void {
    if (this.readOnly) throw new Error(`${this.file ?? "The cloud"} is open read-only: use CloudStore.open`);
    if (this.closed) throw new Error(`${this.file ?? "The cloud"} is closed: a change came after close()`);
    if (this.descriptor !== undefined) writeSync(this.descriptor, `${formatMutation(mutation)}\n`);
  }
}

/** Azure compares ids without regard to case; other clouds' ids are exact. */
function keyOf(id: string): string {
  return /^\/(subscriptions|providers)\//i.test(id) ? id.toLowerCase() : id;
}

function matches(record: CloudRecord, { cloud, type, under }: CloudFilter): boolean {
  return (
    (cloud === undefined || record.cloud === cloud) &&
    (type === undefined || record.type.toLowerCase() === type.toLowerCase()) &&
    (under === undefined || keyOf(record.id).startsWith(`${keyOf(under)}/`))
  );
}

function freeze(value: Json): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const item of Object.values<Json>(value)) freeze(item);
}
