/** Brings the local cluster up and down. */
import { existsSync, mkdirSync, rmSync } from "node:fs";

import { UserError } from "../driver/errors";
import { apply } from "./addons/manifest";
import { coredns } from "./addons/coredns";
import { metricsServer } from "./addons/metricsServer";
import { networkPolicies, startNetworkPolicies } from "./addons/networkPolicies";
import { buildBinaries } from "./binaries";
import { wait } from "./commands";
import { startControlPlane } from "./controlPlane";
import { createCredentials } from "./credentials";
import { obtainDefinitions, readDefinitions } from "./definitions";
import { CLUSTER_IMAGES, buildClusterImages, clusterArchive, importOnNode } from "./images";
import {
  createControlGroups,
  hasControlGroups,
  noteKernelSettings,
  removeControlGroups,
  restoreKernelSettings,
} from "./kernel";
import { type Access, type ClusterNode, kubectl, listNodes } from "./kubectl";
import type { ClusterLayout } from "./layout";
import { withLock } from "./lock";
import { endMachine, startMachine } from "./machines";
import {
  connectMachine,
  createSwitch,
  openNodePorts,
  refuseTakenNetwork,
  removeHostNetwork,
} from "./network";
import { startNode, startRuntime } from "./node";
import { findProgram, installPackages } from "./packages";
import { endProcesses, findProcesses, waitUntil } from "./processes";
import { CONTROL_PLANE, NODES, SWITCH } from "./topology";
import { whyImpossible } from "./requirements";

type Progress = (line: string) => void;

/** What runs on each machine beside its first process: program names as the kernel cuts them. */
const CONTROL_PLANE_PROGRAMS = ["etcd", "kube-apiserver", "kube-controller", "kube-scheduler"];
const NODE_PROGRAMS = ["containerd", "kubelet", "kube-proxy", "network-policie"];

/** Installs and builds what a cluster needs, where it is missing; says nothing where it is there. */
export async function prepare(layout: ClusterLayout, progress: Progress): Promise<void> {
  const reason = whyImpossible(layout);
  if (reason !== undefined) throw new UserError(`there can be no cluster on this machine: ${reason}`);
  await withLock(layout.folder, async () => obtain(layout, progress));
}

async function obtain(layout: ClusterLayout, progress: Progress): Promise<void> {
  await installPackages(progress);
  await buildBinaries(layout, progress);
  await obtainDefinitions(layout);
  await buildClusterImages(layout);
}

/** Starts the cluster; says nothing where it runs. @throws UserError with the reason where it cannot run here. */
export async function bringUp(layout: ClusterLayout, progress: Progress): Promise<void> {
  await prepare(layout, progress);
  await withLock(layout.folder, async () => {
    if ((await inspect(layout)).state === "running") return;
    await takeDown(layout);
    await refuseTakenNetwork();
    progress(`Kubernetes ${layout.version}: starting ${NODES.length} nodes`);
    await start(layout);
    progress(`Kubernetes ${layout.version}: ready. KUBECONFIG=${layout.kubeconfig}`);
  });
}

/** Ends the cluster and forgets it; what was built and installed stays. */
export async function bringDown(layout: ClusterLayout): Promise<void> {
  await withLock(layout.folder, async () => takeDown(layout));
}

async function start(layout: ClusterLayout): Promise<void> {
  mkdirSync(layout.folder, { recursive: true, mode: 0o700 });
  noteKernelSettings(layout.folder);
  createControlGroups();
  const machines = [CONTROL_PLANE, ...NODES];
  const [credentials] = await Promise.all([
    createCredentials(layout),
    ...[SWITCH, ...machines.map(({ name }) => name)].map(async (name) => startMachine(layout, name)),
  ]);
  await createSwitch(layout);
  for (const machine of machines) await connectMachine(layout, machine);
  await openNodePorts();
  const runtimes = NODES.map(async (node) => {
    await startRuntime(layout, node);
    for (const program of CLUSTER_IMAGES)
      await importOnNode(layout, node.name, clusterArchive(layout, program));
  });
  await Promise.all([startControlPlane(layout, credentials), ...runtimes]);
  // AKS serves the vertical autoscaler's objects to every cluster that has the add-on; here nobody acts on them.
  const definitions = readDefinitions(layout, "verticalPodAutoscaler");
  await apply(layout, [...networkPolicies(), ...coredns(), ...metricsServer(), ...definitions]);
  await startNetworkPolicies(layout);
  for (const node of NODES) startNode(layout, node, credentials.authority);
  await waitForNodes(layout);
  await waitForAddOns(layout);
}

