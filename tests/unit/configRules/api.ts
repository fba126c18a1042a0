import type { Row } from "./row";

/** How the API's versions take each other's place. */
export const apiRows: Readonly<Record<string, Row>> = {
  "a canary of fewer pods than its first step needs": {
    change: { api: { replicas: 4, rollout: { strategy: "canary" } } },
    path: "api.rollout.strategy",
    names: ["canary with api.replicas 4", "at least 10", "25 %"],
    mend: { api: { replicas: 10 } },
  },
  "a canary that its autoscaler may make too small": {
    stack: "prod",
    change: { api: { rollout: { strategy: "canary" } } },
    path: "api.rollout.strategy",
    names: ["canary with api.autoscaling.minReplicas", "blueGreen"],
    mend: { api: { rollout: { strategy: "blueGreen" } } },
  },
};
