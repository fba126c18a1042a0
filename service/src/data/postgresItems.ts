import { Pool, type QueryResultRow } from "pg";
import type { Logger } from "pino";
import { traceparent, type TraceContext } from "../trace";
import { Breaker, DependencyUnavailable } from "./breaker";
import type { EntraTokens } from "./entraTokens";
import { type Item, MAX_ITEMS } from "./items";

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Whether the connection is encrypted and the server's certificate checked. */
  readonly tls: boolean;
}

const SCOPE = "https://ossrdbms-aad.database.windows.net/.default";
const MAX_CONNECTIONS = 10;
/** Requests that may wait for a connection; more are refused at once. */
const MAX_WAITING = 200;
const TIMEOUT_MS = 2000;
/** Any number, the same in all processes: only one at a time creates the table. */
const SCHEMA_LOCK = 781_204;

const SCHEMA = `
  BEGIN;
  SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
  CREATE TABLE IF NOT EXISTS items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  COMMIT`;

interface ItemRow extends QueryResultRow {
  /** A bigint, which the driver gives as text. */
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
}

function toItem({ id, name, created_at: createdAt }: ItemRow): Item {
  return { id: Number(id), name, createdAt: createdAt.toISOString() };
}

/** The items in PostgreSQL. Connections are opened when needed, each with a token that is valid then. */
export class PostgresItems {
  readonly #breaker = new Breaker("postgresql");
  #schema: Promise<unknown> | undefined;

  private constructor(private readonly pool: Pool) {}

  static open(
    { host, port, database, user, tls }: PostgresSettings,
    tokens: EntraTokens | undefined,
    logger: Logger,
  ): PostgresItems {
    const pool = new Pool({
      ...{ host, port, database, user },
      ssl: tls ? { rejectUnauthorized: true } : false,
      ...(tokens === undefined ? {} : { password: async () => (await tokens.get(SCOPE)).text }),
      application_name: "aks-platform-api",
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: TIMEOUT_MS,
      idleTimeoutMillis: 60_000,
      // A connection is as old as its token at most.
      maxLifetimeSeconds: 3600,
      statement_timeout: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS + 500,
    });
    pool.on("error", (error) => {
      // Not the error itself: it holds the driver's client with all its state.
      logger.warn({ reason: String(error) }, "idle connection to postgresql lost");
    });
    return new PostgresItems(pool);
  }

  async list(limit: number, after: number, trace: TraceContext): Promise<readonly Item[]> {
    const sql = "SELECT id, name, created_at FROM items WHERE id > $1 ORDER BY id LIMIT $2";
    return (await this.#query(sql, [after, limit], trace)).map(toItem);
  }

  async get(id: number, trace: TraceContext): Promise<Item | undefined> {
    const rows = await this.#query("SELECT id, name, created_at FROM items WHERE id = $1", [id], trace);
    return rows.map(toItem)[0];
  }

  async create(name: string, trace: TraceContext): Promise<Item | undefined> {
    const sql =
      "INSERT INTO items (name) SELECT $1 WHERE (SELECT count(*) FROM items) < $2 RETURNING id, name, created_at";
    return (await this.#query(sql, [name, MAX_ITEMS], trace)).map(toItem)[0];
  }

  async delete(id: number, trace: TraceContext): Promise<boolean> {
    return (await this.#query("DELETE FROM items WHERE id = $1 RETURNING id", [id], trace)).length > 0;
  }

  async ping(): Promise<void> {
    await this.#breaker.run(() => this.pool.query("SELECT 1"));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** The trace goes with the statement as a comment: https://google.github.io/sqlcommenter/spec */
  async #query(
    sql: string,
    values: readonly (number | string)[],
    trace: TraceContext,
  ): Promise<readonly ItemRow[]> {
    if (this.pool.waitingCount >= MAX_WAITING) {
      throw new DependencyUnavailable("postgresql", 1, new Error(`${MAX_WAITING} requests wait already`));
    }
    return this.#breaker.run(async () => {
      this.#schema ??= this.pool.query(SCHEMA).catch((error: unknown) => {
        this.#schema = undefined;
        throw error;
      });
      await this.#schema;
      const text = `${sql} /*traceparent='${traceparent(trace)}'*/`;
      return (await this.pool.query<ItemRow>(text, [...values])).rows;
    });
  }
}