async function waitForNodes(layout: ClusterLayout): Promise<void> {
  const areReady = async () => {
    const nodes = await listNodes(accessOf(layout));
    const missing = NODES.filter(({ name }) => !nodes.some((node) => node.name === name && node.isReady));
    return missing.length === 0 ? true : `waiting for ${missing.map(({ name }) => name).join(", ")}`;
  };
  await waitUntil("the cluster", areReady, { seconds: 240 });
}

async function waitForAddOns(layout: ClusterLayout): Promise<void> {
  const ask = ["--namespace", "kube-system", "wait", "--for", "condition=Available", "--timeout", "240s"];
  await kubectl(accessOf(layout), [...ask, "deployment/coredns", "deployment/metrics-server"]);
}

/** The administrator's access to the local cluster. */
export function accessOf(layout: ClusterLayout): Access {
  return { kubeconfig: layout.kubeconfig, kubectl: layout.program("kubectl") };
}

export type ClusterState = "running" | "incomplete" | "stopped";

export interface ClusterReport {
  readonly state: ClusterState;
  /** Programs that should run and do not, where the cluster is incomplete. */
  readonly missing: readonly string[];
  readonly nodes: readonly ClusterNode[];
}

/** What runs of the local cluster. */
export async function inspect(layout: ClusterLayout): Promise<ClusterReport> {
  const running = findProcesses(layout.folder);
  if (running.length === 0) return { state: "stopped", missing: [], nodes: [] };
  const expected = [
    { machine: SWITCH, programs: ["pause"] },
    { machine: CONTROL_PLANE.name, programs: ["pause", ...CONTROL_PLANE_PROGRAMS] },
    ...NODES.map(({ name }) => ({ machine: name, programs: ["pause", ...NODE_PROGRAMS] })),
  ];
  const missing = expected.flatMap(({ machine, programs }) => {
    const here = running.filter(({ name }) => name === machine || name.startsWith(`${machine}/`));
    return programs
      .filter((program) => !here.some((found) => found.program === program))
      .map((one) => `${machine}/${one}`);
  });
  const nodes = existsSync(layout.kubeconfig) ? await listNodes(accessOf(layout)).catch(() => []) : [];
  const isComplete =
    missing.length === 0 && nodes.length === NODES.length && nodes.every(({ isReady }) => isReady);
  return { state: isComplete ? "running" : "incomplete", missing, nodes };
}

/** Nodes first, then what they talk to: the kernel removes what the machines held when their processes have ended. */
async function takeDown(layout: ClusterLayout): Promise<void> {
  for (const name of [...NODES.map((node) => node.name), CONTROL_PLANE.name, SWITCH])
    await endMachine(layout, name);
  await endProcesses(layout.folder, () => true);
  // Only root can have made them. They are looked for even where the cluster's folder is gone.
  if (process.getuid?.() === 0 && findProgram("nft") !== undefined) await removeHostNetwork();
  await emptyControlGroups();
  restoreKernelSettings(layout.folder);
  rmSync(layout.folder, { recursive: true, force: true });
}

/** A group can be removed when the kernel has seen the last of its processes off. */
async function emptyControlGroups(): Promise<void> {
  for (let attempt = 0; hasControlGroups(); attempt += 1) {
    try {
      removeControlGroups();
    } catch (error) {
      if (attempt === 50) throw error;
      await wait(100);
    }
  }
}
