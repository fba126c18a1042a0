/** What a killed engine had begun: kept where it came to be, forgotten where it did not. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { cliEnvironment, runCli } from "./cli";
import { UserError } from "./errors";
import type { Layout } from "./layout";
import type { PendingOperation, StateResource } from "./state";

/** `pulumi stack export`, as far as it is changed here. */
interface Deployment {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly PendingOperation[];
  };
}

export interface Located {
  /** The id under which its provider knows the object. */
  readonly id: string;
  /** How long its creation takes on the real cloud. */
  readonly seconds: number;
}

/** Finds the object that one of a state's resources stands for; undefined where there is none. */
export type Locate = (resource: StateResource, resources: readonly StateResource[]) => Located | undefined;

/**
 * A state without pending operations. An object whose creation had ended in the cloud but not in the state is
 * taken into the state under its id, without outputs: the next operation must refresh. Where its URN is in the
 * state already (it was to replace that resource), it is taken in as to be deleted.
 */
export function settlePending(state: Deployment, locate: Locate): Deployment {
  const { pending_operations: pending = [], resources = [], ...rest } = state.deployment;
  const known = new Set(resources.map(({ urn }) => urn));
  const ids = new Set(resources.map(({ id }) => id));
  const adopted = pending.flatMap(({ type, resource }) => {
    const id = type === "creating" ? locate(resource, resources)?.id : undefined;
    if (id === undefined || ids.has(id)) return [];
    return [{ ...resource, id, outputs: {}, ...(known.has(resource.urn) ? { delete: true } : {}) }];
  });
  return { ...state, deployment: { ...rest, resources: [...resources, ...adopted] } };
}

/** Settles the pending operations of a stack's state, through the CLI's own export and import. */
export async function settleState(
  layout: Layout,
  stack: string,
  command: string,
  locate: Locate,
): Promise<void> {
  const file = path.join(layout.workFolder(stack), "settle.json");
  const call = async (args: readonly string[]): Promise<void> => {
    const folder = layout.workFolder(stack);
    const result = await runCli({ command, args, folder, environment: cliEnvironment(layout, command) });
    if (result.code !== 0) {
      throw new UserError(`the state of "${stack}" could not be repaired: ${result.stderr.trim()}`);
    }
  };
  await call(["stack", "export", "--stack", stack, "--file", file]);
  const state = JSON.parse(readFileSync(file, "utf8")) as Deployment;
  writeFileSync(file, JSON.stringify(settlePending(state, locate)));
  await call(["stack", "import", "--stack", stack, "--file", file]);
  rmSync(file);
}
