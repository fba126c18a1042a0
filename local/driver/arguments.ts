import { parseArgs } from "node:util";

import { UserError, messageOf } from "./errors";

export const COMMANDS = {
  setup: "get the Pulumi CLI where it is missing, and say which one is used",
  up: "create or update everything, then print what runs and where the API answers",
  preview: "show what `up` would change, without changing it",
  refresh: "read the emulated cloud back into the state, so that drift shows",
  destroy: "delete everything and prove that nothing is left",
  url: "print the API's URL",
  "delete-pod": "delete one of the API's pods, as `kubectl delete pod` does, and print its name",
  export: "write the stack's state (secrets stay encrypted) to --file, or to the screen",
  status: "print the stack's resources by type, and what the emulated cloud holds",
  reset: "stop what runs and remove every stack's state and emulated cloud",
} as const;

export type Command = keyof typeof COMMANDS;

export const DEFAULT_PORT = 18080;

export interface Arguments {
  readonly command: Command;
  readonly stack: string;
  /** Loopback port on which the API's load balancer answers; undefined keeps the one in use. */
  readonly port: number | undefined;
  readonly json: boolean;
  readonly file: string | undefined;
  readonly project: string | undefined;
  readonly local: string | undefined;
}

export const USAGE = `Usage: run <command> [options]

Commands
${Object.entries(COMMANDS)
  .map(([name, purpose]) => `  ${name.padEnd(11)}${purpose}`)
  .join("\n")}

Options
  --stack <name>      stack to work on (default dev)
  --port <number>     loopback port of the API (default ${DEFAULT_PORT})
  --json              print one JSON document instead of a table
  --file <path>       where export writes
  --project <folder>  folder of Pulumi.yaml, the stack files and index.ts (default: the checkout)
  --local <folder>    folder for state, emulated clouds and caches (default .local)
  --help              print this`;

/** Parses a command line; undefined asks for the usage text. A mistake is a {@link UserError} with status 2. */
export function parseArguments(argv: readonly string[]): Arguments | undefined {
  const { values, positionals } = parse(argv);
  if (values.help === true) return undefined;
  const [command, ...rest] = positionals;
  const allowed = Object.keys(COMMANDS).join(", ");
  if (command === undefined || !isCommand(command)) {
    throw new UserError(`unknown command: got ${quote(command)}, allowed: ${allowed}.\nFix: see --help.`, 2);
  }
  if (rest.length > 0) {
    throw new UserError(
      `unexpected argument: got ${quote(rest[0])}, allowed: one command.\nFix: see --help.`,
      2,
    );
  }
  return {
    command,
    stack: values.stack ?? "dev",
    port: parsePort(values.port),
    json: values.json ?? false,
    file: values.file,
    project: values.project,
    local: values.local,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        port: { type: "string" },
        json: { type: "boolean" },
        file: { type: "string" },
        project: { type: "string" },
        local: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\nFix: see --help.`, 2);
  }
}

function isCommand(text: string): text is Command {
  return Object.hasOwn(COMMANDS, text);
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1024 && port <= 65535) return port;
  throw new UserError(
    `invalid port: got ${quote(text)}, allowed: a whole number from 1024 to 65535.\nFix: for example make up PORT=18081.`,
    2,
  );
}

function quote(text: string | undefined): string {
  return text === undefined ? "nothing" : `"${text}"`;
}
