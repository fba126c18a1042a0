/** What the emulated API server holds against a manifest, in the form of tools/kubernetes-validation. */
import { withDefaults } from "../../../local/kubernetes/defaults";
import { podSecurityViolation } from "../../../local/kubernetes/admission/podSecurity";
import { findKind } from "../../../local/kubernetes/kinds";
import { decodeIssues } from "../../../local/kubernetes/schema/decode";
import { asKube, type Deployment, type PodSpec } from "../../../local/kubernetes/types";
import { validateObject } from "../../../local/kubernetes/validation/validate";
import type { JsonObject } from "../../../local/provider/backend";
import { text } from "../../../local/provider/values";

/** An empty list where it is accepted; `decode` where it cannot be read. */
export function answersOf(manifest: JsonObject): string[] {
  const [apiVersion = "", name = ""] = [text(manifest, "apiVersion"), text(manifest, "kind")];
  const kind = findKind(apiVersion, name);
  if (kind === undefined) throw new Error(`the emulated API server serves no ${apiVersion} ${name}`);
  if (decodeIssues(kind, manifest).length > 0) return ["decode"];
  const refusals = validateObject(kind, manifest).map(({ path, message }) => `${path}: ${message}`);
  return name === "Deployment" ? [...refusals, ...securityAnswers(withDefaults(kind, manifest))] : refusals;
}

function securityAnswers(deployment: JsonObject): string[] {
  const given: Partial<PodSpec> = (asKube(deployment) as Deployment).spec.template.spec;
  const spec: PodSpec = { ...given, containers: given.containers ?? [] };
  return ["baseline", "restricted"].flatMap((level) => {
    const labels = { "pod-security.kubernetes.io/enforce": level };
    const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", labels } };
    const violation = podSecurityViolation(home, "enforce", spec);
    return violation === undefined
      ? []
      : [violation.replace(/^violates PodSecurity "\w+:latest"/, `PSS ${level}`)];
  });
}

/** In one order, as Go has none in maps; why a manifest cannot be read is told in Go's words, which name Go's types. */
export function comparable(answers: readonly string[]): string[] {
  return answers.map((answer) => (answer.startsWith("decode") ? "decode" : answer)).sort();
}

const REASON =
  /^(.*?: (?:Duplicate value|Forbidden|Internal error|Invalid value|Not found|Required value|Too long|Too many|Unsupported value))\b/;

/**
 * The field and the reason of each fault: the rest is for people. What Pod Security thinks of pods counts where there would be
 * any.
 */
export function reasonsOf(answers: readonly string[]): string[] {
  const faults = answers.filter((answer) => !answer.startsWith("PSS "));
  const reasons = comparable(faults.length > 0 ? faults : answers).map(
    (answer) => REASON.exec(answer)?.[1] ?? answer,
  );
  return [...new Set(reasons)].sort();
}
