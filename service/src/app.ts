import express, { type Express } from "express";
import type { AccessLog } from "./accessLog";
import type { Config } from "./config";
import type { ItemStore } from "./data/items";
import { requireFrontDoor } from "./frontDoor";
import type { Lifecycle } from "./lifecycle";
import type { Metrics } from "./metrics";
import { observeRequests } from "./observe";
import { readBody } from "./body";
import { handleError, methodNotAllowed, notFound } from "./problem";
import { COMMON_HEADERS } from "./respond";
import { greeting } from "./routes/greeting";
import { healthRoutes } from "./routes/health";
import { metricsRoute, versionRoute } from "./routes/operations";
import { itemRoutes } from "./routes/items";
import { openApiRoute } from "./routes/openapi";
import { methodsOf, type Route } from "./routes/routes";
import { statusRoutes } from "./routes/status";

export interface AppArgs {
  readonly config: Pick<Config, "version" | "commit"> & Partial<Pick<Config, "region" | "frontDoorId">>;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /**
   * The data tier.
   * @default undefined: the deployment has none
   */
  readonly items?: ItemStore | undefined;
  /**
   * Routes beside the API's own.
   * @default none
   */
  readonly routes?: readonly Route[];
}

/** Builds the API. Nothing listens, and no timer or signal handler is set. */
export function buildApp({ config, accessLog, metrics, lifecycle, items, routes = [] }: AppArgs): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");

  const described = [
    greeting,
    ...itemRoutes(items),
    ...healthRoutes(lifecycle),
    versionRoute(config),
    metricsRoute(metrics),
    ...statusRoutes({ config, lifecycle, traffic: metrics.traffic, items }),
  ];
  const all = [...described, openApiRoute(described, config.version), ...routes];
  app.use(observeRequests({ accessLog, metrics, lifecycle, headers: COMMON_HEADERS }));
  if (config.frontDoorId !== undefined) app.use(requireFrontDoor(config.frontDoorId));
  const body = readBody(lifecycle, metrics);
  for (const route of all) {
    const resource = app.route(route.path);
    if (route.get !== undefined) resource.get(route.get);
    if (route.post !== undefined) resource.post(...body, route.post);
    if (route.delete !== undefined) resource.delete(route.delete);
    resource.all(methodNotAllowed(methodsOf(route)));
  }
  app.use(notFound);
  app.use(handleError);
  return app;
}
