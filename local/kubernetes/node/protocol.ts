/** What the provider and the node agent say to each other: plain JSON over HTTP on the loopback interface. */
import type { LifecycleHandler, Probe } from "../types";

/** An environment variable: a value, or a field of the pod (downward API). */
export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly fieldPath?: string;
}

export interface ContainerRun {
  readonly name: string;
  /** Where the image's files are; the process starts there. */
  readonly folder: string;
  /** Program and arguments; `node` stands for the Node.js that runs the agent. */
  readonly command: readonly string[];
  readonly env: readonly EnvEntry[];
  /** Ports of the container; one is served where a variable tells the program its number. */
  readonly ports: readonly { readonly name?: string; readonly containerPort: number }[];
  /** The port on which the program listens inside its container, given to it as PORT. */
  readonly listenPort?: number;
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly preStop?: LifecycleHandler;
}

export interface WorkloadSpec {
  /** Unique over all clusters. */
  readonly key: string;
  /** ARM id of the cluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Changes with the pod template: pods of another revision are replaced. */
  readonly revision: string;
  readonly replicas: number;
  /** Pods above `replicas` during a rollout. */
  readonly maxSurge: number;
  /** Pods below `replicas` during a rollout. */
  readonly maxUnavailable: number;
  /** True where every old pod must be gone before a new one comes. */
  readonly recreate: boolean;
  readonly graceSeconds: number;
  readonly containers: readonly ContainerRun[];
}

export interface ServicePortSpec {
  readonly port: number;
  readonly targetPort: number | string;
}

export interface ServiceSpec {
  readonly key: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePortSpec[];
}

export interface PodStatus {
  readonly name: string;
  readonly revision: string;
  readonly phase: "Running" | "Terminating";
  readonly ready: boolean;
  readonly restarts: number;
  /** Why the pod is not ready, as Kubernetes calls it: `CrashLoopBackOff`, `Unhealthy`, ... */
  readonly reason?: string;
  readonly message?: string;
  /** The last lines that the failing container wrote. */
  readonly log: readonly string[];
}

export interface WorkloadStatus {
  readonly key: string;
  readonly revision: string;
  readonly replicas: number;
  /** Pods of the newest revision that are not on their way out. */
  readonly updated: number;
  /** Ready pods among those. */
  readonly ready: number;
  /** Pods of older revisions that are not on their way out. */
  readonly old: number;
  readonly pods: readonly PodStatus[];
}

export interface ServiceStatus {
  readonly key: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** One for each port of the Service, in its order. */
  readonly urls: readonly string[];
  /** Ready pods behind it. */
  readonly endpoints: number;
}

export interface AgentStatus {
  readonly pid: number;
  readonly frontPort: number;
  readonly workloads: readonly WorkloadStatus[];
  readonly services: readonly ServiceStatus[];
}

/** What an agent keeps on disk so that its successor goes on where it stopped. */
export interface DesiredState {
  readonly frontPort: number;
  readonly workloads: readonly WorkloadSpec[];
  readonly services: readonly ServiceSpec[];
  /** Local ports of the Services by key, so that each is found where it was. */
  readonly ports?: Readonly<Record<string, readonly number[]>>;
}

/** Where an agent answers: the content of agent.json. */
export interface AgentAddress {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
}
