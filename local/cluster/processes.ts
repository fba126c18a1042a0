/**
 * Processes that outlive the command that starts them. Each carries a mark in its environment, which tells whose it is
 * as long as it runs: no file can be lost or name a process id that means another process by now.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "../driver/errors";
import { wait } from "./commands";

export interface Daemon {
  /** Unique in the cluster, such as `node-1/kubelet`: the log's name too. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface RunningProcess {
  readonly pid: number;
  /** The daemon that it is, or that started it. */
  readonly name: string;
  /** The kernel's name of its program: at most 15 characters. */
  readonly program: string;
}

const MARK = "AKS_PLATFORM_CLUSTER_PROCESS";

/** Starts a daemon in a session of its own; its output goes to `<folder>/logs/<name>.log`. */
export function startDaemon(folder: string, { name, command, args }: Daemon): void {
  const log = logFile(folder, name);
  mkdirSync(path.dirname(log), { recursive: true });
  const output = openSync(log, "a");
  const environment = { PATH: process.env["PATH"], HOME: folder, [MARK]: `${folder}#${name}` };
  const child = spawn(command, args, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", output, output],
  });
  // What cannot be started never becomes ready, and the wait for it shows the log.
  child.once("error", () => undefined);
  child.unref();
  closeSync(output);
}

export function logFile(folder: string, name: string): string {
  return path.join(folder, "logs", `${name}.log`);
}

/** Every process that carries this cluster's mark; none where the system is not Linux. */
export function findProcesses(folder: string): RunningProcess[] {
  if (!existsSync("/proc/self/environ")) return [];
  const prefix = `${MARK}=${folder}#`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      const mark = readProcess(pid, "environ")
        .split("\0")
        .find((variable) => variable.startsWith(prefix));
      if (mark === undefined) return [];
      return [
        { pid: Number(pid), name: mark.slice(prefix.length), program: readProcess(pid, "comm").trim() },
      ];
    });
}

/** Empty for a process that has ended, or that this user may not look at. */
function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Ends what carries the mark and is chosen, and waits until it is gone. @throws UserError after ten seconds. */
export async function endProcesses(
  folder: string,
  isChosen: (found: RunningProcess) => boolean,
): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = findProcesses(folder).filter(isChosen);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      const list = left.map(({ pid, name }) => `${name} (${pid})`).join(", ");
      throw new UserError(
        `processes of the cluster do not end: ${list}.\nFix: end them by hand, then run this again.`,
      );
    }
    for (const { pid } of left) kill(pid);
    await wait(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Time that a daemon has to show its mark. */
const STARTING_MILLISECONDS = 3000;

/**
 * Polls until the probe answers true.
 *
 * @throws UserError when the time is over or the daemon has ended: with the probe's last reason and the log's end
 */
export async function waitUntil(
  what: string,
  probe: () => Promise<boolean | string>,
  options: { readonly seconds: number; readonly daemon?: { readonly folder: string; readonly name: string } },
): Promise<void> {
  const { seconds, daemon } = options;
  const started = Date.now();
  for (;;) {
    const answer = await probe();
    if (answer === true) return;
    const waited = Date.now() - started;
    const hasEnded = daemon !== undefined && waited > STARTING_MILLISECONDS && !isRunning(daemon);
    if (hasEnded || waited > seconds * 1000) {
      const state = hasEnded ? "ended before it was ready" : `is not ready after ${seconds} seconds`;
      const log = daemon === undefined ? undefined : logFile(daemon.folder, daemon.name);
      throw new UserError(`${what} ${state}${answer === false ? "" : `: ${answer}`}.${endOfLog(log)}`);
    }
    await wait(200);
  }
}

function isRunning(daemon: { readonly folder: string; readonly name: string }): boolean {
  return findProcesses(daemon.folder).some(({ name }) => name === daemon.name);
}

function endOfLog(log: string | undefined): string {
  if (log === undefined || !existsSync(log)) return "";
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-8);
  return `\n${log} ends:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
