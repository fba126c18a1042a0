import { createServer, type Server } from "node:http";
import type { Express } from "express";
import { MACHINE_PATHS } from "./routes/routes";

/** A kubelet has one connection at a time, and so has a scraper. */
const MAX_CONNECTIONS = 16;
/** Milliseconds that a request may take to arrive, and a connection be idle. */
const TIMEOUT_MS = 2000;

/**
 * A second HTTP server for what machines ask; it does not listen yet. A flood of connections to the API's own port keeps
 * no probe out of this one: the kubelet would end pods that are only busy, and leave fewer to the flood.
 */
export function createHealthServer(app: Express): Server {
  const server = createServer(
    { headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, keepAliveTimeout: TIMEOUT_MS },
    (request, response) => {
      if (MACHINE_PATHS.has(request.url ?? "")) app(request, response);
      else response.writeHead(404).end();
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}
