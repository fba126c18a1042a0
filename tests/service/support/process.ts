import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import path from "node:path";
import { imageArguments } from "../../../service/tools/imageCommand";
import { eventually, type LogLine } from "./api";

const SERVICE = path.join(__dirname, "..", "..", "..", "service");

/** How the image starts the API, and from where. */
export const serverCommand = { args: imageArguments(), folder: SERVICE };

/** Builds the API as the image does. Throws with the tools' output when that fails. */
export function buildService(): void {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "build"], { cwd: SERVICE, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm run build of service/ failed:\n${stdout}${stderr}`);
}

/** A running API: the built server in a process of its own, as the container starts it. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #stdout = "";
  stderr = "";

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, serverCommand.args, {
      cwd: serverCommand.folder,
      env: { NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#exited = once(this.#child, "close");
  }

  /** The complete log lines so far. */
  get lines(): readonly LogLine[] {
    return this.#stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The first line with this message. */
  line(message: string): Promise<LogLine> {
    return eventually(
      `"${message}" in ${this.#stdout}${this.stderr}`,
      () => this.lines.find((line) => line.msg === message),
      10_000,
    );
  }

  /** Resident memory in bytes, as Linux counts it. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid ?? 0}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024;
  }

  async port(): Promise<number> {
    const { address } = await this.line("listening");
    return (address as { port: number }).port;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, once the process has ended and all its output has arrived. */
  async exitCode(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  /** Ends the process whatever its state; for the end of a test. */
  async dispose(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}

/** Runs a program to its end while this process goes on, and gives what it wrote. */
export async function runAside(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
