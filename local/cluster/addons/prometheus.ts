import type { StandIn } from "./charts";

/** The server, with the configuration, the rights and the resources that the chart gives it. */
export const prometheus: StandIn = {
  program: "prometheus",
  objects: (_layout, rendered) => rendered,
  container: { readinessProbe: { httpGet: { path: "/-/ready", port: 9090 }, periodSeconds: 2 } },
};
