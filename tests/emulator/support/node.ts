/** Workloads of the fixture image, and what tests ask of the node that runs them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeAgent } from "../../../local/kubernetes";
import type { ContainerRun, WorkloadSpec, WorkloadStatus } from "../../../local/kubernetes/node/protocol";

export function workload(
  revision: string,
  more: Partial<WorkloadSpec> = {},
  run: Partial<ContainerRun> = {},
): WorkloadSpec {
  return {
    ...{
      key: "w",
      cluster: "c",
      namespace: "apps",
      name: "api",
      labels: { app: "api" },
      serviceAccount: "default",
    },
    ...{ revision, replicas: 2, maxSurge: 1, maxUnavailable: 0, recreate: false, graceSeconds: 5 },
    containers: [
      {
        name: "api",
        folder: join(__dirname, "..", "fixtures", "image"),
        command: ["node", "server.js"],
        env: [
          { name: "GREETING", value: revision },
          { name: "POD_NAME", fieldPath: "metadata.name" },
        ],
        ports: [{ name: "http", containerPort: 8080 }],
        listenPort: 8080,
        readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 1, failureThreshold: 1 },
        ...run,
      },
    ],
    ...more,
  };
}

export const NODE_SERVICE = {
  ...{ key: "s", cluster: "c", namespace: "apps", name: "api" },
  selector: { app: "api" },
  ports: [{ port: 80, targetPort: "http" }],
};

export async function until(
  node: NodeAgent,
  isDone: (status: WorkloadStatus) => boolean,
  key = "w",
): Promise<WorkloadStatus> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const status = await node.workloadStatus(key);
    if (status !== undefined && isDone(status)) return status;
    if (Date.now() > deadline) throw new Error(`Not reached in 15 s: ${JSON.stringify(status)}`);
    await sleep(20);
  }
}

export const isComplete = ({ replicas, updated, ready, old }: WorkloadStatus): boolean =>
  updated === replicas && ready === replicas && old === 0;

export interface Answer {
  readonly greeting: string;
  readonly pod: string;
  readonly env: string[];
}

/** One request on a connection of its own, as curl makes it. */
export async function ask(port: number, path = "/"): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
  return (await response.json()) as Answer;
}

/** True while a process of this id runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/** Process groups that the agent started: its containers and the shell that watches over them. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

export async function waitFor(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + 8_000;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error("Not reached in 8 s");
    await sleep(25);
  }
}
