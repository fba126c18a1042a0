import { spawnSync } from "node:child_process";

/** Process ids of a process's children that run a program of this name. */
export function childrenOf(parent: number | undefined, name: string): number[] {
  const { stdout } = spawnSync("ps", ["-e", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((row) => row.trim().split(/\s+/));
  return rows
    .filter(([, of, command]) => Number(of) === parent && command === name)
    .map(([pid]) => Number(pid));
}
