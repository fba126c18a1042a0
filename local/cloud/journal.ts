/**
 * The file behind a cloud: JSON lines, one mutation a line, appended by one write call each. A process that is
 * killed therefore loses at most the line it was writing. (A power cut may lose more: lines are not fsynced,
 * which would cost milliseconds for each resource and guards nothing that an emulated cloud needs.)
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { CloudRecord } from "./record";

export type Mutation =
  { readonly op: "put"; readonly record: CloudRecord } | { readonly op: "remove"; readonly id: string };

/** First line of each file, so that a later format can tell itself apart. */
const HEADER = { format: "emulated-cloud", version: 1 } as const;

/** Records of a journal, in the order in which they were first put. A file that does not exist is empty. */
export function readJournal(file: string, keyOf: (id: string) => string): Map<string, CloudRecord> {
  const records = new Map<string, CloudRecord>();
  if (!existsSync(file)) return records;
  const lines = readFileSync(file, "utf8").split("\n");
  // A complete file ends with a line break, hence with an empty last part; anything else is a torn line.
  const complete = lines.slice(0, -1);
  for (const [index, line] of complete.entries()) {
    if (index === 0) {
      expectHeader(file, line);
      continue;
    }
    const mutation = parseMutation(file, index + 1, line);
    if (mutation.op === "put") records.set(keyOf(mutation.record.id), mutation.record);
    else records.delete(keyOf(mutation.id));
  }
  return records;
}

/** Writes the records alone to a new file, puts it in the old one's place and returns it, open for appending. */
export function compactJournal(file: string, records: Iterable<CloudRecord>): number {
  mkdirSync(dirname(file), { recursive: true });
  const next = `${file}.next`;
  const descriptor = openSync(next, "w");
  const lines = [
    JSON.stringify(HEADER),
    ...Array.from(records, (record) => formatMutation({ op: "put", record })),
  ];
  writeSync(descriptor, `${lines.join("\n")}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
  return openSync(file, "a");
}

export function formatMutation(mutation: Mutation): string {
  return JSON.stringify(mutation);
}

function expectHeader(file: string, line: string): void {
  const header = parseLine(file, 1, line);
  if (header["format"] !== HEADER.format || header["version"] !== HEADER.version) {
    throw damaged(file, 1, `a header ${JSON.stringify(HEADER)} is expected, got ${line.slice(0, 80)}`);
  }
}

function parseMutation(file: string, lineNumber: number, line: string): Mutation {
  const entry = parseLine(file, lineNumber, line);
  if (entry["op"] === "put" && isRecord(entry["record"])) return { op: "put", record: entry["record"] };
  if (entry["op"] === "remove" && typeof entry["id"] === "string") return { op: "remove", id: entry["id"] };
  throw damaged(file, lineNumber, `"put" with a record or "remove" with an id is expected`);
}

function parseLine(file: string, lineNumber: number, line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below, with the file and the line that JSON.parse does not know.
  }
  throw damaged(file, lineNumber, `not a JSON object: ${line.slice(0, 80)}`);
}

function isRecord(value: unknown): value is CloudRecord {
  if (typeof value !== "object" || value === null) return false;
  const { id, cloud, type, properties, createdAt, seconds } = value as Record<string, unknown>;
  return (
    [id, cloud, type, createdAt].every((field) => typeof field === "string") &&
    typeof properties === "object" &&
    properties !== null &&
    typeof seconds === "number"
  );
}

function damaged(file: string, lineNumber: number, finding: string): Error {
  return new Error(
    `The emulated cloud's file ${file} is damaged at line ${lineNumber}: ${finding}. ` +
      "Restore the file, or throw this emulated cloud away with `make reset` (or by deleting the file).",
  );
}
