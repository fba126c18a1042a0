import type { TraceContext } from "../trace";

export interface Item {
  /** From 1; later items have higher ones. */
  readonly id: number;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** Items that can be stored at most: anyone may add some. */
export const MAX_ITEMS = 10_000;

export interface DependencyHealth {
  readonly name: string;
  readonly status: "up" | "down";
  readonly latencyMs: number;
}

/** The data tier. All methods throw `DependencyUnavailable` where the database does not answer. */
export interface ItemStore {
  /** At most `limit` items in order of their ids, after the id `after`. */
  list(limit: number, after: number, trace: TraceContext): Promise<readonly Item[]>;
  get(id: number, trace: TraceContext): Promise<Item | undefined>;
  /** Undefined when there are `MAX_ITEMS` already. */
  create(name: string, trace: TraceContext): Promise<Item | undefined>;
  /** False when there was none. */
  delete(id: number, trace: TraceContext): Promise<boolean>;
  /** Asks each dependency; never throws. */
  health(): Promise<readonly DependencyHealth[]>;
  /** Closes the connections. */
  close(): Promise<void>;
}
