import type { EngineEvent } from "@pulumi/pulumi/automation";
import { existsSync } from "node:fs";
import * as path from "node:path";

import type { ServedProvider } from "../provider/server";
import { type CliResult, cliEnvironment, runCli } from "./cli";
import { UserError } from "./errors";
import { serveEvents } from "./events";
import type { LanguageHost } from "./language";
import { type Layout, prepareLayout } from "./layout";
import { installPolicyHost } from "./policyHost";
import { copySettings, projectName } from "./project";
import { stateFile } from "./state";

export type Verb = "up" | "preview" | "refresh" | "destroy";

export interface Operation {
  readonly verb: Verb;
  readonly layout: Layout;
  readonly stack: string;
  /** Absolute path of the Pulumi CLI. */
  readonly command: string;
  /** Serves the program to the engine, in this process (`serveProgram`) or another one. */
  readonly serveLanguage: () => Promise<LanguageHost>;
  readonly providers: readonly Pick<ServedProvider, "name" | "port">[];
  /** Folders of policy packs; they judge `up` and `preview`. */
  readonly policyPacks: readonly string[];
  /** Further options of the verb. */
  readonly options?: readonly string[];
  /** Further variables for the engine. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onInterrupt?: (count: number) => void;
  /** Work that is done in this process while the engine starts in its own. */
  readonly whileStarting?: () => void;
}

/**
 * Runs one operation of the real engine, against providers that are already being served. Two commands at most: the operation, and `stack init` before the first one on a stack.
 */
export async function runOperation(operation: Operation): Promise<CliResult> {
  const { layout, stack, command } = operation;
  const folder = layout.workFolder(stack);
  await initialiseStack(layout, stack, command);
  installPolicyHost(layout);
  const language = await operation.serveLanguage();
  const events = await serveEvents(operation.onEvent);
  try {
    const debug = operation.providers.map(({ name, port }) => `${name}:${port}`).join(",");
    const running = runCli({
      command,
      args: operationArguments(operation, language, events.address),
      folder,
      environment: cliEnvironment(layout, command, {
        ...operation.environment,
        ...(debug === "" ? {} : { PULUMI_DEBUG_PROVIDERS: debug }),
      }),
      ...(operation.onInterrupt ? { onInterrupt: operation.onInterrupt } : {}),
    });
    operation.whileStarting?.();
    return await running;
  } finally {
    language.close();
    events.close();
  }
}

function operationArguments(operation: Operation, language: LanguageHost, events: string): string[] {
  const { verb } = operation;
  const judged = verb === "up" || verb === "preview";
  return [
    verb,
    ...(verb === "preview" ? [] : ["--yes", "--skip-preview"]),
    ...["--stack", operation.stack],
    ...(judged ? operation.policyPacks.flatMap(packArguments) : []),
    ...(operation.options ?? []),
    ...["--suppress-progress", "--skip-plugin-pre-install"],
    ...[`--client=${language.address}`, "--exec-kind", "auto.inline", "--event-log", `tcp://${events}`],
  ];
}

/** A pack, and what it spares where it has a list of that. */
function packArguments(pack: string): string[] {
  const exemptions = path.join(pack, "exemptions.json");
  const spared = existsSync(exemptions) ? ["--policy-pack-config", exemptions] : [];
  return ["--policy-pack", pack, ...spared];
}

/** Prepares the folders and creates the stack if this is its first operation. */
async function initialiseStack(layout: Layout, stack: string, command: string): Promise<void> {
  prepareLayout(layout, stack);
  copySettings(layout, stack);
  if (existsSync(stateFile(layout, projectName(layout), stack))) return;
  const result = await runCli({
    command,
    args: ["stack", "init", stack, "--secrets-provider", "passphrase", "--no-select"],
    folder: layout.workFolder(stack),
    environment: cliEnvironment(layout, command),
  });
  if (result.code !== 0) {
    throw new UserError(
      `the stack "${stack}" could not be created in ${layout.state}:\n${result.stderr.trim()}`,
    );
  }
}
