import type { Lifecycle } from "../lifecycle";
import { json, object, refusal } from "../openapi/schemas";
import type { Operation } from "../openapi/types";
import { respondJson, respondProblem } from "../respond";
import type { Route } from "./routes";

function probe(operationId: string, summary: string): Operation {
  return {
    operationId,
    summary,
    tags: ["operations"],
    responses: { 200: json("Yes.", object({ status: { const: "ok" } })) },
  };
}

/**
 * Liveness (`/healthz`, and `/health` for those who look there) and readiness (`/readyz`).
 *
 * Liveness stays green while the process drains: a kubelet that restarted it then would cut requests off.
 */
export function healthRoutes(lifecycle: Lifecycle): readonly Route[] {
  const live: Route["get"] = (_request, response) => {
    respondJson(response, 200, { status: "ok" });
  };
  const ready = probe("isReady", "Whether the process takes requests.");
  return [
    { path: "/health", operations: { get: probe("isHealthy", "Whether the process is alive.") }, get: live },
    { path: "/healthz", operations: { get: probe("isAlive", "Whether the process is alive.") }, get: live },
    {
      path: "/readyz",
      operations: { get: { ...ready, responses: { ...ready.responses, 503: refusal("NotReady") } } },
      get: (_request, response) => {
        if (lifecycle.phase === "ready") {
          respondJson(response, 200, { status: "ok" });
          return;
        }
        respondProblem(response, 503, `The API is ${lifecycle.phase}.`);
      },
    },
  ];
}
