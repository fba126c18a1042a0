/** Programs of the distribution that the cluster runs on. */
import { accessSync, constants } from "node:fs";
import * as path from "node:path";

import { UserError, messageOf } from "../driver/errors";
import { run } from "./commands";
import { hasNetworkPlugins } from "./node";

/** Debian's package of each program. */
const PACKAGES: Readonly<Record<string, string>> = {
  etcd: "etcd-server",
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  buildah: "buildah",
  iptables: "iptables",
  nft: "nftables",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  sysctl: "procps",
  openssl: "openssl",
};
const NETWORK_PLUGINS_PACKAGE = "containernetworking-plugins";

/** Debian's packages whose programs are missing, each once. */
export function missingPackages(environment: NodeJS.ProcessEnv = process.env): string[] {
  const missing = Object.entries(PACKAGES)
    .filter(([program]) => findProgram(program, environment) === undefined)
    .map(([, name]) => name);
  return [...new Set([...missing, ...(hasNetworkPlugins() ? [] : [NETWORK_PLUGINS_PACKAGE])])];
}

/** Installs what is missing with apt-get. @throws UserError that names the packages where that fails. */
export async function installPackages(progress: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const list = missing.join(" ");
  progress(`Packages: installing ${list} with apt-get`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["update", "--quiet"], { environment });
    await run("apt-get", ["install", "--yes", "--no-install-recommends", ...missing], { environment });
  } catch (error) {
    throw new UserError(
      `apt-get could not install ${list}: ${messageOf(error)}\nFix: install these programs by hand.`,
    );
  }
}

/** Absolute path of a program on the PATH. */
export function findProgram(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (environment["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
