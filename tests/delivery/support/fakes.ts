/** Stand-ins for command-line tools: they record their calls, answer by rule, and remember what was created. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { fakeTool } from "../../support/fakes";

export interface Rule {
  /** Extended regular expression that the call's arguments must match; the first rule that matches answers. */
  readonly match: string;
  /**
   * The call fails with status 3 until a call has set this mark; one that lists things prints nothing till then. `{1}` stands
   * for what the first group of `match` found.
   */
  readonly needs?: string;
  /** Marks that the call sets, as in `needs`. */
  readonly sets?: readonly string[];
  /** What the call prints. */
  readonly prints?: string;
  /** @default 0 */
  readonly status?: number;
}

export interface Fakes {
  /** PATH with the stand-ins before the system's tools. */
  readonly path: string;
  /** Every call so far, such as `az group create --name x`. */
  calls(): string[];
  forget(): void;
}

/** Writes stand-ins into a folder. A call without a rule fails loudly, with status 99. */
export function createFakes(folder: string, tools: Readonly<Record<string, readonly Rule[]>>): Fakes {
  const log = path.join(folder, "calls.log");
  const marks = path.join(folder, "marks");
  const bin = path.join(folder, "fakes");
  mkdirSync(marks, { recursive: true });
  for (const [name, rules] of Object.entries(tools)) {
    const script = path.join(bin, `${name}.bash`);
    mkdirSync(bin, { recursive: true });
    writeFileSync(script, toolScript(name, rules, { log, marks }));
    fakeTool(bin, name, `exec bash '${script}' "$@"`);
  }
  let forgotten = 0;
  const all = (): string[] => (existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : []);
  return {
    path: [bin, process.env["PATH"] ?? ""].join(path.delimiter),
    calls: () => all().slice(forgotten),
    forget: () => (forgotten = all().length),
  };
}

function toolScript(name: string, rules: readonly Rule[], files: { log: string; marks: string }): string {
  return [
    `printf '%s\\n' "${name} \${*//$'\\n'/ }" >>'${files.log}'`,
    ...rules.map((rule) => ruleScript(rule, files.marks)),
    `echo "no rule for: ${name} $*" >&2`,
    "exit 99",
  ].join("\n");
}

function ruleScript({ match, needs, sets = [], prints = "", status = 0 }: Rule, marks: string): string {
  const missing = /\blist\b/.test(match) ? "exit 0" : "{ echo 'not found' >&2; exit 3; }";
  const lines = [
    ...(needs === undefined ? [] : [`[[ -e '${marks}'/${markName(needs)} ]] || ${missing}`]),
    ...sets.map((mark) => `touch '${marks}'/${markName(mark)}`),
    `printf '%s' ${quote(prints)}`,
    `exit ${status}`,
  ];
  // A regular expression in a variable needs no quoting of its own.
  return [
    `rule=${quote(match)}`,
    'if [[ "$*" =~ $rule ]]; then',
    ...lines.map((line) => `  ${line}`),
    "fi",
  ].join("\n");
}

/** A mark as a word of the shell, with what the groups found in place of `{1}`. */
function markName(mark: string): string {
  return quote(mark).replace(/\{(\d)\}/g, "'\"${BASH_REMATCH[$1]//[^A-Za-z0-9]/_}\"'");
}

/** Quotes a text for the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
