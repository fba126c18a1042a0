import { readFileSync } from "node:fs";
import * as path from "node:path";

import { REPOSITORY_ROOT } from "../driver/layout";
import { UserError } from "../driver/errors";

/** Where a cluster's files are. */
export interface ClusterLayout {
  /** Such as `1.35.4`: what `tools/kubernetes/go.mod` pins. */
  readonly version: string;
  /** Folder with the sources' Go modules. */
  readonly modules: string;
  /** Executables and images: built once a version. */
  readonly tools: string;
  /** Everything that a running cluster writes; it goes with the cluster. */
  readonly folder: string;
  /** Credentials of the cluster's administrator. */
  readonly kubeconfig: string;
  /** An executable that was built. */
  program(name: string): string;
}

export function createClusterLayout(root = REPOSITORY_ROOT): ClusterLayout {
  const version = pinnedKubernetes(root);
  const folder = path.join(root, ".local", "cluster");
  const tools = path.join(root, ".tools", "kubernetes", version);
  return {
    version,
    modules: path.join(root, "tools"),
    tools,
    folder,
    kubeconfig: path.join(folder, "kubeconfig"),
    program: (name) => path.join(tools, name),
  };
}

/** @throws UserError where the Go module pins no version of Kubernetes. */
export function pinnedKubernetes(root: string): string {
  const file = path.join(root, "tools", "kubernetes", "go.mod");
  const version = /^require k8s\.io\/kubernetes v(\d+\.\d+\.\d+)$/m.exec(readFileSync(file, "utf8"))?.[1];
  if (version === undefined) {
    throw new UserError(
      `${file} pins no version of k8s.io/kubernetes.\nFix: restore the file from version control.`,
    );
  }
  return version;
}
