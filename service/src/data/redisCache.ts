import { createClient } from "@redis/client";
import type { Logger } from "pino";
import { type EntraTokens, objectIdOf, RENEW_BEFORE_MS } from "./entraTokens";
import type { Item } from "./items";

export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const SCOPE = "https://redis.azure.com/.default";
/** How long an item that was deleted while the cache was out of reach may still be seen. */
const TTL_SECONDS = 60;
const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2000;
const RECONNECT_MS = 2000;
const LOG_INTERVAL_MS = 60_000;

/** What is used of the client. Its own type spells out all commands of Redis, which takes the compiler minutes. */
interface Client {
  readonly isReady: boolean;
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  get(key: string): Promise<string | null>;
  setEx(key: string, seconds: number, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  ping(): Promise<unknown>;
}

interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

interface Listener {
  readonly onNext: (next: BasicAuth) => void;
  readonly onError: (error: Error) => void;
}

/** Signs in as the pod's identity, and again before each token expires. */
function credentials(tokens: EntraTokens) {
  return {
    type: "streaming-credentials-provider" as const,
    onReAuthenticationError: () => undefined,
    subscribe: async (listener: Listener): Promise<[BasicAuth, { dispose: () => void }]> => {
      let timer: NodeJS.Timeout | undefined;
      const next = async (): Promise<BasicAuth> => {
        const token = await tokens.get(SCOPE);
        // A minute into the time in which the cache of tokens renews; and at once again where that failed.
        const dueMs = Math.max(token.expiresAt - Date.now() - RENEW_BEFORE_MS + 60_000, 30_000);
        timer = setTimeout(() => {
          next().then(listener.onNext, (error: unknown) => {
            listener.onError(error instanceof Error ? error : new Error(String(error)));
          });
        }, dueMs).unref();
        return { username: objectIdOf(token), password: token.text };
      };
      const first = await next();
      return [
        first,
        {
          dispose: () => {
            clearTimeout(timer);
          },
        },
      ];
    },
  };
}

/** A cache of single items. It is never waited for long, and without it the database answers everything. */
export class RedisCache {
  private constructor(
    private readonly client: Client,
    private readonly logger: Logger,
  ) {}

  /** Connects in the background, and again whenever the connection is lost. */
  static open(
    { host, port, tls }: RedisSettings,
    tokens: EntraTokens | undefined,
    logger: Logger,
  ): RedisCache {
    const client: Client = createClient({
      socket: {
        ...{ host, port },
        ...(tls ? { tls: true, servername: host } : {}),
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectStrategy: RECONNECT_MS,
      },
      // What cannot be sent now is not worth waiting for.
      disableOfflineQueue: true,
      commandsQueueMaxLength: 1000,
      pingInterval: 60_000,
      ...(tokens === undefined ? {} : { credentialsProvider: credentials(tokens) }),
    });
    const cache = new RedisCache(client, logger);
    let loggedAt = -Infinity;
    client.on("error", (error: unknown) => {
      if (performance.now() - loggedAt < LOG_INTERVAL_MS) return;
      loggedAt = performance.now();
      logger.warn({ err: error }, "redis is out of reach, serving without a cache");
    });
    cache.#connect();
    return cache;
  }

  async get(id: number): Promise<Item | undefined> {
    const text = await this.#attempt((client) => client.get(keyOf(id)));
    return text === undefined || text === null ? undefined : (JSON.parse(text) as Item);
  }

  async set(item: Item): Promise<void> {
    await this.#attempt((client) => client.setEx(keyOf(item.id), TTL_SECONDS, JSON.stringify(item)));
  }

  async delete(id: number): Promise<void> {
    await this.#attempt((client) => client.del(keyOf(id)));
  }

  /** @throws when the cache does not answer */
  async ping(): Promise<void> {
    await within(this.client.ping());
  }

  close(): void {
    this.client.destroy();
  }

  /** The first connection is not retried by the client when signing in fails: Entra ID may be slower than the pod. */
  #connect(): void {
    this.client.connect().catch((error: unknown) => {
      this.logger.warn({ err: error }, "redis cannot be connected, trying again");
      setTimeout(() => {
        this.#connect();
      }, RECONNECT_MS).unref();
    });
  }

  async #attempt<T>(command: (client: Client) => Promise<T>): Promise<T | undefined> {
    if (!this.client.isReady) return undefined;
    try {
      return await within(command(this.client));
    } catch {
      return undefined;
    }
  }
}

function keyOf(id: number): string {
  return `item:${id}`;
}

/** @throws when the reply takes too long */
async function within<T>(reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`redis did not answer within ${COMMAND_TIMEOUT_MS} ms`));
    }, COMMAND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([reply, late]);
  } finally {
    clearTimeout(timer);
  }
}
