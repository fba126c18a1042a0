/** A file below tests/ without its ending, and the title of a test in it or of a row in its table. */
export type TestName = readonly [file: string, title: string];

export interface Trap {
  readonly title: string;
  /** Where Azure, its provider or the platform's own contract says no, or Azure does more than it was asked for. */
  readonly refused: readonly TestName[];
  /** Where the right way is taken, as the platform's components go it. */
  readonly accepted: readonly TestName[];
}

export const PROGRAM = "unit/program";
export const ORDER = "engine/order";
/** Every configuration of the core comes up on the emulated Azure, stays quiet, and leaves nothing. */
export const WHOLE: TestName = ["matrix/core", "%s comes up, stays quiet and leaves nothing"];
