import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type { Program } from "./language";

const IMPORT = /\bfrom "([^"]+)"/g;

/** The project's program: `index.ts` creates the resources when it is loaded, and its exports are the outputs. */
export function loadableProgram(project: string): Program {
  const main = path.join(project, "index");
  return async () => {
    const exported: unknown = await createRequire(`${main}.ts`)(main);
    const outputs = Object.entries(exported as Record<string, unknown>);
    // An export that is undefined is no output; the SDK would warn about each.
    return Object.fromEntries(outputs.filter(([, value]) => value !== undefined));
  };
}

/**
 * Loads what the program imports (the SDKs above all) before the engine asks for the program, in the time that
 * the engine takes to start. Modules only define things when they are loaded; one that fails does so again, with
 * its message, when the program itself loads it.
 */
export function preloadImports(project: string): void {
  const main = path.join(project, "index.ts");
  const load = createRequire(main);
  for (const [, specifier] of readFileSync(main, "utf8").matchAll(IMPORT)) {
    try {
      if (specifier !== undefined) load(specifier);
    } catch {
      return;
    }
  }
}
