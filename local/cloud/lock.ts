/** One writer for each cloud: two processes appending to one journal would not see each other's records. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** Takes the lock of a file, also from a process that has died. @throws if a living process holds it. */
export function takeLock(file: string): () => void {
  const lock = `${file}.lock`;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return () => {
        rmSync(lock, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(lock);
    if (holder !== undefined && isAlive(holder)) {
      throw new Error(
        `The emulated cloud ${file} is open in process ${holder}. Only one process may change a cloud: ` +
          `wait for that one or end it, or read the cloud with CloudStore.openReadOnly. (Lock: ${lock})`,
      );
    }
    rmSync(lock, { force: true });
  }
}

function readHolder(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // released in the meantime
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
