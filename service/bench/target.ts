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

  /** Resident memory in MiB. */
  rssMib(): number {
    const [, kib = "0"] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid ?? 0}/status`, "utf8")) ?? [];
    return Number(kib) / 1024;
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
