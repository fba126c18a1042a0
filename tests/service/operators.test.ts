import { Agent } from "node:http";
import { reservePort } from "../support/ports";
import { get, rawAnswer } from "./support/http";
import { buildService, ServerProcess } from "./support/process";

const started: ServerProcess[] = [];
const agent = new Agent();

function start(environment: Record<string, string> = {}): ServerProcess {
  const server = new ServerProcess(environment);
  started.push(server);
  return server;
}

beforeAll(buildService, 60_000);

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.dispose()));
});

test("with a port for operators, clients learn nothing of the inside, and operators what they need", async () => {
  const healthPort = await reservePort();
  const server = start({ HEALTH_PORT: String(healthPort), GIT_SHA: "abc1234" });
  const port = await server.port();
  const inside = ["/metrics", "/version", "/status", "/status.json"];
  for (const path of [
    ...inside,
    ...inside.map((name) => `${name}/`),
    "/METRICS",
    "/Status.json",
    "//metrics",
  ]) {
    expect([path, (await get(port, path, agent)).status]).toEqual([path, 404]);
  }
  for (const path of inside) expect([path, (await get(healthPort, path, agent)).status]).toEqual([path, 200]);
  const paths = async (on: number): Promise<readonly string[]> => {
    const { body } = await get(on, "/openapi.json", agent);
    return Object.keys((JSON.parse(body) as { paths: object }).paths);
  };
  const probes = ["/health", "/healthz", "/readyz", "/openapi.json"];
  expect(await paths(port)).toEqual(["/", "/items", "/items/{id}", "/version/{commit}", ...probes]);
  expect(await paths(healthPort)).toEqual([
    ...probes.slice(0, 3),
    ...["/version", "/metrics"],
    ...inside.slice(2),
    "/openapi.json",
  ]);
  expect((await get(port, "/version/abc1234", agent)).status).toBe(204);
  expect((await get(port, "/version/abc1235", agent)).status).toBe(404);
});

test("a deployment with TLS alone tells clients to stay with it, whatever it answers", async () => {
  const server = start({ STRICT_TRANSPORT_SECURITY: "on" });
  const port = await server.port();
  const header = "strict-transport-security";
  for (const path of ["/", "/nowhere"]) {
    expect((await get(port, path, agent)).headers[header]).toBe("max-age=31536000");
  }
  expect((await rawAnswer(port, "nonsense\r\n\r\n")).headers[header]).toBe("max-age=31536000");
  const plain = start();
  expect((await get(await plain.port(), "/", agent)).headers).not.toHaveProperty(header);
});
