/** How an update of a Rollout knows that the controller is done with it. */
import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

/** Seconds from 1970 to 2000: no pod is as old. */
const SECONDS_BEFORE_CONTAINERS = 946_684_800;

/**
 * A time in the past that stands for this very spec. The controller copies `restartAt` to its status once it has worked on
 * the spec, and restarts no pod, because none is that old. Nothing else in the status tells whose state it is: the
 * `observedGeneration` of a Rollout is text, which pulumi-kubernetes does not compare, so that it would take the old
 * version's "Healthy" for the new one's (argo-rollouts, rollout/restart.go; pulumi-kubernetes, await/condition/jsonpath.go).
 */
export function fingerprint(spec: Readonly<Record<string, pulumi.Input<unknown>>>): pulumi.Output<string> {
  return pulumi.all(spec).apply((known) => {
    const digest = createHash("sha256").update(JSON.stringify(known)).digest();
    const seconds = digest.readUInt32BE() % SECONDS_BEFORE_CONTAINERS;
    return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  });
}

/** What the update waits for, as pulumi-kubernetes reads it: all of it. */
export function awaited(seen: pulumi.Output<string>): Record<string, pulumi.Input<string>> {
  return {
    "pulumi.com/waitFor": seen.apply((time) =>
      JSON.stringify([`jsonpath={.status.restartedAt}=${time}`, "jsonpath={.status.phase}=Healthy"]),
    ),
  };
}
