/** The cluster's executables, built with Go from the modules in `tools/`, again where those change. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import * as path from "node:path";

import { UserError, messageOf } from "../driver/errors";
import { run } from "./commands";
import type { ClusterLayout } from "./layout";
import { isCurrent, markCurrent } from "./sources";

export interface GoModule {
  /** Folder in `tools/`. */
  readonly folder: string;
  readonly packages: readonly string[];
  /** Build tags. @default none */
  readonly tags?: readonly string[];
}

/** Notation, which signs and verifies images. */
export const SIGNING: GoModule = {
  folder: "notation",
  packages: ["github.com/notaryproject/notation/cmd/notation"],
};

const MODULES: readonly GoModule[] = [
  {
    folder: "kubernetes",
    packages: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kubectl",
    ].map((program) => `k8s.io/kubernetes/cmd/${program}`),
  },
  { folder: "cluster", packages: ["./pause", "./coredns", "./network-policies"] },
  // It is built against another release of Kubernetes' libraries.
  { folder: "metrics-server", packages: ["sigs.k8s.io/metrics-server/cmd/metrics-server"] },
  SIGNING,
  { folder: "rollouts", packages: ["github.com/argoproj/argo-rollouts/cmd/rollouts-controller"] },
  {
    folder: "prometheus",
    packages: ["github.com/prometheus/prometheus/cmd/prometheus"],
    // Without the clouds' own discovery, which is most of it.
    tags: ["remove_all_sd", "enable_kubernetes_sd"],
  },
];

/** Names of the executables that are missing, or were built from other sources. */
export function missingBinaries(layout: ClusterLayout): string[] {
  return MODULES.flatMap((module) => missingOf(layout, module));
}

function missingOf(layout: ClusterLayout, { folder, packages }: GoModule): string[] {
  const programs = packages.map((one) => path.basename(one));
  if (!isCurrent(layout, folder, folder)) return programs;
  return programs.filter((program) => !existsSync(layout.program(program)));
}

/** Builds what is missing. @throws UserError with Go's message. */
export async function buildBinaries(
  layout: ClusterLayout,
  progress: (line: string) => void,
  modules: readonly GoModule[] = MODULES,
): Promise<void> {
  for (const module of modules) {
    const missing = missingOf(layout, module);
    if (missing.length > 0) await build(layout, module, missing, progress);
  }
}

async function build(
  layout: ClusterLayout,
  { folder, packages, tags = [] }: GoModule,
  missing: readonly string[],
  progress: (line: string) => void,
): Promise<void> {
  progress(`Kubernetes ${layout.version}: building ${missing.join(", ")} with Go (minutes, once)`);
  const started = Date.now();
  const ticker = setInterval(() => {
    progress(`  still building (${Math.round((Date.now() - started) / 1000)} s)`);
  }, 20_000);
  mkdirSync(layout.tools, { recursive: true });
  // An executable gets its name when it is complete, so that a build that was stopped is made again.
  const output = mkdtempSync(path.join(layout.tools, "build-"));
  const wanted = packages.filter((one) => missing.includes(path.basename(one)));
  const flags = [
    ...["-p", String(availableParallelism()), "-trimpath", "-tags", tags.join(",")],
    ...["-ldflags", linkerFlags(layout.version)],
  ];
  const args = ["-n", "10", "go", "build", "-mod=readonly", ...flags, "-o", `${output}/`, ...wanted];
  try {
    const environment = { ...process.env, CGO_ENABLED: "0" };
    await run("nice", args, { cwd: path.join(layout.modules, folder), environment });
    for (const program of readdirSync(output))
      renameSync(path.join(output, program), layout.program(program));
    markCurrent(layout, folder, folder);
  } catch (error) {
    throw new UserError(
      `Go could not build ${missing.join(", ")}: ${messageOf(error)}\n` +
        "Fix: check the network or the GOPROXY setting and the space on the disk, then run this again.",
    );
  } finally {
    clearInterval(ticker);
    rmSync(output, { recursive: true, force: true });
  }
}

/** Leaves debugging tables out, and tells Kubernetes its version: it is a module like any other to Go. */
function linkerFlags(version: string): string {
  const [major, minor] = version.split(".");
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const settings = Object.entries(variables).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ["-s", "-w", ...settings].join(" ");
}
