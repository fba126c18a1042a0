import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** Writes an executable shell script, as a stand-in for a tool on the PATH. */
export function fakeTool(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
