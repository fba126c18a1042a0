import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { createHome } from "../../support/engine";
import { type Fakes, type Rule, createFakes } from "./fakes";
import { runStep, type StepResult } from "./run";

/** The commit that is checked out. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export interface ScriptCall {
  readonly script: string;
  readonly args?: readonly string[];
  readonly az?: readonly Rule[];
  readonly pulumi?: readonly Rule[];
  readonly environment?: Record<string, string>;
}

/** Runs a script in a folder with the stacks dev and prod, against stand-ins for its tools. */
export async function runScript(
  call: ScriptCall,
  look?: (folder: string) => void,
): Promise<StepResult & { calls: string[] }> {
  const home = createHome();
  try {
    const { folder } = home;
    mkdirSync(path.join(folder, "service"));
    for (const stack of ["dev", "prod"])
      writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "config: {}\n");
    const git = [{ match: "^rev-parse HEAD", prints: COMMIT }];
    const fakes: Fakes = createFakes(folder, { az: call.az ?? [], pulumi: call.pulumi ?? [], git });
    const environment = { PATH: fakes.path, PULUMI_BACKEND_URL: "azblob://state", ...call.environment };
    const script = `ops/ci/${call.script}.sh`;
    const result = await runStep({ script, args: call.args ?? ["dev"], folder, environment });
    look?.(folder);
    return { ...result, calls: fakes.calls() };
  } finally {
    home.remove();
  }
}
