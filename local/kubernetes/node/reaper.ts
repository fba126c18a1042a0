/**
 * Ends the containers of an agent that was killed. A shell holds the other end of a pipe from the agent and knows
 * the process groups of its containers; when the pipe closes, the agent is gone and the groups are ended.
 */
import { spawn, type ChildProcess } from "node:child_process";

const SCRIPT = `
groups=
while read -r line; do groups=$line; done
[ -n "$groups" ] || exit 0
kill -s TERM -- $groups 2>/dev/null
sleep 2
kill -s KILL -- $groups 2>/dev/null
exit 0
`;

export class Reaper {
  private readonly shell: ChildProcess;
  private readonly groups = new Set<number>();

  public constructor() {
    // Its own session: signals to the agent's group must not end it before its work.
    this.shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    this.shell.stdin?.on("error", () => undefined);
    this.shell.on("error", () => undefined);
  }

  public add(pid: number): void {
    this.groups.add(pid);
    this.tell();
  }

  public remove(pid: number): void {
    this.groups.delete(pid);
    this.tell();
  }

  private tell(): void {
    this.shell.stdin?.write(`${[...this.groups].map((pid) => `-${pid}`).join(" ")}\n`);
  }
}
