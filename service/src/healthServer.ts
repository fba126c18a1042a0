import type { Server } from "node:http";
import { createHttpServer, HTTP_LIMITS, type HttpLimits, type HttpServerArgs } from "./httpServer";

/** A kubelet has one connection at a time, and so has a scraper; some more are refused with an answer. */
const ADMISSION = { maxConnections: 16, maxInFlight: Infinity, maxQueueDelayMs: Infinity };

/** Milliseconds that a request may take to arrive, and a connection be idle. */
const TIMEOUT_MS = 2000;

const LIMITS: HttpLimits = {
  ...HTTP_LIMITS,
  headersTimeout: TIMEOUT_MS,
  requestTimeout: TIMEOUT_MS,
  keepAliveTimeout: TIMEOUT_MS,
  // The deadline of the API's own server is for the responses of both.
  responseTimeout: Infinity,
};

/**
 * A second HTTP server for what machines and operators ask; it does not listen yet. A flood of connections to the API's own
 * port keeps no probe out of this one: the kubelet would end pods that are only busy, and leave fewer to the flood.
 */
export function createHealthServer(args: Omit<HttpServerArgs, "admission" | "limits">): Server {
  return createHttpServer({ ...args, admission: ADMISSION, limits: LIMITS }).server;
}
