import type { Logger } from "pino";
import { EntraTokens, type WorkloadIdentity } from "./entraTokens";
import type { DependencyHealth, ItemStore } from "./items";
import { PostgresItems, type PostgresSettings } from "./postgresItems";
import { RedisCache, type RedisSettings } from "./redisCache";

/** The parts of the data tier that the deployment has. */
export interface DataSettings {
  readonly postgresql: PostgresSettings;
  /** Undefined: every read goes to the database. */
  readonly redis: RedisSettings | undefined;
  /** Undefined, on a developer's machine: no password is sent. */
  readonly identity: WorkloadIdentity | undefined;
}

/** Items in PostgreSQL, single ones cached in Redis. Nothing is connected before it is used. */
export function openDataTier({ postgresql, redis, identity }: DataSettings, logger: Logger): ItemStore {
  const tokens = identity === undefined ? undefined : new EntraTokens(identity);
  const database = PostgresItems.open(postgresql, tokens, logger);
  const cache = redis === undefined ? undefined : RedisCache.open(redis, tokens, logger);
  return {
    list: (limit, after, trace) => database.list(limit, after, trace),
    get: async (id, trace) => {
      const cached = await cache?.get(id);
      if (cached !== undefined) return cached;
      const item = await database.get(id, trace);
      if (item !== undefined) await cache?.set(item);
      return item;
    },
    create: (name, trace) => database.create(name, trace),
    delete: async (id, trace) => {
      const existed = await database.delete(id, trace);
      await cache?.delete(id);
      return existed;
    },
    health: () =>
      Promise.all([
        healthOf("postgresql", () => database.ping()),
        ...(cache === undefined ? [] : [healthOf("redis", () => cache.ping())]),
      ]),
    close: async () => {
      cache?.close();
      await database.close();
    },
  };
}

async function healthOf(name: string, ping: () => Promise<void>): Promise<DependencyHealth> {
  const since = performance.now();
  const status = await ping().then(
    () => "up" as const,
    () => "down" as const,
  );
  return { name, status, latencyMs: Math.round((performance.now() - since) * 10) / 10 };
}
