/** The real engine with its state in Azurite, for scripts that call `pulumi` by that name. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { cliEnvironment } from "../../../local/driver/cli";
import { type Program, serveProgram } from "../../../local/driver/language";
import { createLayout, prepareLayout } from "../../../local/driver/layout";
import { installPolicyHost } from "../../../local/driver/policyHost";
import { serveProvider } from "../../../local/provider/server";
import { createHome, engineCommand } from "../../support/engine";
import { fakeTool } from "../../support/fakes";
import { type Shelf, createShelf } from "../../support/shelf";
import { type Azurite, startAzurite } from "./azurite";

export interface DeliveryEngine {
  /** The project `test` with the stack file of `dev` and a policy pack that forbids grey items. */
  readonly folder: string;
  readonly azurite: Azurite;
  readonly shelf: Shelf;
  /** Where `pulumi` finds engine, program, provider and state. */
  environment(access: "write" | "read"): NodeJS.ProcessEnv;
}

const PACK = path.resolve(__dirname, "../../engine/programs/pack");

/** Starts everything, runs the test and stops everything. */
export async function withDeliveryEngine(
  program: Program,
  test: (engine: DeliveryEngine) => Promise<void>,
): Promise<void> {
  const home = createHome();
  const { folder } = home;
  const blobs = path.join(folder, "blobs");
  mkdirSync(blobs);
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
  symlinkSync(PACK, path.join(folder, "policy-pack"));
  const layout = createLayout({ project: folder, local: path.join(folder, "local") });
  prepareLayout(layout, "dev");
  installPolicyHost(layout);
  const command = await engineCommand();
  const shelf = createShelf();
  const provider = await serveProvider(shelf);
  const language = await serveProgram(program);
  const azurite = await startAzurite(blobs);
  // Stands for a CLI with a Node.js language host: the program is in this process.
  const host = `--client=${language.address} --exec-kind auto.inline`;
  const tools = path.join(folder, "tools");
  fakeTool(
    tools,
    "pulumi",
    `case $1 in up|preview|refresh|destroy) exec '${command}' "$@" ${host} ;; esac\nexec '${command}' "$@"`,
  );
  try {
    await test({
      folder,
      azurite,
      shelf,
      environment: (access) => {
        const environment = cliEnvironment(layout, command, {
          PULUMI_BACKEND_URL: azurite.backendUrl,
          PULUMI_DEBUG_PROVIDERS: `${provider.name}:${provider.port}`,
          ...azurite.access(access),
        });
        return { ...environment, PATH: [tools, environment.PATH].join(path.delimiter) };
      },
    });
  } finally {
    await azurite.stop();
    language.close();
    await provider.close();
    home.remove();
  }
}
