/**
 * The emulated API server beside the real one's own code: manifests that are made from the program's by chance are accepted
 * or refused by both, for the same fields and reasons. `PARITY_SEED=<seed>` repeats a run.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import * as fc from "fast-check";

import { findKind } from "../../local/kubernetes/kinds";
import type { JsonObject } from "../../local/provider/backend";
import { at, text, withValue } from "../../local/provider/values";
import { answersOf, reasonsOf } from "../emulator/support/answers";
import { runProgram } from "../support/pulumi";
import { mutated } from "./mutations";

const ROOT = resolve(__dirname, "../..");
const ORACLE = join(ROOT, ".local", "kubernetes-validation");
const SEED = Number(process.env["PARITY_SEED"] ?? Date.now() % 1_000_000);
const MANIFESTS = Number(process.env["PARITY_MANIFESTS"] ?? 20_000);
/** So many differences are shown. */
const SHOWN = 12;

let originals: JsonObject[];

beforeAll(async () => {
  mkdirSync(join(ROOT, ".local"), { recursive: true });
  const args = ["build", "-mod=readonly", "-trimpath", "-o", ORACLE, "."];
  const env = { ...process.env, CGO_ENABLED: "0" };
  execFileSync("go", args, { cwd: join(ROOT, "tools", "kubernetes-validation"), env, stdio: "inherit" });
  const registered = [...(await runProgram("dev")), ...(await runProgram("prod"))];
  originals = registered
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ name, inputs }) => named(inputs as JsonObject, name))
    .filter((manifest) => {
      const kind = findKind(text(manifest, "apiVersion") ?? "", text(manifest, "kind") ?? "");
      return kind !== undefined && kind.custom !== true && kind.addon === undefined;
    });
}, 900_000);

/** Pulumi names what the program does not. */
function named(manifest: JsonObject, name: string): JsonObject {
  return text(manifest, "metadata.name") === undefined
    ? withValue(manifest, "metadata.name", name)
    : manifest;
}

function ask(manifests: readonly JsonObject[]): string[][] {
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join("\n");
  const output = execFileSync(ORACLE, { input, encoding: "utf8", maxBuffer: 2 ** 30 });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);
}

test("what the program creates is accepted by both", () => {
  const kinds = new Set(originals.map((manifest) => at(manifest, "kind")));
  expect([...kinds].sort()).toEqual(
    expect.arrayContaining(["Deployment", "HorizontalPodAutoscaler", "Service"]),
  );
  const answers = ask(originals).map((answer) => answer.filter((entry) => !entry.startsWith("PSS")));
  expect(answers.flat()).toEqual([]);
  expect(originals.map(answersOf).flat()).toEqual([]);
});

test("what is made of it by chance is refused by both for the same fields and reasons, or by neither", () => {
  const manifests = fc.sample(mutated(originals), { numRuns: MANIFESTS, seed: SEED });
  const answers = ask(manifests);
  const refused = answers.filter((answer) => answer.length > 0).length;
  process.stderr.write(`seed ${SEED}: ${refused} of ${manifests.length} manifests are refused\n`);
  expect(refused).toBeGreaterThan(manifests.length / 4);
  const differences = manifests.flatMap((manifest, index) => {
    const [expected, got] = [reasonsOf(answers[index] ?? []), reasonsOf(answersOf(manifest))];
    return JSON.stringify(expected) === JSON.stringify(got)
      ? []
      : [{ kind: at(manifest, "kind"), expected, got, manifest: JSON.stringify(manifest) }];
  });
  expect({ count: differences.length, first: differences.slice(0, SHOWN) }).toEqual({ count: 0, first: [] });
});
