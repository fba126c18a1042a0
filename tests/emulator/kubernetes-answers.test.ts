/**
 * What Kubernetes 1.35.4 answers to odd manifests, recorded from the API server's own code: `make test-parity` compares many
 * more, and how to record is told in tools/kubernetes-validation/main.go.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { JsonObject } from "../../local/provider/backend";
import { answersOf, comparable } from "./support/answers";

interface Recorded {
  readonly label: string;
  readonly manifest: JsonObject;
  readonly answers: readonly string[];
}

const RECORDED = readFileSync(join(__dirname, "fixtures", "kubernetes-answers.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

test.each(RECORDED.map(({ label, ...recorded }) => [label, recorded] as const))(
  "%s",
  (_label, { manifest, answers }) => {
    expect(comparable(answersOf(manifest))).toEqual(comparable(answers));
  },
);

test("the recorder is built of the release of Kubernetes that the real cluster runs", () => {
  const pinned = (folder: string) => {
    const module = readFileSync(join(__dirname, "../../tools", folder, "go.mod"), "utf8");
    return module.match(/\bk8s\.io\/kubernetes v\S+|k8s\.io\/pod-security-admission => .*/g);
  };
  expect(pinned("kubernetes-validation")).toHaveLength(2);
  expect(pinned("kubernetes-validation")).toEqual(pinned("kubernetes"));
});
