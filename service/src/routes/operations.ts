import type { Config } from "../config";
import type { Metrics } from "../metrics";
import { json, object, refusal, TEXT } from "../openapi/schemas";
import { respond, respondEmpty, respondJson, respondProblem } from "../respond";
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

/**
 * `GET /version/{commit}`: whether the build is of that commit. Says to a deployment whether it arrived, and to nobody else
 * what runs.
 */
export function commitRoute({ commit }: Pick<Config, "commit">): Route {
  return {
    path: "/version/:commit",
    operations: {
      get: {
        operationId: "isVersion",
        summary: "Whether the build that answers is of this commit.",
        tags: ["operations"],
        parameters: [
          {
            name: "commit",
            in: "path",
            required: true,
            description: "Full id of the commit.",
            schema: TEXT,
          },
        ],
        responses: { 204: { description: "It is." }, 404: refusal("NotFound") },
      },
    },
    get: (request, response) => {
      if (request.params["commit"] === commit) respondEmpty(response, 204);
      else respondProblem(response, 404, "The build is of another commit.");
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
