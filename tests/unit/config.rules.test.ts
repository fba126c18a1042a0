/** Every rule over several settings: what it refuses, what it says, and that what it advises is taken. */
import { ConfigError, type ConfigProblem } from "../../config/errors";
import { completeSettings, parseSettings } from "../../config/parse";
import { RULES } from "../../config/rules";
import { stackFile } from "../support/pulumi";
import { apiRows } from "./configRules/api";
import { availabilityRows } from "./configRules/availability";
import { clusterRows } from "./configRules/cluster";
import { nameRows } from "./configRules/names";
import { networkRows } from "./configRules/network";
import { offHoursRows } from "./configRules/offHours";
import { type Change, over, type Row } from "./configRules/row";
import { serviceRows } from "./configRules/services";

const TODAY = new Date("2026-11-21T00:00:00Z");
const ROWS = Object.entries({
  ...clusterRows,
  ...availabilityRows,
  ...nameRows,
  ...networkRows,
  ...serviceRows,
  ...offHoursRows,
  ...apiRows,
});

function settingsOf({ stack = "dev" }: Row, ...changes: readonly Change[]): Record<string, unknown> {
  return changes.reduce((base: unknown, change) => over(base, change), stackFile(stack)) as Record<
    string,
    unknown
  >;
}

function problemsOf(values: Record<string, unknown>): readonly ConfigProblem[] {
  try {
    parseSettings(values, TODAY);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe.each(ROWS)("%s", (_, row) => {
  test("is refused with its path, both values and a way out", () => {
    const problems = problemsOf(settingsOf(row, row.change));
    const told = problems.filter(({ path }) => path === row.path);
    expect({ path: row.path, told: told.length, all: problems }).toMatchObject({ told: 1 });
    const [problem] = told;
    const text = [problem?.got, problem?.allowed, problem?.fix]
      .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
      .join("\n");
    for (const name of row.names) expect(text).toContain(name);
    expect(problem?.fix).toMatch(/^[a-z].{2,}/);
  });

  test("is taken once it is mended", () => {
    expect(problemsOf(settingsOf(row, row.change, row.mend))).toEqual([]);
  });
});

test("each rule refuses one of these", () => {
  const silent = RULES.filter(
    (rule) => !ROWS.some(([, row]) => rule(completeSettings(settingsOf(row, row.change)), TODAY).length > 0),
  );
  expect(silent.map((rule) => rule.toString())).toEqual([]);
});
