import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type { Program } from "./language";

/** The module that an import or a re-export names, where it is loaded at run time. */
const LOADED = /^(?:import(?! type\b)|export)\b[^;"]*?"([^"]+)"/gm;

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
 * Loads the packages that the program uses (the SDKs above all) before the engine asks for the program, in the
 * time that the engine takes to start. The program's own modules are read for their imports and not loaded: one of
 * them may create resources, and there is no engine yet to create them.
 */
export function preloadPackages(project: string): void {
  const seen = new Set<string>();
  const load = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(LOADED)) {
      const own = specifier.startsWith(".") || path.isAbsolute(specifier);
      if (own) resolveModule(path.resolve(path.dirname(file), specifier)).forEach(load);
      else tryRequire(createRequire(file), specifier);
    }
  };
  resolveModule(path.join(project, "index")).forEach(load);
}

function resolveModule(module: string): string[] {
  const files = [`${module}.ts`, path.join(module, "index.ts")];
  return files.filter((file) => existsSync(file)).slice(0, 1);
}

/** A package that cannot be loaded fails again, with its message, when the program loads it. */
function tryRequire(load: NodeJS.Require, specifier: string): void {
  try {
    load(specifier);
  } catch {
    return;
  }
}
