/** What the emulated API server holds against a manifest, in the form of tools/kubernetes-validation. */
import { withDefaults } from "../../../local/kubernetes/defaults";
import { podSecurityViolation } from "../../../local/kubernetes/admission/podSecurity";
import { findKind } from "../../../local/kubernetes/kinds";
import { decodeIssues } from "../../../local/kubernetes/schema/decode";
import { invalid } from "../../../local/kubernetes/status";
import { asKube, type Deployment } from "../../../local/kubernetes/types";
import { validateObject } from "../../../local/kubernetes/validation/validate";
import type { JsonObject } from "../../../local/provider/backend";
import { text } from "../../../local/provider/values";

/** An empty list where it is accepted; `decode` where it cannot be read. */
export function answersOf(manifest: JsonObject): string[] {
  const [apiVersion = "", name = ""] = [text(manifest, "apiVersion"), text(manifest, "kind")];
  const kind = findKind(apiVersion, name);
  if (kind === undefined) throw new Error(`the emulated API server serves no ${apiVersion} ${name}`);
  if (decodeIssues(kind, manifest).length > 0) return ["decode"];
  const issues = validateObject(kind, manifest);
  const refusal = invalid(kind, text(manifest, "metadata.name") ?? "", issues).reason;
  const refusals = issues.length === 0 ? [] : [refusal];
  return name === "Deployment" ? [...refusals, ...securityAnswers(withDefaults(kind, manifest))] : refusals;
}

function securityAnswers(deployment: JsonObject): string[] {
  const { spec } = (asKube(deployment) as Deployment).spec.template;
  return ["baseline", "restricted"].flatMap((level) => {
    const labels = { "pod-security.kubernetes.io/enforce": level };
    const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n", labels } };
    const violation = podSecurityViolation(home, "enforce", spec);
    return violation === undefined
      ? []
      : [violation.replace(/^violates PodSecurity "\w+:latest"/, `PSS ${level}`)];
  });
}

/** Why a manifest cannot be read is told in Go's words, which name Go's types. */
export function comparable(answers: readonly string[]): string[] {
  return answers.map((answer) => (answer.startsWith("decode") ? "decode" : answer));
}
