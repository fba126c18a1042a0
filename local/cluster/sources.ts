/** Whether what is kept of a Go module in `tools/` was made of its sources as they are. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import type { ClusterLayout } from "./layout";

/** @param kept name in the folder of executables that stands for what was made of the module */
export function isCurrent(layout: ClusterLayout, folder: string, kept: string): boolean {
  const file = stampOf(layout, kept);
  return existsSync(file) && readFileSync(file, "utf8") === digestOf(path.join(layout.modules, folder));
}

/** To be said once all of it is there. */
export function markCurrent(layout: ClusterLayout, folder: string, kept: string): void {
  const file = stampOf(layout, kept);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, digestOf(path.join(layout.modules, folder)));
}

function stampOf(layout: ClusterLayout, kept: string): string {
  return path.join(layout.tools, `${kept}.sha256`);
}

/** Of the pinned versions and checksums, and of programs of the project's own. */
function digestOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) hash.update(`${name}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}
