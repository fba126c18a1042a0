/** Whatever a stack says, the configuration is taken whole or refused with problems that a person can act on. */
import fc from "fast-check";

import { ConfigError } from "../../config/errors";
import { parseSettings } from "../../config/parse";
import { configurations } from "../matrix/arbitrary";

const TODAY = new Date("2026-11-21T00:00:00Z");

function refusalOf(values: Readonly<Record<string, unknown>>): ConfigError | undefined {
  try {
    parseSettings(values, TODAY);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

test("a random configuration is taken or refused with path, value, what is allowed, and the fix", () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(configurations, (values) => {
      const refusal = refusalOf(values);
      seen[refusal ? "refused" : "taken"] += 1;
      for (const problem of refusal?.problems ?? []) {
        expect(problem.path).not.toBe("");
        expect(problem.got).toBeDefined();
        expect(problem.allowed).not.toBe("");
        expect(problem.fix).not.toBe("");
      }
    }),
    { numRuns: 3000 },
  );
  expect(seen.taken).toBeGreaterThan(5);
  expect(seen.refused).toBeGreaterThan(5);
});
