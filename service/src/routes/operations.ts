import type { Config } from "../config";
import type { Metrics } from "../metrics";
import { json, object, TEXT } from "../openapi/schemas";
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
    operations: {
      get: {
        operationId: "getVersion",
        summary: "Which build answers, and in which region.",
        tags: ["operations"],
        responses: {
          200: json(
            "The build.",
            object({ version: TEXT, commit: TEXT, node: TEXT, region: TEXT }, ["region"]),
          ),
        },
      },
    },
    get: (_request, response) => {
      respondJson(response, 200, body);
    },
  };
}

/** `GET /metrics`: the Prometheus exposition of this process. */
export function metricsRoute({ registry }: Metrics): Route {
  let pending: Promise<string> | undefined;
  /** Those who ask at the same time get the same exposition: each one costs as much as a hundred greetings. */
  const exposition = (): Promise<string> =>
    (pending ??= registry.metrics().finally(() => {
      pending = undefined;
    }));
  return {
    path: "/metrics",
    operations: {
      get: {
        operationId: "getMetrics",
        summary: "Rate, errors and duration of requests, and figures of the process, for Prometheus.",
        tags: ["operations"],
        responses: {
          200: { description: "The exposition.", content: { "text/plain": { schema: TEXT } } },
        },
      },
    },
    get: async (_request, response) => {
      respond(response, 200, registry.contentType, await exposition());
    },
  };
}
