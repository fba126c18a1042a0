import { once } from "node:events";
import type { AddressInfo } from "node:net";
import request from "supertest";
import { createHttpServer, HTTP_LIMITS } from "../../service/src/httpServer";
import type { OpenApiDocument } from "../../service/src/openapi/types";
import { loadConfig } from "../../service/src/config";
import { MACHINE_PATHS } from "../../service/src/routes/routes";
import { Contract, faultsOf } from "../../service/tools/contract";
import { buildTestApi, COMMIT, type TestApi, type TestApiArgs } from "./support/api";
import { MemoryItems } from "./support/items";
import { rawAnswer } from "./support/http";

const FRONT_DOOR = "0a1b2c3d-0000-4000-8000-00000000abcd";

async function documentOf({ app }: TestApi): Promise<OpenApiDocument> {
  return (await request(app).get("/openapi.json")).body as OpenApiDocument;
}

/** A path of the document as a client calls it. */
const called = (path: string): string => path.replace("{id}", "1").replace("{commit}", COMMIT);

/** The API on a port, for what only bytes can say; gives the port to `use`. */
async function listening<T>(
  api: TestApi,
  use: (port: number) => Promise<T>,
  { maxInFlight = 1000 } = {},
): Promise<T> {
  const { server } = createHttpServer({
    ...api,
    admission: { ...loadConfig({}).admission, maxInFlight },
    limits: { ...HTTP_LIMITS, headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("the document is valid OpenAPI 3.1", async () => {
  const document = await documentOf(buildTestApi());
  expect(document.openapi).toBe("3.1.1");
  expect(faultsOf(document)).toEqual([]);
  const broken = { ...document, info: { title: 1 } } as unknown as OpenApiDocument;
  expect(faultsOf(broken)).not.toEqual([]);
});

test("every route is in the document, and every path of the document is a route", async () => {
  const api = buildTestApi({ items: new MemoryItems() });
  const { paths } = await documentOf(api);
  interface Layer {
    readonly route?: { readonly path: string };
  }
  const layers = (api.app as unknown as { router: { stack: readonly Layer[] } }).router.stack;
  const routes = layers.flatMap(({ route }) =>
    route === undefined ? [] : [route.path.replace(/:(\w+)/, "{$1}")],
  );
  expect(Object.keys(paths).sort()).toEqual(routes.sort());
  for (const [path, methods] of Object.entries(paths)) {
    const { headers } = await request(api.app).patch(called(path));
    const allowed = String(headers.allow).split(", ");
    expect(allowed.sort()).toEqual(
      Object.keys(methods)
        .map((method) => method.toUpperCase())
        .sort(),
    );
  }
});

test("the API answers what the document promises, and nothing else", async () => {
  const document = await documentOf(buildTestApi());
  const contract = new Contract(document);
  const faults: string[] = [];
  const check = (method: string, path: string, response: request.Response): void => {
    const type = response.headers["content-type"];
    const json = /json/.test(type ?? "") && response.text !== "" && method !== "HEAD";
    const fault = contract.fault({
      method,
      path,
      status: response.status,
      contentType: type,
      body: json ? (JSON.parse(response.text) as unknown) : response.text || undefined,
    });
    if (fault !== undefined) faults.push(fault);
  };
  const send = (api: TestApi, method: string, target: string, body?: string): request.Test => {
    const pending = request(api.app)[method.toLowerCase() as "get"](target);
    return body === undefined ? pending : pending.set("Content-Type", "application/json").send(body);
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const api = (args: TestApiArgs = {}): TestApi => buildTestApi({ items: new MemoryItems(), ...args });

  for (const { method, path } of operations) {
    const body = method === "POST" ? '{"name":"a"}' : undefined;
    const filled = api();
    await send(filled, "POST", "/items", '{"name":"first"}');
    check(method, path, await send(filled, method, called(path), body));
    check(method, path, await send(buildTestApi(), method, called(path), body));
    const guarded = api({ settings: { frontDoorId: FRONT_DOOR } });
    check(method, path, await send(guarded, method, called(path), body));
    const draining = api();
    draining.lifecycle.startDraining();
    check(method, path, await send(draining, method, called(path), body));
    // A failure of the server's own, whatever the route does.
    const broken = api();
    jest.spyOn(broken.lifecycle, "requestStarted").mockImplementation(() => {
      throw new Error("the secret cause");
    });
    check(method, path, await send(broken, method, called(path), body));
    for (const raw of [
      `${method} ${called(path)} HTTP/1.1\r\nHost x\r\n\r\n`,
      `${method} ${called(path)} HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(9000)}\r\n\r\n`,
      `${method} ${called(path)} HTTP/1.1\r\nHost: x`,
    ]) {
      const answer = await listening(api(), (port) => rawAnswer(port, raw));
      // Such an answer has its body even for HEAD, for the method was never read.
      check(method, path, {
        ...answer,
        text: method === "HEAD" ? "" : answer.text,
      } as unknown as request.Response);
    }
    if (!MACHINE_PATHS.has(path)) {
      const full = await listening(
        api(),
        (port) =>
          rawAnswer(port, `${method} ${called(path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
        { maxInFlight: 0 },
      );
      check(method, path, full as unknown as request.Response);
    }
  }

  const items = new MemoryItems();
  const full = api({ items });
  check("GET", "/version/{commit}", await send(full, "GET", "/version/another"));
  check("HEAD", "/version/{commit}", await send(full, "HEAD", "/version/another"));
  check("POST", "/items", await send(full, "POST", "/items", "{}"));
  check("POST", "/items", await send(full, "POST", "/items", JSON.stringify({ name: "x".repeat(20_000) })));
  check("POST", "/items", await request(full.app).post("/items").set("Content-Type", "text/plain").send("a"));
  items.full = true;
  check("POST", "/items", await send(full, "POST", "/items", '{"name":"a"}'));

  expect(faults).toEqual([]);
  expect(contract.seen()).toEqual([...contract.promised()].sort());
}, 120_000);
