/** Random configurations that the contract takes: each comes up, stays quiet and leaves nothing. */
import fc from "fast-check";

import { ConfigError } from "../../config/errors";
import { parseSettings } from "../../config/parse";
import { configurations, toStackFile } from "./arbitrary";
import { CYCLE_TIMEOUT, expectCycleOf } from "./cycle";

const COUNT = 6;
/** Printed with each run; a failure is repeated with `MATRIX_SEED`. */
const seed = Number(process.env["MATRIX_SEED"] ?? Date.now() % 2 ** 31);

function isTaken(values: Readonly<Record<string, unknown>>): boolean {
  try {
    parseSettings(values, new Date());
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

const SAMPLES = fc
  .sample(configurations.filter(isTaken), { seed, numRuns: COUNT })
  .map((values, index) => ({ name: `random-${seed}-${index}`, text: toStackFile(values) }));

test.concurrent.each(SAMPLES)(
  "$name comes up, stays quiet and leaves nothing",
  async ({ text }) => {
    await expectCycleOf("random", text);
  },
  CYCLE_TIMEOUT,
);
