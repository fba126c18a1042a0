// Of its own module: the whole SDK takes ten times as long to load, for bootstrap's scripts too.
import { RunError } from "@pulumi/pulumi/errors";

/** One thing that is wrong with the stack configuration. */
export interface ConfigProblem {
  /** Where: the configuration path, such as `cluster.nodePools[0].vmSize`. */
  readonly path: string;
  /** What the configuration says there; undefined where it says nothing. */
  readonly got: unknown;
  /** What is wrong, or what is allowed there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * The stack configuration cannot be used. Lists every problem at once, so that one edit mends them all. A `RunError`,
 * because Pulumi shows the message of one without a stack trace.
 */
export class ConfigError extends RunError {
  public constructor(public readonly problems: readonly ConfigProblem[]) {
    const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
    super(`The stack configuration has ${count}; nothing was created.\n${problems.map(describe).join("\n")}`);
    this.name = "ConfigError";
  }
}

function describe({ path, got, allowed, fix }: ConfigProblem): string {
  const value = got === undefined ? "nothing" : JSON.stringify(got);
  return `  ${path}\n    got:     ${value}\n    allowed: ${allowed}\n    fix:     ${fix}`;
}
