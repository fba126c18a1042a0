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
import { headersFor } from "./respond";
import { greeting } from "./routes/greeting";
import { healthRoutes } from "./routes/health";
import { commitRoute, metricsRoute, versionRoute } from "./routes/operations";
import { itemRoutes } from "./routes/items";
import { openApiRoute } from "./routes/openapi";
import { methodsOf, type Route } from "./routes/routes";
import { statusRoutes } from "./routes/status";

export interface AppArgs {
  readonly config: Pick<Config, "version" | "commit"> &
    Partial<Pick<Config, "region" | "frontDoorId" | "strictTransport">>;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  /**
   * The data tier.
   * @default undefined: the deployment has none
   */
  readonly items?: ItemStore | undefined;
  /**
   * For whom: clients, or machines and operators, who have a port that no entrance leads to.
   * @default "everyone"
   */
  readonly audience?: Audience;
  /**
   * Routes beside the API's own.
   * @default none
   */
  readonly routes?: readonly Route[];
}

export type Audience = "everyone" | "clients" | "operators";

/** Routes of the audience; probes are for both: an entrance asks them too. */
function routesFor({ config, lifecycle, metrics, items, audience = "everyone" }: AppArgs): readonly Route[] {
  const clients = audience === "operators" ? [] : [greeting, ...itemRoutes(items), commitRoute(config)];
  const operators = [
    versionRoute(config),
    metricsRoute(metrics),
    ...statusRoutes({ config, lifecycle, traffic: metrics.traffic, items }),
  ];
  return [...clients, ...healthRoutes(lifecycle), ...(audience === "clients" ? [] : operators)];
}

/** Builds the API. Nothing listens, and no timer or signal handler is set. */
export function buildApp(args: AppArgs): Express {
  const { config, accessLog, metrics, lifecycle, audience, routes = [] } = args;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");

  const described = routesFor(args);
  const all = [...described, openApiRoute(described, config.version), ...routes];
  app.use(observeRequests({ accessLog, metrics, lifecycle, headers: headersFor(config) }));
  if (config.frontDoorId !== undefined && audience !== "operators")
    app.use(requireFrontDoor(config.frontDoorId));
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
