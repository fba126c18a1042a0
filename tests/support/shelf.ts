/** The smallest emulated cloud: a shelf of named items, for tests of the driver itself. */
import { CustomResource, type CustomResourceOptions, type Input } from "@pulumi/pulumi";

import { diffInputs } from "../../local/provider/diff";
import type { JsonObject, ProviderBackend } from "../../local/provider/backend";
import { ProviderError } from "../../local/provider/backend";

export const ITEM_TYPE = "shelf:index:Item";

export class Item extends CustomResource {
  public constructor(name: string, inputs: Record<string, Input<unknown>>, opts?: CustomResourceOptions) {
    super(ITEM_TYPE, name, inputs, opts);
  }
}

export interface Shelf extends ProviderBackend {
  readonly items: Map<string, JsonObject>;
}

export interface ShelfOptions {
  readonly items?: Map<string, JsonObject>;
  /** Runs before an item comes to be (and after, with `created`). */
  readonly onCreate?: (name: string, created: boolean) => void | Promise<void>;
}

/** Items are identified by their logical names; an input `refuse: true` makes the shelf refuse one. */
export function createShelf({ items = new Map(), onCreate }: ShelfOptions = {}): Shelf {
  return {
    name: "shelf",
    version: "1.0.0",
    items,
    configure: () => Promise.resolve(),
    check: ({ news }) => Promise.resolve({ inputs: news, failures: [] }),
    diff: ({ oldInputs, newInputs }) =>
      Promise.resolve(diffInputs(oldInputs, newInputs, { replaceOn: [], ignore: [] })),
    create: async ({ name, inputs, preview }) => {
      if (preview) return { id: "", outputs: inputs };
      await onCreate?.(name, false);
      if (inputs["refuse"] === true) throw new ProviderError("Refused", `the shelf refuses ${name}`);
      if (items.has(name)) throw new ProviderError("AlreadyExists", `the shelf holds ${name} already`);
      items.set(name, inputs);
      await onCreate?.(name, true);
      return { id: name, outputs: inputs };
    },
    read: ({ id }) => {
      const item = items.get(id);
      return Promise.resolve(item === undefined ? undefined : { id, outputs: item, inputs: item });
    },
    update: ({ id, newInputs, preview }) => {
      if (!preview) items.set(id, newInputs);
      return Promise.resolve({ id, outputs: newInputs });
    },
    delete: ({ id }) => {
      items.delete(id);
      return Promise.resolve();
    },
    invoke: (token) => Promise.reject(new ProviderError("Unknown", `the shelf has no function ${token}`)),
  };
}
