/** What kubelets change on the machine as a whole: settings of the kernel, and control groups. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { NODES } from "./topology";

/** Kernel settings that a kubelet sets at its start (k8s.io/kubernetes, pkg/util/sysctl). */
const SETTINGS = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

const CONTROL_GROUPS = "/sys/fs/cgroup";
/** Parent of all nodes' control groups. */
const GROUP = "aks-platform-cluster";
/** Version 2 beside version 1: it has no controllers, and runc makes the groups that it wants there. */
const UNUSED_HIERARCHY = "unified";
/** What a new control group of version 1 has to be given before a process can enter it. */
const INHERITED = ["cpuset.mems", "cpuset.cpus"];

/** Notes the kernel's settings in the cluster's folder, once: those of a killed run are the machine's own. */
export function noteKernelSettings(folder: string): void {
  const file = noteFile(folder);
  if (existsSync(file)) return;
  const settings = SETTINGS.map((name) => [name, readFileSync(path.join("/proc/sys", name), "utf8").trim()]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(settings)));
}

/** Puts the noted settings back; nothing where none were noted. */
export function restoreKernelSettings(folder: string): void {
  const file = noteFile(folder);
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(
    JSON.parse(readFileSync(file, "utf8")) as Record<string, string>,
  )) {
    writeFileSync(path.join("/proc/sys", name), value);
  }
}

function noteFile(folder: string): string {
  return path.join(folder, "kernel.json");
}

/** The control group of a node's pods, as its kubelet names it. */
export function controlGroupOf(node: string): string {
  return `/${GROUP}/${node}`;
}

/** Creates every node's control group in each hierarchy. */
export function createControlGroups(): void {
  for (const hierarchy of hierarchies().filter((folder) => path.basename(folder) !== UNUSED_HIERARCHY)) {
    for (const node of NODES) createGroup(hierarchy, [GROUP, node.name]);
  }
}

function createGroup(hierarchy: string, names: readonly string[]): void {
  let parent = hierarchy;
  for (const name of names) {
    const group = path.join(parent, name);
    mkdirSync(group, { recursive: true });
    for (const file of INHERITED) {
      // Version 2 needs no such copy, and gives a group the controllers that its parent hands down.
      const inherited = path.join(parent, file);
      if (existsSync(inherited) && !isVersion2())
        writeFileSync(path.join(group, file), readFileSync(inherited));
    }
    if (isVersion2()) {
      const controllers = readFileSync(path.join(parent, "cgroup.controllers"), "utf8").trim().split(" ");
      writeFileSync(
        path.join(parent, "cgroup.subtree_control"),
        controllers.map((one) => `+${one}`).join(" "),
      );
    }
    parent = group;
  }
}

/** Removes the control groups that are left. Their processes must have ended. */
export function removeControlGroups(): void {
  for (const hierarchy of hierarchies()) removeGroup(path.join(hierarchy, GROUP));
}

/** True where something of the cluster is left in the machine's control groups. */
export function hasControlGroups(): boolean {
  return hierarchies().some((hierarchy) => existsSync(path.join(hierarchy, GROUP)));
}

function removeGroup(group: string): void {
  if (!existsSync(group)) return;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(path.join(group, entry.name));
  }
  rmdirSync(group);
}

/** One folder for version 2; one for each controller, by its real name, for version 1. */
function hierarchies(): string[] {
  if (isVersion2()) return [CONTROL_GROUPS];
  if (!existsSync(CONTROL_GROUPS)) return [];
  return readdirSync(CONTROL_GROUPS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(CONTROL_GROUPS, entry.name));
}

function isVersion2(): boolean {
  return existsSync(path.join(CONTROL_GROUPS, "cgroup.controllers"));
}
