import { readFileSync } from "node:fs";

import { run } from "../../../local/cluster/commands";

const SETTINGS = ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"];

/** What a cluster might leave on the machine: mounts, interfaces, routes, packet filters, settings, control groups. */
export async function machineState(): Promise<Readonly<Record<string, string>>> {
  const [interfaces, routes, filters, groups] = await Promise.all([
    run("ip", ["-brief", "link", "show"]),
    run("ip", ["route", "show", "table", "all"]),
    run("nft", ["list", "ruleset"]),
    run("find", ["/sys/fs/cgroup", "-name", "aks-platform*"]),
  ]);
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const settings = SETTINGS.map((name) => readFileSync(`/proc/sys/${name}`, "utf8")).join("");
  return { interfaces, routes, filters, groups, mounts, settings };
}
