/** Waits for what a program says that it waits for, in an object of a real cluster. */
import { setTimeout as sleep } from "node:timers/promises";

import { nameOf } from "../api";
import type { ClusterContext, Reconciled } from "../context";
import { statusOf } from "../gateway/objects";
import { unmetConditions } from "../gateway/waitFor";
import type { Kind } from "../kinds";
import { notFound } from "../status";
import type { KubeObject } from "../types";

const POLL_MILLISECONDS = 200;
/** The programs of this repository say how long they wait; the longest of them is not longer. */
const WAIT_SECONDS = 3600;

/** Ends before the time is up where a Rollout was given up: nothing but a new version will make it healthy. */
export async function awaitConditions(
  context: ClusterContext,
  kind: Kind,
  written: KubeObject,
): Promise<Reconciled> {
  const end = Date.now() + WAIT_SECONDS * 1000;
  let object = written;
  for (;;) {
    const problems = unmetConditions(object);
    if (problems.length === 0 || Date.now() > end || wasAborted(object)) return { object, problems };
    await sleep(POLL_MILLISECONDS);
    const live = await context.api.get(nameOf(kind, object));
    if (live === undefined) throw notFound(kind, object.metadata.name);
    object = live;
  }
}

/** Of this very spec: a Rollout says as text which generation its controller has seen. */
function wasAborted(object: KubeObject): boolean {
  const status = statusOf(object);
  return status["abort"] === true && status["observedGeneration"] === String(object.metadata.generation);
}
