/** Bootstrap's scripts beside fakes of the tools that they call. */
import { copyFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../../../local/driver/layout";
import { createHome } from "../../support/engine";
import { AZ, GH } from "./accounts";
import { type Fakes, type Rule, createFakes } from "./fakes";
import { runStep } from "./run";

const CHANGING = / (create|update|recover|set|put|PUT|POST)( |$)/;

export interface Bench {
  readonly fakes: Fakes;
  /** Where the scripts run, with the stacks' files. */
  readonly folder: string;
  readonly run: (
    script: string,
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => ReturnType<typeof runStep>;
}

export async function withBench(
  rules: Partial<Record<"az" | "gh" | "pulumi", readonly Rule[]>>,
  test: (bench: Bench) => Promise<void>,
) {
  const home = createHome();
  try {
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
      copyFileSync(path.join(REPOSITORY_ROOT, file), path.join(home.folder, file));
    }
    const fakes = createFakes(home.folder, { az: AZ, gh: GH, pulumi: [], ...rules });
    const environment = { PATH: fakes.path, HOME: home.folder };
    await test({
      fakes,
      folder: home.folder,
      run: (script, args, more) =>
        runStep({
          script: `bootstrap/${script}.sh`,
          args,
          folder: home.folder,
          environment: { ...environment, ...more },
        }),
    });
  } finally {
    home.remove();
  }
}

/** The calls that change something. */
export const changes = (fakes: Fakes) => fakes.calls().filter((call) => CHANGING.test(call));
