/** Runs the driver's session on the shelf of shelf.ts in a home of its own. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";

import type { HeldVaultName } from "../../local/azure/softDelete";
import { adopting } from "../../local/driver/adopt";
import { type Layout, createLayout } from "../../local/driver/layout";
import { type Program, serveProgram } from "../../local/driver/language";
import type { Verb } from "../../local/driver/operation";
import { runSession } from "../../local/driver/session";
import { STALL_SECONDS } from "../../local/driver/stall";
import { type StackState, nameOf, readState } from "../../local/driver/state";
import type { Summary } from "../../local/driver/summary";
import { type ServedProvider, serveProvider } from "../../local/provider/server";
import { createHome, engineCommand } from "./engine";
import { type Shelf, type ShelfOptions, createShelf } from "./shelf";

/** How long an item takes on the cloud that the shelf stands for. */
export const ITEM_SECONDS = 90;

export interface SessionBench {
  readonly layout: Layout;
  /** Lines that the session said to the user. */
  readonly notes: string[];
  state(): StackState | undefined;
  run(verb: Verb, program: Program, policyPacks?: readonly string[]): Promise<Summary>;
  /** Names of the items on the shelf. */
  items(): string[];
}

/** Sessions on the stack `dev` of a project `test`; the shelf outlives them, as a cloud does. */
export async function withSessions(
  {
    heldNames = [],
    stallSeconds = STALL_SECONDS,
    ...options
  }: Omit<ShelfOptions, "items"> & {
    readonly heldNames?: readonly HeldVaultName[];
    readonly stallSeconds?: number;
  },
  test: (bench: SessionBench) => Promise<void>,
): Promise<void> {
  const home = createHome();
  const notes: string[] = [];
  const items: Shelf["items"] = new Map();
  const kept = new Set<string>();
  try {
    writeFileSync(path.join(home.folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    writeFileSync(path.join(home.folder, "Pulumi.dev.yaml"), "config: {}\n");
    const layout = createLayout({ project: home.folder, local: path.join(home.folder, "local") });
    const command = await engineCommand();
    const openClouds = () => {
      const shelf = createShelf({ ...options, items });
      const located = (name: string) => (items.has(name) ? { id: name, seconds: ITEM_SECONDS } : undefined);
      let served: ServedProvider | undefined;
      return Promise.resolve({
        serve: async (adopt: boolean) => {
          const backend = adopt
            ? adopting(
                shelf,
                ({ name }) => located(name),
                () => undefined,
              )
            : shelf;
          served = await serveProvider(backend);
          return [served];
        },
        objects: () => [...items.keys()].filter((id) => !kept.has(id)).map((id) => ({ id, cloud: "shelf" })),
        keep: (ids: readonly string[]) => {
          const there = ids.filter((id) => items.has(id));
          for (const id of there) kept.add(id);
          return there;
        },
        heldNames: () => heldNames,
        locate: ({ urn }: { readonly urn: string }) => located(nameOf(urn)),
        url: () => Promise.resolve(undefined),
        close: async () => served?.close(),
      });
    };
    await test({
      layout,
      notes,
      items: () => [...items.keys()].sort(),
      state: () => readState(layout, "test", "dev"),
      run: (verb, program, policyPacks = []) =>
        runSession({
          ...{ verb, layout, stack: "dev", command, policyPacks, openClouds },
          serveLanguage: (activity) => serveProgram(program, activity, stallSeconds),
          progress: { step: () => undefined, note: (line) => notes.push(line) },
        }),
    });
  } finally {
    home.remove();
  }
}
