import { Redis } from "ioredis";
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
/** A connection on which no reply comes for so long is given up, and with it the commands that wait for theirs. */
const SOCKET_TIMEOUT_MS = 2000;
const RETRY_MS = 5000;
const LOG_INTERVAL_MS = 60_000;

/** A cache of single items. It is never waited for long, and without it the database answers everything. */
export class RedisCache {
  #timer: NodeJS.Timeout | undefined;
  #loggedAt = -Infinity;

  private constructor(
    private readonly client: Redis,
    private readonly tokens: EntraTokens | undefined,
    private readonly logger: Logger,
  ) {
    client.on("error", (error: unknown) => {
      this.#warn(error);
    });
  }

  /** Connects in the background, and again whenever the connection is lost. */
  static open(
    { host, port, tls }: RedisSettings,
    tokens: EntraTokens | undefined,
    logger: Logger,
  ): RedisCache {
    const client = new Redis({
      ...{ host, port },
      ...(tls ? { tls: { servername: host } } : {}),
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      retryStrategy: () => RETRY_MS,
      // What cannot be sent now is not worth waiting for.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
    });
    const cache = new RedisCache(client, tokens, logger);
    void cache.#signIn();
    return cache;
  }

  async get(id: number): Promise<Item | undefined> {
    const text = await this.#attempt((client) => client.get(keyOf(id)));
    return text === undefined || text === null ? undefined : (JSON.parse(text) as Item);
  }

  async set(item: Item): Promise<void> {
    await this.#attempt((client) => client.setex(keyOf(item.id), TTL_SECONDS, JSON.stringify(item)));
  }

  async delete(id: number): Promise<void> {
    await this.#attempt((client) => client.del(keyOf(id)));
  }

  /** @throws when the cache does not answer */
  async ping(): Promise<void> {
    // The client would connect, without having signed in, to send it.
    if (this.client.status !== "ready") throw new Error("redis is not connected");
    await within(this.client.ping());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.client.disconnect();
  }

  /** Signs in as the pod's identity, and again before each token expires. */
  async #signIn(): Promise<void> {
    let dueMs = RETRY_MS;
    try {
      const token = await this.tokens?.get(SCOPE);
      if (token !== undefined) {
        const username = objectIdOf(token);
        // With these the client signs in whenever it connects again.
        Object.assign(this.client.options, { username, password: token.text });
        if (this.client.status === "ready") await this.client.auth(username, token.text);
        // A minute into the time in which the cache of tokens renews; and again in seconds where that failed.
        dueMs = Math.max(token.expiresAt - Date.now() - RENEW_BEFORE_MS + 60_000, RETRY_MS);
      }
      // From then on the client connects again by itself, and says as "error" what fails.
      if (this.client.status === "wait") this.client.connect().catch(() => undefined);
    } catch (error) {
      this.#warn(error);
    }
    if (this.tokens === undefined) return;
    this.#timer = setTimeout(() => void this.#signIn(), dueMs).unref();
  }

  #warn(error: unknown): void {
    if (performance.now() - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = performance.now();
    // Not the error itself: it holds the command that failed, which may be the one with the token.
    this.logger.warn({ reason: String(error) }, "redis is out of reach, serving without a cache");
  }

  async #attempt<T>(command: (client: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.client.status !== "ready") return undefined;
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
