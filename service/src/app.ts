import express, { type Express } from "express";
import type { AccessLog } from "./accessLog";
import type { Config } from "./config";
import { requireFrontDoor } from "./frontDoor";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { observeRequests } from "./observe";
import { handleError, MAX_BODY_BYTES, methodNotAllowed, notFound } from "./problem";
import { greeting } from "./routes/greeting";
import { healthRoutes } from "./routes/health";
import { metricsRoute, versionRoute } from "./routes/operations";
import type { Route } from "./routes/routes";

export interface AppArgs {
  readonly config: Pick<Config, "version" | "commit"> & Partial<Pick<Config, "region" | "frontDoorId">>;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /**
   * Routes beside the API's own.
   * @default none
   */
  readonly routes?: readonly Route[];
}

/** Builds the API. Nothing listens, and no timer or signal handler is set. */
export function buildApp({ config, accessLog, metrics, lifecycle, routes = [] }: AppArgs): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");

  const all = [greeting, ...healthRoutes(lifecycle), versionRoute(config), metricsRoute(metrics), ...routes];
  app.use(observeRequests({ accessLog, metrics, lifecycle }));
  if (config.frontDoorId !== undefined) app.use(requireFrontDoor(config.frontDoorId));
  // No route takes a body, so only requests that are refused anyway pass the parser: it holds them to the limits.
  const parseBody = express.json({ limit: MAX_BODY_BYTES });
  for (const { path, get } of all) {
    app
      .route(path)
      .get(get)
      .all(parseBody, methodNotAllowed(["GET", "HEAD"]));
  }
  app.use(parseBody, notFound);
  app.use(handleError);
  return app;
}
