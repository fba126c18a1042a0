/**
 * What the controller of Argo Rollouts makes of a Rollout (argoproj/argo-rollouts v1.8.3). There are no requests to judge a
 * version by, so that one whose pods become ready is promoted at once: no AnalysisRun is made, and steps take no time.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { nameOf } from "../api";
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import { asJson, asKube, type Deployment, type KubeObject } from "../types";
import { validateObject } from "../validation/validate";
import type { Json, JsonObject } from "../../provider/backend";
import { at, isObject, object, objects, without } from "../../provider/values";
import { applyAutoscaler, updateBudgets } from "./controllers";
import type { PodProblem } from "./problems";
import { type RolloutResult, rollOut } from "./rollout";
import { asWorkload, DEPLOYMENT, ROLLOUT } from "./workloads";

const POLL_MS = 40;
const SERVICE = kindNamed("v1", "Service");
const TEMPLATE = kindNamed(ROLLOUT.apiVersion, "AnalysisTemplate");

/** The Rollout with the status that its controller gives it. */
export async function settleRollout(context: ClusterContext, rollout: KubeObject): Promise<KubeObject> {
  const invalid = await whyInvalid(context, rollout);
  const settled = invalid === undefined ? await promote(context, rollout) : refused(rollout, invalid);
  const object = await context.api.setStatus(nameOf(ROLLOUT, rollout), settled);
  await updateBudgets(context, rollout.metadata.namespace ?? "default");
  return object;
}

async function promote(context: ClusterContext, rollout: KubeObject): Promise<JsonObject> {
  const workload = await applyAutoscaler(context, asWorkload(rollout));
  return statusOf(workload, await rollOut(context, workload));
}

/** Objects that it names may come a little later than the Rollout. */
async function whyInvalid(context: ClusterContext, rollout: KubeObject): Promise<string | undefined> {
  const [issue] = shapeIssues(rollout);
  if (issue !== undefined) return issue;
  const deadline = Date.now() + context.timings.rolloutSeconds * 1000;
  for (;;) {
    const missing = await missingReference(context, rollout);
    if (missing === undefined || Date.now() > deadline) return missing;
    await sleep(POLL_MS);
  }
}

/** pkg/apis/rollouts/validation/validation.go; the pods are held to what a Deployment's are. */
function shapeIssues(rollout: KubeObject): string[] {
  const strategy = strategyOf(rollout);
  const given = ["canary", "blueGreen"].filter((name) => strategy[name] !== undefined);
  if (given.length === 0)
    return [
      "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
    ];
  if (given.length === 2)
    return ["spec.strategy.strategy: Invalid value: Multiple Strategies can not be listed"];
  const weights = objects(strategy, "canary.steps").flatMap(({ setWeight }) => setWeight ?? []);
  const wrong = weights.find((weight) => typeof weight === "number" && (weight < 0 || weight > 100));
  if (wrong !== undefined)
    return [
      "spec.strategy.canary.steps.setWeight: Invalid value: SetWeight needs to be between 0 and max weight",
    ];
  const deployment = asKube({
    ...asJson(asWorkload(rollout)),
    ...{ apiVersion: DEPLOYMENT.apiVersion, kind: DEPLOYMENT.kind },
  });
  const plain = withoutOwnFields(asJson(deployment));
  return validateObject(DEPLOYMENT, plain).map(({ path, message }) => `${path}: ${message}`);
}

/** What a Deployment's spec does not have. */
function withoutOwnFields(workload: JsonObject): JsonObject {
  return { ...workload, spec: without(object(workload, "spec"), ["progressDeadlineAbort", "restartAt"]) };
}

async function missingReference(context: ClusterContext, rollout: KubeObject): Promise<string | undefined> {
  const { namespace = "default" } = rollout.metadata;
  const blueGreen = object(strategyOf(rollout), "blueGreen");
  for (const field of ["activeService", "previewService"]) {
    const name = blueGreen[field];
    if (typeof name !== "string" || (await context.api.get({ kind: SERVICE, namespace, name }))) continue;
    return `spec.strategy.blueGreen.${field}: Invalid value: "${name}": service "${name}" not found`;
  }
  for (const name of templateNames(strategyOf(rollout))) {
    if (await context.api.get({ kind: TEMPLATE, namespace, name })) continue;
    return `spec.strategy: Invalid value: "${name}": AnalysisTemplate '${name}' not found`;
  }
  return undefined;
}

/** Names of the templates of every analysis, wherever in the strategy it is. */
function templateNames(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(templateNames);
  if (!isObject(value)) return [];
  const { templateName } = value;
  return [
    ...(typeof templateName === "string" ? [templateName] : []),
    ...Object.values(value).flatMap(templateNames),
  ];
}

function refused(rollout: KubeObject, reason: string): JsonObject {
  const message = `The Rollout "${rollout.metadata.name}" is invalid: ${reason}`;
  return {
    ...object(asJson(rollout), "status"),
    observedGeneration: String(rollout.metadata.generation ?? 1),
    phase: "Degraded",
    message: `InvalidSpec: ${message}`,
    conditions: [{ type: "InvalidSpec", status: "True", reason: "InvalidSpec", message }],
  };
}

function statusOf(workload: Deployment, { status, problems }: RolloutResult): JsonObject {
  const restartAt = at(asJson(workload), "spec.restartAt");
  return {
    ...without(status as unknown as JsonObject, ["unavailableReplicas"]),
    observedGeneration: String(status.observedGeneration),
    HPAReplicas: status.replicas,
    ...(restartAt === undefined ? {} : { restartedAt: restartAt }),
    ...phaseOf(problems),
  };
}

/** utils/rollout/rolloututil.go: CalculateRolloutPhase. */
function phaseOf(problems: readonly PodProblem[]): JsonObject {
  if (problems.length === 0) return { phase: "Healthy" };
  const causes = problems.map(({ reason, message }) => `[${reason}] ${message}`).join("\n");
  return { phase: "Degraded", abort: true, message: `RolloutAborted: ProgressDeadlineExceeded: ${causes}` };
}

function strategyOf(rollout: KubeObject): JsonObject {
  return object(asJson(rollout), "spec.strategy");
}
