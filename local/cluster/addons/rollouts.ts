import { readDefinitions } from "../definitions";
import type { StandIn } from "./charts";

/**
 * The controller (v1.8.3, the newest that is a Go module's version without a fork), with the definitions of its own version.
 * It is ready once it serves its metrics, as in the project's own manifests.
 */
export const rollouts: StandIn = {
  program: "rollouts-controller",
  objects: (layout, rendered) => [
    ...readDefinitions(layout, "rollouts"),
    ...rendered.filter(({ kind }) => kind !== "CustomResourceDefinition"),
  ],
  container: { readinessProbe: { httpGet: { path: "/metrics", port: 8090 }, periodSeconds: 2 } },
};
