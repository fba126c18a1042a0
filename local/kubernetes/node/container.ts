/** A container of a pod: a local process that is started, probed, restarted and ended. */
import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, LOOPBACK } from "./ports";
import { runCommand, type ProbeTarget } from "./probe";
import { Prober } from "./prober";
import type { ContainerRun } from "./protocol";
import type { Reaper } from "./reaper";

/** First wait before a restart; it doubles up to the longest. Kubernetes begins with 10 s and ends with 300 s. */
const BACK_OFF_MS = { first: 250, longest: 10_000 };
const LOG_LINES = 20;

export interface ContainerState {
  readonly ready: boolean;
  readonly restarts: number;
  readonly reason?: string;
  readonly message?: string;
}

export class Container implements ProbeTarget {
  public state: ContainerState = { ready: false, restarts: 0, reason: "ContainerCreating" };
  public readonly folder: string;
  public env: NodeJS.ProcessEnv;
  private process: ChildProcess | undefined;
  private prober: Prober | undefined;
  /** Loopback ports by container port. */
  private localPorts: ReadonlyMap<number, number> = new Map();
  private failure: string | undefined;
  /** Why it was restarted last: what a probe says meanwhile is a consequence. */
  private lastExit: { readonly reason: string; readonly message: string } | undefined;
  private ending = false;

  public constructor(
    private readonly run: ContainerRun,
    private readonly baseEnv: NodeJS.ProcessEnv,
    private readonly logFile: string,
    private readonly reaper: Reaper,
    private readonly changed: () => void,
  ) {
    this.folder = run.folder;
    this.env = baseEnv;
  }

  public async start(): Promise<void> {
    const ports = await this.assignPorts();
    if (this.isEnding()) return;
    this.env = { ...this.baseEnv, HOST: LOOPBACK, ...ports };
    const [program = "", ...args] = this.run.command;
    const log = openSync(this.logFile, "a");
    this.failure = undefined;
    const child = spawn(program === "node" ? process.execPath : program, args, {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", log, log],
      // Its own process group, so that what it starts ends with it.
      detached: true,
    });
    closeSync(log);
    this.process = child;
    if (child.pid !== undefined) this.reaper.add(child.pid);
    child.once("error", (error) => {
      appendFileSync(this.logFile, `${error.message}\n`);
      this.exited(child, `could not start: ${error.message}`);
    });
    child.once("exit", (code, signal) => {
      this.exited(child, code === null ? `killed by ${signal ?? "a signal"}` : `exit code ${code}`);
    });
    this.prober = new Prober(this.run, this, {
      readiness: (ready, failure) => {
        this.setReady(ready, failure);
      },
      unhealthy: (message) => {
        this.failure = message;
        this.kill("SIGKILL");
      },
    });
    this.prober.start();
  }

  public portOf(port: number | string): number | undefined {
    const wanted =
      typeof port === "number" ? port : this.run.ports.find(({ name }) => name === port)?.containerPort;
    return wanted === undefined ? undefined : this.localPorts.get(wanted);
  }

  /** Runs the preStop hook, asks the process to end, and ends it where it does not within the time it has. */
  public async terminate(graceSeconds: number, skipHook: boolean): Promise<void> {
    this.ending = true;
    this.prober?.stop();
    this.state = { ...this.state, ready: false };
    const deadline = Date.now() + graceSeconds * 1000;
    if (!skipHook) await this.preStop(graceSeconds);
    this.kill("SIGTERM");
    while (this.isRunning() && Date.now() < deadline) await sleep(20);
    this.kill("SIGKILL");
    while (this.isRunning()) await sleep(10);
  }

  public log(): string[] {
    try {
      return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-LOG_LINES);
    } catch {
      return [];
    }
  }

  /**
   * Pods share the loopback interface, so that each gets ports of its own, for every start new ones: those before may
   * still be in TIME_WAIT, or taken since.
   * @returns variables that tell the program: PORT, and each whose value is another port of the container
   */
  private async assignPorts(): Promise<Record<string, string>> {
    const { listenPort, ports } = this.run;
    const main = await freePort();
    const local = new Map(listenPort === undefined ? [] : [[listenPort, main]]);
    const variables: Record<string, string> = { PORT: String(main) };
    for (const { containerPort } of ports) {
      const named = Object.keys(this.baseEnv).find((name) => this.baseEnv[name] === String(containerPort));
      if (named === undefined || containerPort === listenPort) continue;
      const port = await freePort();
      local.set(containerPort, port);
      variables[named] = String(port);
    }
    this.localPorts = local;
    return variables;
  }

  private async preStop(graceSeconds: number): Promise<void> {
    const hook = this.run.preStop;
    if (hook?.sleep !== undefined) await sleep(Math.min(hook.sleep.seconds, graceSeconds) * 1000);
    if (hook?.exec !== undefined) await runCommand(hook.exec.command ?? [], this, graceSeconds * 1000);
  }

  private exited(child: ChildProcess, how: string): void {
    if (child !== this.process) return;
    if (child.pid !== undefined) this.reaper.remove(child.pid);
    this.process = undefined;
    this.prober?.stop();
    if (this.ending) return;
    const restarts = this.state.restarts + 1;
    this.lastExit = { reason: "CrashLoopBackOff", message: this.failure ?? `the process ended: ${how}` };
    this.state = { ready: false, restarts, ...this.lastExit };
    this.changed();
    const wait = Math.min(BACK_OFF_MS.first * 2 ** (restarts - 1), BACK_OFF_MS.longest);
    setTimeout(() => {
      if (!this.isEnding()) void this.start();
    }, wait).unref();
  }

  private setReady(ready: boolean, failure: string | undefined): void {
    const { restarts, ready: before } = this.state;
    if (ready) {
      this.lastExit = undefined;
      this.state = { ready, restarts };
    } else {
      const message = failure === undefined ? {} : { message: failure };
      this.state = { ready, restarts, ...(this.lastExit ?? { reason: "Unhealthy", ...message }) };
    }
    if (before !== ready) this.changed();
  }

  private kill(signal: NodeJS.Signals): void {
    const pid = this.process?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group ended in between.
    }
  }

  private isRunning(): boolean {
    return this.process !== undefined;
  }

  private isEnding(): boolean {
    return this.ending;
  }
}
