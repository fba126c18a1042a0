/** What a program waits for: the annotation `pulumi.com/waitFor` (pulumi-kubernetes, provider/pkg/await/condition). */
import { ProviderError } from "../../provider/backend";
import type { PodProblem } from "../rollout/problems";
import type { KubeObject } from "../types";
import { conditionsIn, statusOf, textOf } from "./objects";

const WAIT_FOR = "pulumi.com/waitFor";

/** Conditions of an object that the program waits for and that do not hold; none without the annotation. */
export function unmetConditions(object: KubeObject): PodProblem[] {
  const annotation: unknown = object.metadata.annotations?.[WAIT_FOR];
  if (typeof annotation !== "string") return [];
  const conditions = conditionsIn(statusOf(object)["conditions"]);
  return expressionsOf(annotation).flatMap((expression) => {
    const { type, status } = parse(expression);
    const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
    const found = conditions.find((condition) => same(textOf(condition, "type"), type));
    if (same(textOf(found, "status"), status)) return [];
    const message = found === undefined ? "the object has no such condition" : textOf(found, "message");
    return [
      {
        reason: found === undefined ? "NotFound" : textOf(found, "reason"),
        message: `waiting for condition ${type}=${status}: ${message}`,
      },
    ];
  });
}

/** One expression, or a JSON list of them. */
function expressionsOf(annotation: string): string[] {
  if (!annotation.startsWith("[")) return [annotation];
  const list: unknown = JSON.parse(annotation);
  return Array.isArray(list) ? list.map(String) : [];
}

function parse(expression: string): { type: string; status: string } {
  const [, type, status = "True"] = /^condition=([^=]+)(?:=(.+))?$/.exec(expression) ?? [];
  if (type !== undefined) return { type, status };
  throw new ProviderError(
    "Invalid",
    `annotation ${WAIT_FOR}: got ${JSON.stringify(expression)}; allowed here: condition=<type> or ` +
      "condition=<type>=<status>, or a JSON list of these. Use one of them: the emulated cluster evaluates no JSONPath",
  );
}
