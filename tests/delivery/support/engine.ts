/** The real engine with its state in Azurite, for scripts that call `pulumi` by that name. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { cliEnvironment } from "../../../local/driver/cli";
import { type LanguageHost, type Program, serveProgram } from "../../../local/driver/language";
import { createLayout, type Layout, prepareLayout } from "../../../local/driver/layout";
import { installPolicyHost } from "../../../local/driver/policyHost";
import { type ServedProvider, serveProvider } from "../../../local/provider/server";
import { createHome, engineCommand } from "../../support/engine";
import { fakeTool } from "../../support/fakes";
import { type Shelf, createShelf } from "../../support/shelf";
import { type Azurite, startAzurite } from "./azurite";

/** What the engine works on. */
export interface Project {
  readonly language: LanguageHost;
  readonly providers: readonly Pick<ServedProvider, "name" | "port">[];
  readonly close: () => Promise<void>;
}

export interface DeliveryEngine {
  /** Folder of the project; `tools` in it comes first on the PATH. */
  readonly folder: string;
  readonly azurite: Azurite;
  /** Where `pulumi` finds engine, program, providers and state. */
  readonly environment: (access: "write" | "read") => NodeJS.ProcessEnv;
}

/** Starts everything, runs the test and stops everything. */
export async function withEngineOnAzurite(
  open: (layout: Layout) => Promise<Project>,
  test: (engine: DeliveryEngine) => Promise<void>,
): Promise<void> {
  const home = createHome();
  const { folder } = home;
  const blobs = path.join(folder, "blobs");
  mkdirSync(blobs);
  const layout = createLayout({ project: folder, local: path.join(folder, "local") });
  prepareLayout(layout, "dev");
  installPolicyHost(layout);
  const command = await engineCommand();
  const azurite = await startAzurite(blobs);
  const project = await open(layout).catch(async (error: unknown) => {
    await azurite.stop();
    throw error;
  });
  // Stands for a CLI with a Node.js language host.
  const host = `--client=${project.language.address} --exec-kind auto.inline`;
  const verbs = `case $1 in up|preview|refresh|destroy) exec '${command}' "$@" ${host} ;; esac`;
  const tools = path.join(folder, "tools");
  fakeTool(tools, "pulumi", `${verbs}\nexec '${command}' "$@"`);
  try {
    await test({
      ...{ folder, azurite },
      environment: (access) => {
        const environment = cliEnvironment(layout, command, {
          PULUMI_BACKEND_URL: azurite.backendUrl,
          PULUMI_DEBUG_PROVIDERS: project.providers.map(({ name, port }) => `${name}:${port}`).join(","),
          ...azurite.access(access),
        });
        return { ...environment, PATH: [tools, environment.PATH].join(path.delimiter) };
      },
    });
  } finally {
    await azurite.stop();
    project.language.close();
    await project.close();
    home.remove();
  }
}

const PACK = path.resolve(__dirname, "../../engine/programs/pack");

/** The project `test` with a stack file of `dev` and a policy pack that forbids grey items, on a shelf. */
export async function withShelfOnAzurite(
  program: Program,
  test: (engine: DeliveryEngine & { readonly shelf: Shelf }) => Promise<void>,
): Promise<void> {
  const shelf = createShelf();
  const open = async ({ project: folder }: Layout): Promise<Project> => {
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    symlinkSync(PACK, path.join(folder, "policy-pack"));
    const provider = await serveProvider(shelf);
    return { language: await serveProgram(program), providers: [provider], close: () => provider.close() };
  };
  await withEngineOnAzurite(open, (engine) => test({ ...engine, shelf }));
}
