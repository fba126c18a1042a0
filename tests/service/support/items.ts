import { DependencyUnavailable } from "../../../service/src/data/breaker";
import type { Item, ItemStore } from "../../../service/src/data/items";

/** A data tier in memory, which can be full or out of reach. */
export class MemoryItems implements ItemStore {
  full = false;
  down = false;
  readonly #items: Item[] = [];

  list(limit: number, after: number): Promise<readonly Item[]> {
    return this.#reach(() => this.#items.filter(({ id }) => id > after).slice(0, limit));
  }

  get(id: number): Promise<Item | undefined> {
    return this.#reach(() => this.#items.find((item) => item.id === id));
  }

  create(name: string): Promise<Item | undefined> {
    return this.#reach(() => {
      if (this.full) return undefined;
      const item = { id: (this.#items.at(-1)?.id ?? 0) + 1, name, createdAt: new Date().toISOString() };
      this.#items.push(item);
      return item;
    });
  }

  delete(id: number): Promise<boolean> {
    return this.#reach(() => {
      const index = this.#items.findIndex((item) => item.id === id);
      if (index >= 0) this.#items.splice(index, 1);
      return index >= 0;
    });
  }

  health(): ReturnType<ItemStore["health"]> {
    return Promise.resolve([{ name: "postgresql", status: this.down ? "down" : "up", latencyMs: 0.5 }]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #reach<T>(answer: () => T): Promise<T> {
    if (this.down)
      return Promise.reject(new DependencyUnavailable("postgresql", 3, new Error("the secret cause")));
    return Promise.resolve(answer());
  }
}
