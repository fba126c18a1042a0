/** The nodes of an AKS cluster: what a VM size offers to pods, and whether pods fit. */
import { podAmounts } from "../admission/resources";
import type { PodCount } from "../admission/quota";
import { exceeds } from "../quantity";
import type { PodSpec, Toleration } from "../types";
import { selectsLabels } from "../validation/selectors";
import type { Cluster, NodePool, Taint } from "./platform";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** GiB of memory for each vCPU by VM family (https://learn.microsoft.com/azure/virtual-machines/sizes/overview). */
const GIB_PER_CPU: Readonly<Record<string, number>> = { A: 2, B: 4, D: 4, E: 8, F: 2, L: 8, M: 16, N: 7 };

/** Millicores that AKS keeps for itself, by vCPUs (https://learn.microsoft.com/azure/aks/node-resource-reservations). */
const CPU_RESERVED: readonly (readonly [number, number])[] = [
  [1, 60],
  [2, 100],
  [4, 140],
  [8, 180],
  [16, 260],
  [32, 420],
  [64, 740],
];

/** What the system pods of a node ask for together (networking, CSI drivers, kube-proxy): about this much. */
const SYSTEM_PODS = { cpu: 0.35, memory: 400 * MIB, pods: 8 };

interface Capacity {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

interface Node {
  readonly pool: NodePool;
  cpu: number;
  memory: number;
  pods: number;
}

/** What is left of a node of this size for workloads. */
export function capacityOf({ vmSize, maxPods }: NodePool): Capacity {
  const match = /^(?:Standard_)?([A-Z])[A-Z]*(\d+)(?:-\d+)?([a-z]*)/i.exec(vmSize);
  if (match === null) throw new Error(`VM size ${vmSize}: expected a name such as Standard_D4s_v5`);
  const [, family = "D", digits = "2", features = ""] = match;
  const cpus = Number(digits);
  // Features after the vCPUs: l = little memory, m = much memory (B-series: 2 GiB without it).
  const factor = features.includes("l") || (family === "B" && features === "s") ? 0.5 : 1;
  const memory = cpus * (GIB_PER_CPU[family.toUpperCase()] ?? 4) * factor * GIB;
  const reserved = CPU_RESERVED.reduce((most, [at, milli]) => (cpus >= at ? milli : most), 60);
  const keptMemory = Math.min(20 * MIB * maxPods + 50 * MIB, memory / 4) + 100 * MIB;
  return {
    cpu: cpus - reserved / 1000 - SYSTEM_PODS.cpu,
    memory: memory - keptMemory - SYSTEM_PODS.memory,
    pods: maxPods - SYSTEM_PODS.pods,
  };
}

/**
 * Places pods on the nodes that the pools can have, in the given order.
 * @returns for the last entry the scheduler's words where one of its pods finds no node.
 */
export function unschedulable(cluster: Cluster, pods: readonly PodCount[]): string | undefined {
  if (cluster.nodeAutoProvisioning) return undefined;
  const nodes = cluster.nodePools.flatMap((pool) =>
    Array.from({ length: pool.nodes }, (): Node => ({ pool, ...capacityOf(pool) })),
  );
  let refusal: string | undefined;
  for (const [index, { spec, count }] of pods.entries()) {
    for (let pod = 0; pod < count; pod++) {
      const reason = place(spec, nodes);
      if (index === pods.length - 1) refusal ??= reason;
    }
  }
  return refusal;
}

function place(spec: PodSpec, nodes: readonly Node[]): string | undefined {
  const { cpu = 0, memory = 0 } = podAmounts(spec, "requests");
  const reasons = new Map<string, number>();
  for (const node of nodes) {
    const reason = refusalOf(node, spec, cpu, memory);
    if (reason === undefined) {
      node.cpu -= cpu;
      node.memory -= memory;
      node.pods -= 1;
      return undefined;
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const list = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(", ");
  return `0/${nodes.length} nodes are available: ${list === "" ? "the cluster has no nodes" : list}.`;
}

function refusalOf(node: Node, spec: PodSpec, cpu: number, memory: number): string | undefined {
  const taint = node.pool.taints.find(
    ({ effect, ...rest }) =>
      effect !== "PreferNoSchedule" && !tolerates(spec.tolerations ?? [], { effect, ...rest }),
  );
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value}}`;
  if (!selectsLabels(spec.nodeSelector ?? {}, node.pool.labels)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  if (node.pods < 1) return "Too many pods";
  if (exceeds(cpu, node.cpu)) return "Insufficient cpu";
  return exceeds(memory, node.memory) ? "Insufficient memory" : undefined;
}

function tolerates(tolerations: readonly Toleration[], taint: Taint): boolean {
  return tolerations.some(({ key, operator = "Equal", value = "", effect }) => {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (operator === "Exists") return key === undefined || key === taint.key;
    return key === taint.key && value === taint.value;
  });
}
