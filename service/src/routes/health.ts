import type { Lifecycle } from "../lifecycle";
import { respondJson, respondProblem } from "../respond";
import type { Route } from "./routes";

/**
 * Liveness (`/healthz`, and `/health` for those who look there) and readiness (`/readyz`).
 *
 * Liveness stays green while the process drains: a kubelet that restarted it then would cut requests off.
 */
export function healthRoutes(lifecycle: Lifecycle): readonly Route[] {
  const live: Route["get"] = (_request, response) => {
    respondJson(response, 200, { status: "ok" });
  };
  return [
    { path: "/health", get: live },
    { path: "/healthz", get: live },
    {
      path: "/readyz",

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
