/** Makes a stack usable again whose last run was killed: its lock, and what the engine had begun. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "./errors";
import type { Layout } from "./layout";

/** How long an engine whose driver is gone gets to end by itself, in seconds. */
const PATIENCE_SECONDS = 15;

/** A run's note that it has begun, which it takes back at its end. */
export interface RunMark {
  /** True where the run before this one did not come to its end. */
  readonly wasCutOff: boolean;
  remove(): void;
}

/** Notes that a run on the stack begins. To be called by the one run that has the stack's cloud open. */
export function markRun(layout: Layout, stack: string): RunMark {
  const file = path.join(layout.workFolder(stack), "unfinished");
  const wasCutOff = existsSync(file);
  writeFileSync(file, "");
  return {
    wasCutOff,
    remove: () => {
      rmSync(file, { force: true });
    },
  };
}

interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Removes the stack's locks whose process is dead, which is what `pulumi cancel` does, and waits a little for a
 * living one.
 * @throws UserError where another process works on the stack.
 */
export async function releaseStaleLocks(layout: Layout, project: string, stack: string): Promise<void> {
  const folder = path.join(layout.state, ".pulumi", "locks", "organization", project, stack);
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const holders = readLocks(folder).filter(({ file, lock }) => {
      if (lock !== undefined && isRunning(lock)) return true;
      rmSync(file, { force: true });
      rmSync(`${file}.attrs`, { force: true });
      return false;
    });
    const holder = holders[0]?.lock;
    if (holder === undefined) return;
    if (Date.now() > deadline) {
      throw new UserError(
        `the stack "${stack}" is in use: process ${holder.pid} on ${holder.hostname} holds its lock.\n` +
          "Fix: wait for that run to end, or end it, and run this again.",
      );
    }
    await sleep(200);
  }
}

function readLocks(folder: string): { readonly file: string; readonly lock: Lock | undefined }[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.map((name) => ({ file: path.join(folder, name), lock: readLock(path.join(folder, name)) }));
}

/** Undefined for a file that a killed engine left unfinished. */
function readLock(file: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

/** A lock of another machine counts as held: its process cannot be looked up from here. */
function isRunning({ pid, hostname }: Lock): boolean {
  if (hostname !== os.hostname()) return true;
  const listing = spawnSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" });
  if (listing.error !== undefined) return processExists(pid);
  // The process id may have been given to another program since.
  return listing.stdout.includes("pulumi");
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
