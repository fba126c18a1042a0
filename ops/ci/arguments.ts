import { parseArgs } from "node:util";

/** A mistake in how a script was called or set up: its message is the whole report. */
export class UsageError extends Error {}

/**
 * Parses `--name value` options.
 * @param names every option that the script has, all of them required
 * @throws UsageError that names what is missing or unknown
 */
export function parseOptions<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Record<Name, string> {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = withUsageError(() => parseArgs({ args: [...args], options }));
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length === 0) return values as Record<Name, string>;
  throw new UsageError(
    `missing ${list(missing)}; allowed: ${list(names)}, each with a value.\nFix: add it; --help shows how.`,
  );
}

/** A whole number of an option. @throws UsageError otherwise */
export function parseCount(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: got "${text}", allowed: a whole number.\nFix: correct it.`);
}

/** Runs a script's main function: prints its help, or its failure with status 1 (2 for a wrong call). */
export function runScript(help: string, main: (args: readonly string[]) => Promise<void>): void {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(help);
    return;
  }
  main(args).catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  });
}

function withUsageError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nFix: correct the call; --help shows how.`);
  }
}

function list(names: readonly string[]): string {
  return names.map((name) => `--${name}`).join(", ");
}
