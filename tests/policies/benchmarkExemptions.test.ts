import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { parseSettings } from "../../config/parse";
import { ROOT, runProgram, stackFile, type RegisteredResource } from "../support/pulumi";

const RULE_SETS = ["armSchema", "azurePolicy", "checkov", "kics", "mcsb", "psrule", "trivy"] as const;
const STACKS = ["dev", "prod"] as const;

const exemptionSchema = z.strictObject({
  rules: z.partialRecord(z.enum(RULE_SETS), z.array(z.string().min(1)).min(1)),
  type: z.string().regex(/^(azure-native|kubernetes):[a-z][\w./]*:[A-Z]\w+$/),
  name: z.string().min(2).optional(),
  stacks: z.array(z.enum(STACKS)).min(1),
  finding: z.strictObject({ path: z.string().min(1), value: z.unknown() }),
  settings: z.record(z.string(), z.unknown()).optional(),
  reason: z.string().min(40),
});
type Exemption = z.infer<typeof exemptionSchema>;

const TODAY = new Date("2026-11-21T00:00:00Z");
const exemptions = z
  .array(exemptionSchema)
  .parse(parse(readFileSync(join(ROOT, "docs", "exemptions.yaml"), "utf8")));

/** The value at a path such as `a.0.b`; null where there is none. */
function valueAt(root: unknown, path: string): unknown {
  return (
    path
      .split(".")
      .reduce<unknown>(
        (value, key) =>
          typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
        root,
      ) ?? null
  );
}

function matches(pattern: string, name: string): boolean {
  const literals = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`).test(name);
}

/** The resources that an exemption is about, whether or not they have what it excuses. */
function subjects({ type, name = "*" }: Exemption, resources: readonly RegisteredResource[]) {
  return resources.filter((resource) => resource.type === type && matches(name, resource.name));
}

const title = ({ rules, type, name, stacks }: Exemption) =>
  `${Object.values(rules).flat().join(", ")} of ${type} ${name ?? ""} in ${stacks.join(" and ")}`;

test("no rule is excused twice for the same resources", () => {
  const keys = exemptions.flatMap(({ rules, type, name = "*", stacks, finding }) =>
    Object.entries(rules).flatMap(([set, ids]) =>
      ids.flatMap((id) => stacks.map((stack) => [set, id, type, name, stack, finding.path].join(" "))),
    ),
  );
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("a rule that is excused for one name pattern is not excused for all names as well", () => {
  const whole = exemptions.filter(({ name }) => name === undefined);
  const overlapping = exemptions
    .filter(({ name }) => name !== undefined)
    .flatMap((narrow) =>
      whole.filter(
        (wide) =>
          wide.type === narrow.type &&
          wide.stacks.some((stack) => narrow.stacks.includes(stack)) &&
          RULE_SETS.some((set) => (wide.rules[set] ?? []).some((id) => narrow.rules[set]?.includes(id))),
      ),
    );
  expect(overlapping.map(title)).toEqual([]);
});

test("finds nothing at a path that ends early, and what there is at one that does not", () => {
  expect(valueAt({ a: [{ b: false }] }, "a.0.b")).toBe(false);
  expect(valueAt({ a: [{ b: false }] }, "a.1.b")).toBeNull();
  expect(valueAt({ a: "text" }, "a.length")).toBeNull();
  expect([matches("*-nat", "build-nat"), matches("*-nat", "build-nat-1"), matches("a.c", "abc")]).toEqual([
    true,
    false,
    false,
  ]);
});

describe.each(STACKS)("the exemptions of %s", (stack) => {
  const own = exemptions.filter(({ stacks }) => stacks.includes(stack));
  let resources: readonly RegisteredResource[];
  beforeAll(async () => {
    resources = await runProgram(stack);
  });

  test.each(own.map((exemption) => [title(exemption), exemption] as const))(
    "%s is needed",
    (_, exemption) => {
      const found = subjects(exemption, resources).filter(
        ({ inputs }) =>
          JSON.stringify(valueAt(inputs, exemption.finding.path)) === JSON.stringify(exemption.finding.value),
      );
      expect(found.map(({ name }) => name)).not.toEqual([]);
    },
  );

  test("the settings that they name are the stack's", () => {
    const settings = parseSettings(stackFile(stack), TODAY);
    for (const exemption of own)
      for (const [path, value] of Object.entries(exemption.settings ?? {}))
        expect([title(exemption), path, valueAt(settings, path)]).toEqual([title(exemption), path, value]);
  });
});
