import { isSecret } from "./secrets";

/** Something that a policy refuses. */
export interface Finding {
  /** Property path, such as `spec.template.spec.hostNetwork`. */
  readonly at: string;
  /** The value found there; undefined or null where the property is absent. */
  readonly got: unknown;
  readonly allowed: string;
  readonly fix: string;
}

export type Report = (finding: Finding) => void;

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** True for a switch that is off: false, or absent where absent means false. */
export function isOff(value: unknown): boolean {
  return isAbsent(value) || value === false;
}

/** One line: what, got, allowed, fix. What is secret is said to be, and never shown: violations go into pull requests. */
export function describeFinding({ at, got, allowed, fix }: Finding): string {
  const shown = isSecret(got) ? "secret (its value is not shown)" : JSON.stringify(got);
  const value = isAbsent(got) ? "absent" : shown;
  return `${at} is ${value}; allowed: ${allowed}; fix: ${fix}.`;
}
