import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { cpus, platform } from "node:os";

interface Tool {
  readonly name: string;
  /** Ends with 0 where the tool is there. */
  readonly probe: readonly [string, ...string[]];
  /** Debian's package. */
  readonly debian: string;
}

const WRK: Tool = { name: "wrk", probe: ["sh", "-c", "command -v wrk"], debian: "wrk" };
const TASKSET: Tool = { name: "taskset", probe: ["taskset", "--version"], debian: "util-linux" };
const VENV: Tool = {
  name: "Python 3 with venv",
  probe: ["python3", "-c", "import ensurepip, venv"],
  debian: "python3-venv",
};

/** What the load needs. */
export const LOAD_TOOLS: readonly Tool[] = [WRK, TASKSET];
/** What the comparison with other servers needs. */
export const BENCH_TOOLS: readonly Tool[] = [...LOAD_TOOLS, VENV];

/**
 * Looks for all that a measurement needs before it starts.
 *
 * @throws {Error} that names everything missing, and how to get it
 */
export function requireTools(tools: readonly Tool[]): void {
  if (platform() !== "linux" || cpus().length < 2) {
    throw new Error(
      `got ${platform()} with ${cpus().length} processors, allowed: Linux with two or more: one for the server, one for the load.`,
    );
  }
  const missing = tools.filter(({ probe: [program, ...args] }) => spawnSync(program, args).status !== 0);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  const packages = missing.map(({ debian }) => debian).join(" ");
  throw new Error(
    `${names}: not found.\nFix: apt-get install ${packages} (Debian, Ubuntu), or the same from your system.`,
  );
}

/** A loopback port on which nothing listens, so that whatever else runs here is neither disturbed nor measured. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string")
    throw new Error("The loopback interface gave no port.");
  return address.port;
}

/** Runs a measurement; what goes wrong is told in words, and ends it with 1. */
export function runMeasurement(name: string, measure: () => Promise<void>): void {
  measure().catch((error: unknown) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
