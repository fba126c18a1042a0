import type { Logger } from "pino";
import { collectDefaultMetrics } from "prom-client";
import { createAccessLog } from "./accessLog";
import { buildApp } from "./app";
import { type Config, loadConfig } from "./config";
import type { DataSettings } from "./data/dataTier";
import type { ItemStore } from "./data/items";
import { ConfigError } from "./environment";
import { createHealthServer } from "./healthServer";
import { createHttpServer } from "./httpServer";
import { Lifecycle } from "./lifecycle";
import { createLogLevelToggle } from "./logLevel";
import { countDroppedLines, createLogger, LogDestination } from "./logging";
import { Metrics } from "./metrics";
import { headersFor } from "./respond";
import { createShutdown } from "./shutdown";

async function start(config: Config): Promise<void> {
  // Where it is a pipe, as in a container, Node.js does not wait for its reader, and keeps what that has not taken.
  const destination = new LogDestination(process.stdout);
  const logger = createLogger(config, destination);
  destination.onResume = (dropped) => {
    logger.warn({ dropped }, "log lines dropped, nobody read them");
  };
  const exit = (code: number): void => {
    destination.flush(() => {
      process.exit(code);
    });
  };
  const die = (error: unknown): void => {
    logger.fatal({ err: error }, "the API cannot go on");
    exit(1);
  };
  process.on("uncaughtException", die);
  process.on("unhandledRejection", die);
  // Node.js would write them as text between the lines.
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    logger.warn({ err: warning }, "warning of Node.js");
  });

  const lifecycle = new Lifecycle();
  const metrics = new Metrics({ version: config.version, commit: config.commit, lifecycle });
  collectDefaultMetrics({ register: metrics.registry });
  countDroppedLines(metrics.registry, destination);
  const accessLog = createAccessLog(logger, config.version, destination);
  const items = config.data === undefined ? undefined : await openData(config.data, logger);
  const { admission, healthPort } = config;
  const around = { config, accessLog, metrics, lifecycle, items };
  const served = { logger, lifecycle, metrics, headers: headersFor(config) };
  const app = buildApp({ ...around, audience: healthPort === undefined ? "everyone" : "clients" });
  const { server, connections } = createHttpServer({ ...served, app, admission });

  const stop = createShutdown({
    server,
    connections,
    lifecycle,
    logger,
    delayMs: config.shutdownDelayMs,
    timeoutMs: config.shutdownTimeoutMs,
    exit,
  });
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGUSR2", createLogLevelToggle(logger, config.logLevel));

  if (healthPort !== undefined) {
    const operations = buildApp({ ...around, audience: "operators" });
    createHealthServer({ ...served, app: operations })
      .once("error", die)
      .listen(healthPort, config.host);
  }
  server.once("error", die);
  server.listen(config.port, config.host, () => {
    lifecycle.markReady();
    logger.info({ address: server.address(), commit: config.commit, node: process.version }, "listening");
  });
}

/** The drivers of the databases are only loaded where there are databases: PostgreSQL's takes 7 MB, Redis's 27. */
async function openData(settings: DataSettings, logger: Logger): Promise<ItemStore> {
  const { openDataTier } = await import("./data/dataTier.js");
  return openDataTier(settings, logger);
}

try {
  void start(loadConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
