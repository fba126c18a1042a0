/** Runs the repository's checks and counts them: `node -r @swc-node/register tools/check.ts static|all|matrix|cluster|parity|ci`. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { type Counts, addCounts, countOfCheck, countOfJest, formatCounts } from "./counts";

const ROOT = path.resolve(__dirname, "..");
const LOCAL = path.join(ROOT, ".local");
const JEST_RESULT = path.join(LOCAL, "jest-result.json");
/** Read by `.ci/run`. */
const RESULT = path.join(LOCAL, "check-result");

interface Check {
  readonly name: string;
  /** A tool of the workspace, or a script by its path, and its arguments. */
  readonly command: readonly string[];
}

const FORMAT: Check = { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] };
const TYPES: Check = { name: "types", command: ["tsc", "--noEmit", "--project", "."] };
const WORKFLOWS: Check = { name: "workflows", command: ["tools/actionlint.sh"] };
const LINT: Check = { name: "lint", command: ["eslint", "--max-warnings", "0", "."] };

type Run = () => Promise<Counts[]>;

const TESTS: Run = async () => [await runJest([])];
/** The named configurations that are not among the tests. */
const MATRIX: Run = async () => [await runJest(["--config", "jest.matrix.cjs"])];

/** On a real Kubernetes; where a machine cannot run one, the tests say why and are skipped. */
const CLUSTER: Run = async () => [await runJest(["--config", "jest.cluster.cjs"])];

/** The emulated API server beside the real one's own code, which Go builds first. */
const PARITY: Run = async () => [await runJest(["--config", "jest.parity.cjs"])];

const GROUPS: Readonly<Record<string, readonly Run[]>> = {
  static: [runStatic],
  all: [runStatic, TESTS],
  matrix: [MATRIX],
  cluster: [CLUSTER],
  parity: [PARITY],
  ci: [runStatic, TESTS, MATRIX, CLUSTER],
};

async function main(group = ""): Promise<number> {
  const runs = GROUPS[group];
  if (runs === undefined) {
    const allowed = Object.keys(GROUPS).join(", ");
    process.stderr.write(`unknown group of checks: got "${group}", allowed: ${allowed}\n`);
    return 2;
  }
  mkdirSync(LOCAL, { recursive: true });
  const counts: Counts[] = [];
  for (const run of runs) counts.push(...(await run()));
  const total = addCounts(counts);
  writeFileSync(RESULT, `${formatCounts(total)}\n`);
  process.stdout.write(`Checks: ${formatCounts(total)}.\n`);
  return total.failed === 0 ? 0 : 1;
}

/** Two at a time: the linter keeps one core busy for as long as the others together. */
async function runStatic(): Promise<Counts[]> {
  const beside = runCheck(LINT);
  const counts: Counts[] = [];
  for (const check of [FORMAT, TYPES, WORKFLOWS]) counts.push(await runCheck(check));
  return [...counts, await beside];
}

async function runCheck({ name, command }: Check): Promise<Counts> {
  const started = performance.now();
  const { code, output } = await run(command, "collect");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const count = countOfCheck(code);
  const verdict = count.passed > 0 ? "ok     " : count.skipped > 0 ? "skipped" : "FAILED ";
  process.stdout.write(`${verdict} ${name} (${seconds} s)\n${code === 0 ? "" : output}`);
  return count;
}

async function runJest(options: readonly string[]): Promise<Counts> {
  rmSync(JEST_RESULT, { force: true });
  const { code } = await run(["jest", ...options, "--json", "--outputFile", JEST_RESULT], "show");
  const report = existsSync(JEST_RESULT) ? readFileSync(JEST_RESULT, "utf8") : undefined;
  return countOfJest(report, code);
}

/** Runs a tool of the workspace. Jest writes its report for people to stderr and, with --json, a copy to stdout. */
async function run(command: readonly string[], output: "collect" | "show") {
  const [tool = "", ...args] = command;
  const executable = path.join(ROOT, tool.includes("/") ? tool : path.join("node_modules", ".bin", tool));
  return new Promise<{ readonly code: number; readonly output: string }>((resolve, reject) => {
    const child = spawn(executable, args, {
      cwd: ROOT,
      stdio: ["ignore", output === "show" ? "ignore" : "pipe", output === "show" ? "inherit" : "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (part: string) => (text += part));
    }
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code: code ?? 1, output: text });
    });
  });
}

main(process.argv[2]).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
