import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";

/** What no single value can tell: a rule over several settings, which gives both values and the fix. */
export type Rule = (settings: Settings, today: Date) => ConfigProblem[];

/** A rule that refuses one combination. */
export function refuseWhere(
  applies: (settings: Settings) => boolean,
  problem: (settings: Settings) => ConfigProblem,
): Rule {
  return (settings) => (applies(settings) ? [problem(settings)] : []);
}
