import { spawnSync } from "node:child_process";

import { missingBinaries } from "./binaries";
import type { ClusterLayout } from "./layout";
import { findProgram, missingPackages } from "./packages";

/** A machine of the cluster has its own files there, so that nothing else can be found in them. */
const HIDDEN_FOLDERS = ["/var/lib/", "/var/log/", "/run/", "/var/run/"];

/** Why there can be no real cluster on this machine, as a sentence with its fix; nothing where there can. */
export function whyImpossible(layout: ClusterLayout): string | undefined {
  if (process.platform !== "linux") {
    return `Kubernetes nodes need Linux, this is ${process.platform}. Fix: use kind or k3d, with AKS_PLATFORM_CLUSTER=external.`;
  }
  if (process.getuid?.() !== 0) {
    return "nodes need root for namespaces, mounts and packet filters. Fix: run this as root, or use kind or k3d with AKS_PLATFORM_CLUSTER=external.";
  }
  const hidden = HIDDEN_FOLDERS.find(
    (folder) => layout.folder.startsWith(folder) || layout.tools.startsWith(folder),
  );
  if (hidden !== undefined) {
    return `a node has a ${hidden} of its own and would not see the checkout in it. Fix: move the checkout out of ${hidden}.`;
  }
  const packages = missingPackages();
  if (packages.length > 0 && findProgram("apt-get") === undefined) {
    return `programs are missing and there is no apt-get to install them. Fix: install what these Debian packages hold: ${packages.join(", ")}.`;
  }
  const binaries = missingBinaries(layout);
  if (binaries.length > 0 && findProgram("go") === undefined) {
    return `${binaries.join(", ")} must be built with Go, and there is no go on the PATH. Fix: install Go (https://go.dev/doc/install).`;
  }
  return whyNoNamespaces();
}

/** Tries what a machine of the cluster is made of: containers without privileges refuse it. */
function whyNoNamespaces(): string | undefined {
  const test =
    "mount -t tmpfs tmpfs /mnt && ip link add one type veth peer name two && ip link add three type bridge";
  const result = spawnSync(
    "unshare",
    ["--mount", "--uts", "--net", "--pid", "--fork", "--mount-proc", "sh", "-ec", test],
    {
      encoding: "utf8",
      timeout: 10_000,
    },
  );
  if (result.status === 0) return undefined;
  const reason = result.error?.message ?? result.stderr.trim();
  return `the kernel refuses namespaces, virtual cables or a bridge (${reason}). Fix: run this outside a container, or in a privileged one.`;
}
