/** What an update on a real cluster waits for, and when it stops waiting. */
import type { ClusterContext } from "../../local/kubernetes/context";
import { kindNamed } from "../../local/kubernetes/kinds";
import { awaitConditions } from "../../local/kubernetes/real/conditions";
import { asKube, type KubeObject } from "../../local/kubernetes/types";

const ROLLOUT = kindNamed("argoproj.io/v1alpha1", "Rollout");

function rollout(status: Record<string, string | boolean>, annotations: Record<string, string> = HEALTHY) {
  return asKube({
    ...{ apiVersion: ROLLOUT.apiVersion, kind: ROLLOUT.kind },
    metadata: { name: "api-canary", namespace: "api", generation: 2, annotations },
    status,
  });
}

const HEALTHY = { "pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy" };

/** A cluster whose object is in one state after the other. */
function clusterWith(...states: (KubeObject | undefined)[]) {
  const get = jest.fn(() => Promise.resolve(states.shift()));
  return { get, context: { api: { get } } as unknown as ClusterContext };
}

test("asks until the condition holds", async () => {
  const healthy = rollout({ phase: "Healthy" });
  const { context, get } = clusterWith(rollout({ phase: "Progressing" }), healthy);
  const settled = await awaitConditions(context, ROLLOUT, rollout({ phase: "Progressing" }));
  expect(settled).toEqual({ object: healthy, problems: [] });
  expect(get).toHaveBeenCalledTimes(2);
});

test("waits for nothing where the program does not say so", async () => {
  const { context, get } = clusterWith();
  const settled = await awaitConditions(context, ROLLOUT, rollout({ phase: "Progressing" }, {}));
  expect([settled.problems, get.mock.calls.length]).toEqual([[], 0]);
});

test("stops where this version was taken back, and says why", async () => {
  const message = 'Metric "error-percent" assessed Failed';
  const earlier = rollout({ phase: "Degraded", abort: true, observedGeneration: "1", message });
  const { context, get } = clusterWith(
    rollout({ phase: "Degraded", abort: true, observedGeneration: "2", message }),
  );
  const { problems } = await awaitConditions(context, ROLLOUT, earlier);
  expect(get).toHaveBeenCalledTimes(1);
  expect(problems).toEqual([
    { reason: "WaitFor", message: `waiting for {.status.phase}=Healthy (found "Degraded"): ${message}` },
  ]);
});

test("fails where the object is deleted meanwhile", async () => {
  const { context } = clusterWith(undefined);
  await expect(awaitConditions(context, ROLLOUT, rollout({ phase: "Progressing" }))).rejects.toThrow(
    'rollouts.argoproj.io "api-canary" not found',
  );
});
