import type { Config } from "../config";
import type { Metrics } from "../metrics";
import { respond, respondJson } from "../respond";
import type { Route } from "./routes";

/** `GET /version`: which build answers, and in which region where it knows. */
export function versionRoute({
  version,
  commit,
  region,
}: Pick<Config, "version" | "commit"> & Partial<Pick<Config, "region">>): Route {
  const body = { version, commit, node: process.version, region };
  return {
    path: "/version",
    get: (_request, response) => {
      respondJson(response, 200, body);
    },
  };
}

/** `GET /metrics`: the Prometheus exposition of this process. */
export function metricsRoute({ registry }: Metrics): Route {
  return {
    path: "/metrics",

    get: async (_request, response) => {
      respond(response, 200, registry.contentType, await registry.metrics());
    },
  };
}
