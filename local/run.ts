/** The command line behind `make`: see USAGE in driver/arguments.ts. */
import "./driver/lazyModules.cjs";
import { type Arguments, USAGE, parseArguments } from "./driver/arguments";
import { runCommand } from "./driver/commands";
import { UserError, messageOf } from "./driver/errors";
import { keepStackTracesUnmapped, readStackTrace } from "./driver/stackTraces";

async function main(argv: readonly string[]): Promise<number> {
  const args: Arguments | undefined = parseArguments(argv);
  if (args === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  return runCommand(args);
}

keepStackTracesUnmapped();
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const unexpected = error instanceof Error && !(error instanceof UserError);
    process.stderr.write(`error: ${unexpected ? readStackTrace(error) : messageOf(error)}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
  },
);
