import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { Agent, get } from "node:http";

/** A server to measure: how it is started, given a port. */
export interface Target {
  readonly name: string;
  readonly command: (port: number) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Processor that the server alone runs on; the load comes from the next one. */
const SERVER_CORE = 0;

/** What Linux on x86 and Arm counts processor time in, for programs (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** A server that runs and answers. */
export class RunningTarget {
  private constructor(
    readonly target: Target,
    readonly port: number,
    private readonly child: ChildProcess,
    /** Milliseconds from its start to the first 200. */
    readonly readyMs: number,
  ) {}

  static async start(target: Target, port: number, probePath = "/"): Promise<RunningTarget> {
    if (await answers(port, probePath)) throw new Error(`Port ${port} is in use: end what answers there.`);
    const since = performance.now();
    const child = spawn("taskset", ["-c", String(SERVER_CORE), ...target.command(port)], {
      env: {
        ...process.env,
        NODE_ENV: "production",
        HOST: "127.0.0.1",
        PORT: String(port),
        ...target.environment,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const end = since + 30_000;
    while (!(await answers(port, probePath))) {
      if (child.exitCode !== null || performance.now() > end)
        throw new Error(`${target.name} does not answer.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return new RunningTarget(target, port, child, performance.now() - since);
  }

  /** Resident memory in MiB: now (`VmRSS`), or at its highest (`VmHWM`). */
  memoryMib(field: "VmRSS" | "VmHWM"): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? NaN) / 1024;
  }

  /** Seconds that the process has had a processor since its start, of all its threads. */
  processorSeconds(): number {
    // Fields 14 and 15 (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), counted from behind the name.
    const [, rest = ""] = readFileSync(`/proc/${this.#pid}/stat`, "utf8").split(") ");
    const [user = NaN, system = NaN] = rest.split(" ").slice(11, 13).map(Number);
    return (user + system) / TICKS_PER_SECOND;
  }

  get #pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path, agent: new Agent() }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => {
      resolve(false);
    });
  });
}
