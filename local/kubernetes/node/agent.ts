/** The node: workloads and Services that shall be there, and what is there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { selectsLabels } from "../validation/selectors";
import type {
  AgentStatus,
  DesiredState,
  ServicePortSpec,
  ServiceSpec,
  ServiceStatus,
  WorkloadSpec,
  WorkloadStatus,
} from "./protocol";
import { isPortFree, LOOPBACK, portInUse } from "./ports";
import { FrontPort } from "./proxy";
import { Reaper } from "./reaper";
import { Workload } from "./workload";

interface Front {
  readonly spec: ServiceSpec;
  readonly ports: readonly FrontPort[];
}

export class Agent {
  private readonly workloads = new Map<string, Workload>();
  private readonly fronts = new Map<string, Front>();
  private readonly reaper = new Reaper();

  public constructor(
    private readonly stateFolder: string,
    private frontPort: number,
  ) {
    mkdirSync(stateFolder, { recursive: true });
  }

  /** Takes up what an agent before this one left; a Service whose port is taken waits for {@link moveFront}. */
  public async resume(): Promise<void> {
    const desired = this.readDesired();
    // Who only asks for the URL does not choose the port; who does moves the Services afterwards.
    this.frontPort = desired?.frontPort ?? this.frontPort;
    for (const spec of desired?.workloads ?? []) this.start(spec);
    for (const spec of desired?.services ?? []) {
      await this.open(spec).catch((error: unknown) => {
        console.error(error);
      });
    }
  }

  public get isEmpty(): boolean {
    return this.workloads.size === 0 && this.fronts.size === 0;
  }

  public applyWorkload(spec: WorkloadSpec): WorkloadStatus {
    const workload = this.start(spec);
    this.save();
    return workload.status();
  }

  public workloadStatus(key: string): WorkloadStatus | undefined {
    return this.workloads.get(key)?.status();
  }

  public async removeWorkload(key: string): Promise<void> {
    const workload = this.workloads.get(key);
    this.workloads.delete(key);
    this.save();
    await workload?.remove();
  }

  public async exposeService(spec: ServiceSpec): Promise<ServiceStatus> {
    await this.close(spec.key);
    try {
      await this.open(spec);
    } catch (error) {
      this.fronts.delete(spec.key);
      throw error;
    }
    this.save();
    return this.serviceStatus(spec.key);
  }

  public async removeService(key: string): Promise<void> {
    await this.close(key);
    this.save();
  }

  /** Takes away everything whose key is not named. */
  public async retain(keys: ReadonlySet<string>): Promise<void> {
    const gone = [...this.workloads.keys()].filter((key) => !keys.has(key));
    for (const key of [...this.fronts.keys()].filter((front) => !keys.has(front))) await this.close(key);
    await Promise.all(gone.map((key) => this.removeWorkload(key)));
    this.save();
  }

  /** Serves all Services on ports from this first one on. @throws where it is in use; nothing moves then. */
  public async moveFront(port: number): Promise<void> {
    const fronts = [...this.fronts.values()];
    const isOpen = fronts.every(({ spec, ports }) => ports.length === spec.ports.length);
    if (port === this.frontPort && isOpen) return;
    const isOurs = fronts.some(({ ports }) => ports.some((front) => front.port === port));
    if (fronts.length > 0 && !isOurs && !(await isPortFree(port))) throw portInUse(port);
    for (const { spec } of fronts) await this.close(spec.key);
    this.frontPort = port;
    for (const { spec } of fronts) await this.open(spec);
    this.save();
  }

  public status(): AgentStatus {
    return {
      pid: process.pid,
      frontPort: this.frontPort,
      workloads: [...this.workloads.values()].map((workload) => workload.status()),
      services: [...this.fronts.keys()].map((key) => this.serviceStatus(key)),
    };
  }

  /** Ends everything, and keeps on disk what ran, for the next agent, unless it is to be forgotten. */
  public async stop(forget: boolean): Promise<void> {
    for (const key of [...this.fronts.keys()]) await this.close(key);
    await Promise.all([...this.workloads.values()].map((workload) => workload.remove()));
    this.workloads.clear();
    if (forget) this.save();
  }

  private start(spec: WorkloadSpec): Workload {
    const known = this.workloads.get(spec.key);
    if (known !== undefined) {
      known.apply(spec);
      return known;
    }
    const workload = new Workload(spec, join(this.stateFolder, "logs"), this.reaper);
    this.workloads.set(spec.key, workload);
    return workload;
  }

  private async open(spec: ServiceSpec): Promise<void> {
    const ports: FrontPort[] = [];
    try {
      for (const port of spec.ports) {
        ports.push(await FrontPort.open(await this.nextPort(ports), () => this.endpoints(spec, port)));
      }
    } catch (error) {
      await Promise.all(ports.map((port) => port.close()));
      // Wanted still, so that it can be opened elsewhere.
      this.fronts.set(spec.key, { spec, ports: [] });
      throw error;
    }
    this.fronts.set(spec.key, { spec, ports });
  }

  /** The first Service gets the chosen port or none; those after it the next free ones. */
  private async nextPort(opening: readonly FrontPort[]): Promise<number> {
    const taken = new Set([...this.fronts.values()].flatMap(({ ports }) => ports).map(({ port }) => port));
    for (const { port } of opening) taken.add(port);
    if (!taken.has(this.frontPort)) return this.frontPort;
    let port = this.frontPort + 1;
    while (taken.has(port) || !(await isPortFree(port))) port++;
    return port;
  }

  private endpoints(spec: ServiceSpec, { targetPort }: ServicePortSpec): number[] {
    return [...this.workloads.values()]
      .filter(({ spec: workload }) => isBehind(spec, workload))
      .flatMap((workload) => workload.readyPods())
      .map((pod) => pod.portOf(targetPort))
      .filter((port) => port !== undefined);
  }

  private serviceStatus(key: string): ServiceStatus {
    const front = this.fronts.get(key);
    if (front === undefined) throw new Error(`The node has no Service ${key}`);
    const { cluster, namespace, name, ports } = front.spec;
    const [first] = ports;
    return {
      key,
      cluster,
      namespace,
      name,
      urls: front.ports.map(({ port }) => `http://${LOOPBACK}:${port}`),
      endpoints: first === undefined ? 0 : this.endpoints(front.spec, first).length,
    };
  }

  private async close(key: string): Promise<void> {
    const front = this.fronts.get(key);
    this.fronts.delete(key);
    await Promise.all((front?.ports ?? []).map((port) => port.close()));
  }

  private save(): void {
    const desired: DesiredState = {
      frontPort: this.frontPort,
      workloads: [...this.workloads.values()].map(({ spec }) => spec),
      services: [...this.fronts.values()].map(({ spec }) => spec),
    };
    const file = this.desiredFile();
    // Environments may hold secrets: for the owner's eyes only.
    writeFileSync(`${file}.new`, JSON.stringify(desired), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  private readDesired(): DesiredState | undefined {
    try {
      return JSON.parse(readFileSync(this.desiredFile(), "utf8")) as DesiredState;
    } catch {
      // None yet, or torn by a crash before the rename: the next `up` applies everything again.
      return undefined;
    }
  }

  private desiredFile(): string {
    return join(this.stateFolder, "desired.json");
  }
}

function isBehind(service: ServiceSpec, workload: WorkloadSpec): boolean {
  return (
    service.cluster === workload.cluster &&
    service.namespace === workload.namespace &&
    selectsLabels(service.selector, workload.labels)
  );
}
