/** What a program waits for: the annotation `pulumi.com/waitFor` (pulumi-kubernetes, provider/pkg/await/condition). */
import { ProviderError } from "../../provider/backend";
import { at, objects } from "../../provider/values";
import type { PodProblem } from "../rollout/problems";
import { asJson, type KubeObject } from "../types";
import { statusOf, textOf } from "./objects";

const WAIT_FOR = "pulumi.com/waitFor";

/** Conditions of an object that the program waits for and that do not hold; none without the annotation. */
export function unmetConditions(object: KubeObject): PodProblem[] {
  const annotation: unknown = object.metadata.annotations?.[WAIT_FOR];
  if (typeof annotation !== "string") return [];
  return expressionsOf(annotation).flatMap((expression) => {
    const [, path, wanted] = /^jsonpath=\{((?:\.\w+)+)\}(?:=(.+))?$/.exec(expression) ?? [];
    return path === undefined ? unmetCondition(object, expression) : unmetField(object, path, wanted);
  });
}

/** A field that is there, or that has a value, compared as text (condition/jsonpath.go). */
function unmetField(object: KubeObject, path: string, wanted: string | undefined): PodProblem[] {
  const found = at(asJson(object), path.slice(1));
  const text = typeof found === "string" ? found : JSON.stringify(found);
  if (found !== undefined && (wanted === undefined || text === wanted)) return [];
  const seen = found === undefined ? "selected nothing" : `found "${text}"`;
  const message = textOf(statusOf(object), "message");
  return [
    {
      reason: "WaitFor",
      message: `waiting for {${path}}${wanted === undefined ? "" : `=${wanted}`} (${seen})${message === "" ? "" : `: ${message}`}`,
    },
  ];
}

function unmetCondition(object: KubeObject, expression: string): PodProblem[] {
  const conditions = objects(statusOf(object), "conditions");
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
    `annotation ${WAIT_FOR}: got ${JSON.stringify(expression)}; allowed here: condition=<type>, ` +
      "condition=<type>=<status>, jsonpath={.<field>.<field>}, jsonpath={.<field>.<field>}=<value>, or a JSON list of " +
      "these. Use one of them: no filters and no lists in paths",
  );
}
