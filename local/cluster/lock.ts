import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { UserError } from "../driver/errors";

/** Runs one change of the cluster at a time. The lock of a process that was killed does not count. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = `${folder}.lock`;
  mkdirSync(path.dirname(file), { recursive: true });
  if (!take(file)) {
    const holder = Number(readFileSync(file, "utf8"));
    if (isRunning(holder)) {
      throw new UserError(
        `the cluster is being changed by process ${holder}.\nFix: wait until it has ended.`,
      );
    }
    rmSync(file, { force: true });
    if (!take(file))
      throw new UserError(`the cluster is being changed by another process.\nFix: run this again.`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
