/** The agent's control channel: HTTP on the loopback interface, for those who can read the agent's token. */
import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Agent } from "./agent";
import type { ServiceSpec, WorkloadSpec } from "./protocol";
import { LOOPBACK } from "./ports";

/** What each path does with the body of the request. */
type Routes = Readonly<Record<string, (body: never) => unknown>>;

function routesOf(agent: Agent, shutdown: () => void): Routes {
  return {
    "/status": () => agent.status(),
    "/workloads/apply": (spec: WorkloadSpec) => agent.applyWorkload(spec),
    "/workloads/status": ({ key }: { key: string }) => agent.workloadStatus(key) ?? null,
    "/workloads/remove": ({ key }: { key: string }) => agent.removeWorkload(key),
    "/pods/delete": ({ name }: { name: string }) => {
      agent.deletePod(name);
    },
    "/services/expose": (spec: ServiceSpec) => agent.exposeService(spec),
    "/services/remove": ({ key }: { key: string }) => agent.removeService(key),
    "/retain": ({ keys }: { keys: string[] }) => agent.retain(new Set(keys)),
    "/front": ({ port }: { port: number }) => agent.moveFront(port),
    "/shutdown": async () => {
      await agent.stop(true);
      shutdown();
    },
  };
}

/**
 * Serves on a free port.
 *
 * @param ready commands wait for it: an agent that is still taking up what was left would answer, and note, half of it
 */
export function serveControl(
  agent: Agent,
  token: string,
  shutdown: () => void,
  ready: Promise<unknown>,
): Promise<[Server, number]> {
  const routes = routesOf(agent, shutdown);
  const server = createServer((request, response) => {
    void ready.then(() => answer(request, response, routes, token));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve([server, address.port]);
      else reject(new Error("The agent's control channel has no port"));
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  token: string,
): Promise<void> {
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body ?? null));
  };
  const route = Object.hasOwn(routes, request.url ?? "") ? routes[request.url ?? ""] : undefined;
  if (!isAuthorized(request, token)) reply(401, { error: "The token is not this agent's" });
  else if (route === undefined || request.method !== "POST") reply(404, { error: "No such command" });
  else {
    try {
      const text = await readText(request);
      reply(200, await route((text === "" ? {} : JSON.parse(text)) as never));
    } catch (error) {
      reply(422, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += chunk as string;
  return text;
}
