/**
 * The bare engine: so many trivial resources by the Automation API, without policies and without emulated clouds.
 *
 *   floor.ts <verb> <number of resources> <folder>
 *
 * Prints the changes as JSON, as `run.ts --json` does. The folder keeps the state between runs.
 */
import { CustomResource } from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { mkdirSync } from "node:fs";
import * as path from "node:path";

import { cliEnvironment } from "../driver/cli";
import { UserError } from "../driver/errors";
import { REPOSITORY_ROOT, createLayout, prepareLayout } from "../driver/layout";
import { findEngine } from "../engine";
import type { ProviderBackend } from "../provider/backend";
import { serveProvider } from "../provider/server";

const STACK = "floor";
const VERBS: Readonly<Record<string, (stack: Stack) => Promise<Record<string, number> | undefined>>> = {
  up: async (stack) => (await stack.up()).summary.resourceChanges,
  preview: async (stack) => (await stack.preview()).changeSummary,
  destroy: async (stack) => (await stack.destroy()).summary.resourceChanges,
};

/** Takes every resource as it is and forgets it. */
const TRIVIAL: ProviderBackend = {
  name: "trivial",
  version: "1.0.0",
  configure: () => Promise.resolve(),
  check: ({ news }) => Promise.resolve({ inputs: news, failures: [] }),
  diff: () => Promise.resolve({ changes: {}, deleteBeforeReplace: false }),
  create: ({ name, inputs, preview }) => Promise.resolve({ id: preview ? "" : name, outputs: inputs }),
  read: ({ id, inputs }) => Promise.resolve({ id, inputs, outputs: inputs }),
  update: ({ id, newInputs }) => Promise.resolve({ id, outputs: newInputs }),
  delete: () => Promise.resolve(),
  invoke: (token) => Promise.reject(new Error(`the trivial provider has no function ${token}`)),
};

class Thing extends CustomResource {
  public constructor(name: string, index: number) {
    super("trivial:index:Thing", name, { index });
  }
}

function trivialProgram(count: number): PulumiFn {
  return () => {
    for (let index = 0; index < count; index += 1) {
      new Thing(`thing-${index}`, index);
    }
    return Promise.resolve({});
  };
}

async function main([verb = "", count = "", folder = ""]: readonly string[]): Promise<void> {
  const run = VERBS[verb];
  if (run === undefined || !/^\d+$/.test(count) || folder === "") {
    const allowed = `${Object.keys(VERBS).join("|")} <count> <folder>`;
    throw new UserError(`got "${verb} ${count} ${folder}", allowed: ${allowed}`, 2);
  }
  mkdirSync(folder, { recursive: true });
  const layout = createLayout({ project: folder, local: path.join(folder, "local") });
  prepareLayout(layout, STACK);
  const { command } = await findEngine({
    root: REPOSITORY_ROOT,
    local: path.join(REPOSITORY_ROOT, ".local"),
    environment: process.env,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const provider = await serveProvider(TRIVIAL);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: "floor", program: trivialProgram(Number(count)) },
    {
      pulumiCommand: await PulumiCommand.get({
        root: path.dirname(path.dirname(command)),
        skipVersionCheck: true,
      }),
      workDir: layout.workFolder(STACK),
      envVars: cliEnvironment(layout, command, {
        PULUMI_DEBUG_PROVIDERS: `${provider.name}:${provider.port}`,
      }),
    },
  );
  const changes = await run(stack);
  await provider.close();
  process.stdout.write(`${JSON.stringify({ changes })}\n`);
}

void main(process.argv.slice(2));
