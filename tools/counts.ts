/** How many checks passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The fields of jest's `--json` report (`FormattedTestResults`) that are counted. */
interface JestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

/** Exit status of a check that cannot run on this machine and says why (EX_UNAVAILABLE of sysexits.h). */
const UNAVAILABLE = 69;

/** A check without parts of its own counts as one. */
export function countOfCheck(exitCode: number): Counts {
  return {
    passed: exitCode === 0 ? 1 : 0,
    failed: exitCode === 0 || exitCode === UNAVAILABLE ? 0 : 1,
    skipped: exitCode === UNAVAILABLE ? 1 : 0,
  };
}

/**
 * Counts jest's tests. What jest cannot express as a failed test counts as one too: no report, a file that does
 * not load, an exit status of its own.
 */
export function countOfJest(report: string | undefined, exitCode: number): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(report) as JestReport;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const broken = failed === 0 && (exitCode !== 0 || !result.success);
  return {
    passed: result.numPassedTests,
    failed: failed + (broken ? 1 : 0),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

export function addCounts(counts: readonly Counts[]): Counts {
  return counts.reduce((sum, { passed, failed, skipped }) => ({
    passed: sum.passed + passed,
    failed: sum.failed + failed,
    skipped: sum.skipped + skipped,
  }));
}

/** `N passed, N failed`, and `, N skipped` where there are any. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
