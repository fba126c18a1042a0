/**
 * A machine of the cluster: namespaces of its own for network, processes, mounts and host name, held open by one
 * process. When that process ends, the kernel ends every other process of the machine and drops its mounts,
 * interfaces, routes and packet filters: nothing has to be tidied by name.
 */
import { mkdirSync } from "node:fs";
import * as path from "node:path";

import { type RunOptions, run } from "./commands";
import type { ClusterLayout } from "./layout";
import { type Daemon, endProcesses, findProcesses, startDaemon, waitUntil } from "./processes";

/** Process names of machines; those of daemons on them are `<machine>/<daemon>`. */
const KEEPER = "pause";

const NAMESPACES = ["--mount", "--uts", "--net", "--pid"];

/** Folders that hold a machine's own files, in place of this machine's. */
const OWN_FOLDERS = ["/var/lib", "/var/log"];

/** Starts a machine and gives it its folders and its host name. */
export async function startMachine(layout: ClusterLayout, name: string): Promise<void> {
  const options = [...NAMESPACES, "--propagation", "private", "--fork", "--kill-child", "--mount-proc"];
  const command = { name, command: "unshare", args: [...options, layout.program(KEEPER)] };
  startDaemon(layout.folder, command);
  await waitUntil(`the machine ${name}`, () => Promise.resolve(findMachine(layout, name) !== undefined), {
    seconds: 60,
    daemon: { folder: layout.folder, name },
  });
  const own = OWN_FOLDERS.map((folder) => {
    const source = path.join(machineFolder(layout, name), path.basename(folder));
    mkdirSync(source, { recursive: true });
    return `mount --bind '${source}' ${folder}`;
  });
  // Kubelets hand mounts on to containers, so that the machine's own have to be shared.
  const steps = ["mount --make-rshared /", ...own, "mount -t tmpfs tmpfs /run", `hostname ${name}`];
  await runOn(layout, name, "sh", ["-euc", [...steps, "ip link set lo up"].join("\n")]);
}

/** Files of one machine, as this machine sees them. */
export function machineFolder(layout: ClusterLayout, name: string): string {
  return path.join(layout.folder, "machines", name);
}

/** Process id of a running machine's first process. */
export function findMachine(layout: ClusterLayout, name: string): number | undefined {
  return findProcesses(layout.folder).find((found) => found.name === name && found.program === KEEPER)?.pid;
}

/** Runs a command on a machine and answers with its output. */
export async function runOn(
  layout: ClusterLayout,
  machine: string,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return run("nsenter", entering(layout, machine, command, args), options);
}

/** Starts a daemon on a machine. */
export function startOn(layout: ClusterLayout, machine: string, { name, command, args }: Daemon): void {
  const entered = entering(layout, machine, command, args);
  startDaemon(layout.folder, { name: `${machine}/${name}`, command: "nsenter", args: entered });
}

function entering(
  layout: ClusterLayout,
  machine: string,
  command: string,
  args: readonly string[],
): string[] {
  const pid = findMachine(layout, machine);
  if (pid === undefined) throw new Error(`the machine ${machine} does not run`);
  return ["--target", String(pid), ...NAMESPACES, "--", command, ...args];
}

/** Ends a machine and everything on it. */
export async function endMachine(layout: ClusterLayout, name: string): Promise<void> {
  await endProcesses(layout.folder, (found) => found.name === name || found.name.startsWith(`${name}/`));
}
