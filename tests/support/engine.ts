/** Runs the real Pulumi engine in a test: in a home of its own, with providers and a program of the test's. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { type Layout, REPOSITORY_ROOT, createLayout } from "../../local/driver/layout";
import { type Program, serveProgram } from "../../local/driver/language";
import { type Verb, runOperation } from "../../local/driver/operation";
import type { CliResult } from "../../local/driver/cli";
import { OperationRecord } from "../../local/driver/record";
import { type StackState, readState } from "../../local/driver/state";
import { findEngine } from "../../local/engine";
import type { ProviderBackend } from "../../local/provider/backend";
import { type ServedProvider, serveProvider } from "../../local/provider/server";

/** Time for a test that starts the engine, in milliseconds. */
export const ENGINE_TIMEOUT = 120_000;

const TEST_HOMES = path.join(REPOSITORY_ROOT, ".local", "test");

/** A new folder under `.local/test`, and how to remove it. */
export function createHome(): { readonly folder: string; remove(): void } {
  mkdirSync(TEST_HOMES, { recursive: true });
  const folder = mkdtempSync(path.join(TEST_HOMES, "run-"));
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface EngineRun extends CliResult {
  readonly record: OperationRecord;
}

export interface TestEngine {
  readonly layout: Layout;
  run(verb: Verb, program: Program, options?: EngineOptions): Promise<EngineRun>;
  state(): StackState;
}

export interface EngineOptions {
  readonly policyPacks?: readonly string[];
  readonly options?: readonly string[];
}

/** Gives a test an engine with a stack `dev` of a project `test`, whose resources the backends manage. */
export async function withEngine(
  backends: readonly ProviderBackend[],
  test: (engine: TestEngine) => Promise<void>,
): Promise<void> {
  const home = createHome();
  const providers: ServedProvider[] = [];
  try {
    writeFileSync(path.join(home.folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    writeFileSync(path.join(home.folder, "Pulumi.dev.yaml"), "config: {}\n");
    for (const backend of backends) providers.push(await serveProvider(backend));
    const layout = createLayout({ project: home.folder, local: path.join(home.folder, "local") });
    const command = await engineCommand();
    await test({
      layout,
      state: () => readState(layout, "test", "dev") ?? { resources: [], pending: [] },
      run: async (verb, program, { policyPacks = [], options = [] } = {}) => {
        const record = new OperationRecord();
        const outcome = await runOperation({
          ...{ verb, layout, stack: "dev", command, providers, policyPacks, options },
          serveLanguage: () => serveProgram(program, record),
          onEvent: (event) => {
            record.add(event);
          },
        });
        return { ...outcome, record };
      },
    });
  } finally {
    await Promise.all(providers.map((provider) => provider.close()));
    home.remove();
  }
}

/** The CLI that the driver would use; found once for all tests by the note under `.local`. */
export async function engineCommand(): Promise<string> {
  const engine = await findEngine({
    root: REPOSITORY_ROOT,
    local: path.join(REPOSITORY_ROOT, ".local"),
    environment: process.env,
    progress: () => undefined,
  });
  return engine.command;
}
