/**
 * The bare engine: so many trivial resources through the driver, without policies and without emulated clouds.
 *
 *   floor.ts <verb> <number of resources> <folder>
 *
 * Prints the summary as JSON, as `run.ts --json` does. The folder keeps the state between runs.
 */
import { CustomResource } from "@pulumi/pulumi";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "../driver/errors";
import { type Program, serveProgram } from "../driver/language";
import { REPOSITORY_ROOT, createLayout, prepareLayout } from "../driver/layout";
import type { Verb } from "../driver/operation";
import { runSession } from "../driver/session";
import { keepStackTracesUnmapped } from "../driver/stackTraces";
import { findEngine } from "../engine";
import type { ProviderBackend } from "../provider/backend";
import { serveProvider } from "../provider/server";

const STACK = "floor";
const VERBS: readonly string[] = ["up", "preview", "destroy"] satisfies Verb[];

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

function trivialProgram(count: number): Program {
  return () => {
    for (let index = 0; index < count; index += 1) {
      new Thing(`thing-${index}`, index);
    }
    return Promise.resolve({});
  };
}

async function main([verb = "", count = "", folder = ""]: readonly string[]): Promise<void> {
  if (!VERBS.includes(verb) || !/^\d+$/.test(count) || folder === "") {
    throw new UserError(`got "${verb} ${count} ${folder}", allowed: ${VERBS.join("|")} <count> <folder>`, 2);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: floor\nruntime: nodejs\n");
  writeFileSync(path.join(folder, `Pulumi.${STACK}.yaml`), "config: {}\n");
  const layout = createLayout({ project: folder, local: path.join(folder, "local") });
  prepareLayout(layout, STACK);
  const { command } = await findEngine({
    root: REPOSITORY_ROOT,
    local: path.join(REPOSITORY_ROOT, ".local"),
    environment: process.env,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const summary = await runSession({
    ...{ verb: verb as Verb, layout, stack: STACK, command, policyPacks: [] },
    serveLanguage: () => serveProgram(trivialProgram(Number(count))),
    progress: { step: () => undefined, note: (line) => process.stderr.write(`${line}\n`) },
    openClouds: async () => {
      const provider = await serveProvider(TRIVIAL);
      return {
        serve: () => Promise.resolve([provider]),
        locate: () => undefined,
        objects: () => [],
        url: () => Promise.resolve(undefined),
        close: () => provider.close(),
      };
    },
  });
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  process.exitCode = summary.ok ? 0 : 1;
}

keepStackTracesUnmapped();
void main(process.argv.slice(2));
