/** What a node agent keeps on disk for its successor. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DesiredState } from "./protocol";

export function writeDesired(stateFolder: string, desired: DesiredState): void {
  const file = join(stateFolder, FILE);
  // Environments may hold secrets: for the owner's eyes only.
  writeFileSync(`${file}.new`, JSON.stringify(desired), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function readDesired(stateFolder: string): DesiredState | undefined {
  try {
    return JSON.parse(readFileSync(join(stateFolder, FILE), "utf8")) as DesiredState;
  } catch {
    // None yet, or torn by a crash before the rename: the next `up` applies everything again.
    return undefined;
  }
}

const FILE = "desired.json";
