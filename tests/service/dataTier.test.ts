import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import pino from "pino";
import { Breaker, DependencyUnavailable } from "../../service/src/data/breaker";
import { type DataSettings, openDataTier } from "../../service/src/data/dataTier";
import { EntraTokens } from "../../service/src/data/entraTokens";
import type { ItemStore } from "../../service/src/data/items";
import { continueTrace, traceparent } from "../../service/src/trace";
import { eventually } from "./support/api";
import { DatabaseProcess, postgresPrograms, redisProgram } from "./support/databases";

const OBJECT_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const TRACE = continueTrace(undefined);
const encoded = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString("base64url");
/** Shaped as Entra ID's tokens; the databases of the tests know it as the password. */
const TOKEN = `${encoded({ alg: "none" })}.${encoded({ oid: OBJECT_ID })}.signature`;

const programs = postgresPrograms();
const redisServer = redisProgram();

/** Entra ID's token endpoint, which says what was asked of it. */
class TokenEndpoint {
  readonly requests: URLSearchParams[] = [];
  lifetimeSeconds = 3600;
  failing = false;
  readonly #server: Server;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "token-"));

  constructor() {
    writeFileSync(path.join(this.#folder, "token"), "service-account-token\n");
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        this.requests.push(new URLSearchParams(body));
        const token = { access_token: TOKEN, expires_in: this.lifetimeSeconds, token_type: "Bearer" };
        response.writeHead(this.failing || request.url !== "/tenant-1/oauth2/v2.0/token" ? 401 : 200);
        response.end(JSON.stringify(this.failing ? { error: "invalid_client" } : token));
      });
    });
  }

  async start(): Promise<NonNullable<DataSettings["identity"]>> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return {
      tokenFile: path.join(this.#folder, "token"),
      clientId: "client-1",
      tenantId: "tenant-1",
      authorityHost: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`,
    };
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe("tokens of the workload identity", () => {
  const endpoint = new TokenEndpoint();
  let tokens: EntraTokens;

  beforeAll(async () => {
    tokens = new EntraTokens(await endpoint.start());
  });
  afterAll(() => {
    endpoint.stop();
  });

  test("the service account's token is exchanged once for all that ask", async () => {
    const got = await Promise.all([tokens.get("scope-a"), tokens.get("scope-a"), tokens.get("scope-a")]);
    expect(new Set(got.map(({ text }) => text))).toEqual(new Set([TOKEN]));
    await tokens.get("scope-a");
    expect(endpoint.requests.map((sent) => Object.fromEntries(sent))).toEqual([
      {
        grant_type: "client_credentials",
        client_id: "client-1",
        scope: "scope-a",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: "service-account-token",
      },
    ]);
  });

  test("a token is renewed before it expires, and used on while that fails", async () => {
    endpoint.lifetimeSeconds = 100;
    const before = endpoint.requests.length;
    await tokens.get("scope-b");
    await tokens.get("scope-b");
    expect(endpoint.requests).toHaveLength(before + 2);
    endpoint.failing = true;
    expect((await tokens.get("scope-b")).text).toBe(TOKEN);
    await expect(tokens.get("scope-c")).rejects.toThrow(
      "Entra ID gave no token for scope-c: got 401 invalid_client.",
    );
  });
});

describe("the circuit breaker", () => {
  const failing = (): Promise<never> => Promise.reject(new Error("down"));

  test("opens after five failures in a row, and closes when a trial succeeds", async () => {
    let now = 0;
    const clock = jest.spyOn(performance, "now").mockImplementation(() => now);
    const breaker = new Breaker("postgresql");
    const call = jest.fn(failing);
    for (let count = 0; count < 8; count++) {
      await expect(breaker.run(call)).rejects.toThrow(DependencyUnavailable);
    }
    expect(call).toHaveBeenCalledTimes(5);
    now = 2000;
    await expect(breaker.run(call)).rejects.toMatchObject({ retryAfterSeconds: 3, dependency: "postgresql" });
    now = 5000;
    const trial = breaker.run(() => Promise.resolve("back"));
    await expect(breaker.run(call)).rejects.toThrow(DependencyUnavailable);
    expect(await trial).toBe("back");
    expect(call).toHaveBeenCalledTimes(5);
    await expect(breaker.run(call)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    expect(call).toHaveBeenCalledTimes(6);
    clock.mockRestore();
  });
});

const withServers = programs === undefined || redisServer === undefined ? describe.skip : describe;
withServers(
  "with PostgreSQL and Redis (skipped where they are not installed: apt-get install postgresql redis-server)",
  () => {
    const endpoint = new TokenEndpoint();
    let postgres: DatabaseProcess;
    let redis: DatabaseProcess;
    let items: ItemStore;
    let log = "";
    const logger = pino({}, { write: (line) => (log += line) });

    let identity: NonNullable<DataSettings["identity"]>;

    beforeAll(async () => {
      identity = await endpoint.start();
      postgres = await DatabaseProcess.postgres(programs ?? "", TOKEN);
      redis = await DatabaseProcess.redis(redisServer ?? "", OBJECT_ID, TOKEN);
      items = openDataTier(
        {
          postgresql: { host: "127.0.0.1", port: postgres.port, database: "items", user: "api", tls: false },
          redis: { host: "127.0.0.1", port: redis.port, tls: false },
          identity,
        },
        logger,
      );
    }, 120_000);

    afterAll(async () => {
      await (items as ItemStore | undefined)?.close();
      for (const server of [postgres, redis] as (DatabaseProcess | undefined)[]) await server?.dispose();
      endpoint.stop();
    });

    const statements = (): number => postgres.log.split("FROM items WHERE id = $1").length - 1;
    const cacheIsUp = (): Promise<void> =>
      eventually("redis", () => true).then(async () => {
        const end = Date.now() + 20_000;
        while (!(await items.health()).every(({ status }) => status === "up")) {
          if (Date.now() > end) throw new Error("the dependencies are not up");
        }
      });

    test("items are stored, found, listed by pages and deleted, signed in by tokens", async () => {
      await cacheIsUp();
      const [first, second] = [await items.create("first", TRACE), await items.create("it's ✓", TRACE)];
      expect([first?.id, second?.id]).toEqual([1, 2]);
      expect(await items.get(2, TRACE)).toEqual(second);
      expect(await items.list(1, 0, TRACE)).toEqual([first]);
      expect(await items.list(10, 1, TRACE)).toEqual([second]);
      expect(await items.delete(1, TRACE)).toBe(true);
      expect(await items.delete(1, TRACE)).toBe(false);
      expect(await items.get(1, TRACE)).toBeUndefined();
      expect(postgres.log).toContain(`/*traceparent='${traceparent(TRACE)}'*/`);
      expect(endpoint.requests.map((sent) => sent.get("scope")).sort()).toEqual([
        "https://ossrdbms-aad.database.windows.net/.default",
        "https://redis.azure.com/.default",
      ]);
    });

    test("a single item is read from the database once, and from the cache then, until it is deleted", async () => {
      await cacheIsUp();
      const item = await items.create("cached", TRACE);
      const id = item?.id ?? 0;
      await items.get(id, TRACE);
      const asked = statements();
      expect(await items.get(id, TRACE)).toEqual(item);
      expect(statements()).toBe(asked);
      await items.delete(id, TRACE);
      expect(await items.get(id, TRACE)).toBeUndefined();
    });

    test("without the cache the database answers; without the database there is a refusal in time, and both come back", async () => {
      const item = await items.create("durable", TRACE);
      await redis.kill();
      expect(await items.get(item?.id ?? 0, TRACE)).toEqual(item);
      expect(await items.health()).toMatchObject([{ status: "up" }, { name: "redis", status: "down" }]);

      await postgres.kill();
      const since = performance.now();
      await expect(items.list(1, 0, TRACE)).rejects.toThrow(DependencyUnavailable);
      expect(performance.now() - since).toBeLessThan(10_000);
      expect(await items.health()).toMatchObject([
        { name: "postgresql", status: "down" },
        { status: "down" },
      ]);

      await postgres.start("ready to accept connections");
      await redis.start("Ready to accept connections");
      await cacheIsUp();
      expect(await items.get(item?.id ?? 0, TRACE)).toEqual(item);
      expect(log).not.toContain(TOKEN);
    }, 90_000);

    test("a Redis that refuses the token is said to be down, and the log does not show the token", async () => {
      const other = await DatabaseProcess.redis(redisServer ?? "", OBJECT_ID, "another password");
      log = "";
      const store = openDataTier(
        {
          postgresql: { host: "127.0.0.1", port: postgres.port, database: "items", user: "api", tls: false },
          redis: { host: "127.0.0.1", port: other.port, tls: false },
          identity,
        },
        logger,
      );
      await eventually("the line", () => (log.includes("WRONGPASS") ? true : undefined));
      expect(await store.health()).toMatchObject([{ status: "up" }, { name: "redis", status: "down" }]);
      expect(log).not.toContain(TOKEN);
      await store.close();
      await other.dispose();
    });
  },
);
