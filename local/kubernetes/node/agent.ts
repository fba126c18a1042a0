/** The node: workloads and Services that shall be there, and what is there. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type {
  AgentStatus,
  DesiredState,
  ServicePortSpec,
  ServiceSpec,
  ServiceStatus,
  WorkloadSpec,
  WorkloadStatus,
} from "./protocol";
import { readDesired, writeDesired } from "./desired";
import { closeAll, firstPort, type Front, isBehind } from "./front";
import { firstFreePort, isPortFree, LOOPBACK, portInUse } from "./ports";
import { FrontPort } from "./proxy";
import { Reaper } from "./reaper";
import { Workload } from "./workload";

export class Agent {
  private readonly workloads = new Map<string, Workload>();
  private readonly fronts = new Map<string, Front>();
  private readonly reaper = new Reaper();
  /** Ports are opened and closed one Service at a time: two that change at once would take each other's. */
  private fronting: Promise<unknown> = Promise.resolve();

  public constructor(
    private readonly stateFolder: string,
    private frontPort: number,
  ) {
    mkdirSync(stateFolder, { recursive: true });
  }

  /** Takes up what an agent before this one left; a Service whose port is taken waits for {@link moveFront}. */
  public async resume(): Promise<void> {
    const desired = readDesired(this.stateFolder);
    // Who only asks for the URL does not choose the port; who does moves the Services afterwards.
    this.frontPort = desired?.frontPort ?? this.frontPort;
    for (const spec of desired?.workloads ?? []) this.start(spec);
    for (const spec of desired?.services ?? []) {
      await this.open(spec, desired?.ports?.[spec.key]).catch((error: unknown) => {
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

  /** Ends a pod; its workload starts another at once. @throws where there is no such pod */
  public deletePod(name: string): void {
    const isDeleted = [...this.workloads.values()].some((workload) => workload.deletePod(name));
    if (!isDeleted) throw new Error(`pods "${name}" not found`);
  }

  /** A Service that is served already keeps its ports, and its connections where nothing about it changed. */
  public exposeService(spec: ServiceSpec): Promise<ServiceStatus> {
    return this.oneAtATime(async () => {
      const known = this.fronts.get(spec.key);
      const isServed = known?.ports.length === spec.ports.length && isDeepStrictEqual(known.spec, spec);
      if (isServed) return this.serviceStatus(spec.key);
      const ports = known?.ports.map(({ port }) => port);
      await closeAll(known?.ports ?? []);
      try {
        await this.open(spec, ports);
      } catch (error) {
        this.fronts.delete(spec.key);
        throw error;
      }
      this.save();
      return this.serviceStatus(spec.key);
    });
  }

  public removeService(key: string): Promise<void> {
    return this.oneAtATime(async () => {
      await this.close(key);
      this.save();
    });
  }

  /** Takes away everything whose key is not named. */
  public async retain(keys: ReadonlySet<string>): Promise<void> {
    const gone = [...this.workloads.keys()].filter((key) => !keys.has(key));
    await this.oneAtATime(async () => {
      for (const key of [...this.fronts.keys()].filter((front) => !keys.has(front))) await this.close(key);
    });
    await Promise.all(gone.map((key) => this.removeWorkload(key)));
    this.save();
  }

  /** Serves all Services on ports from this first one on. @throws where it is in use; nothing moves then. */
  public moveFront(port: number): Promise<void> {
    return this.oneAtATime(() => this.move(port));
  }

  private async move(port: number): Promise<void> {
    const fronts = [...this.fronts.values()].sort((left, right) => firstPort(left) - firstPort(right));
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

  /** @param wanted ports that it had, which it gets again where they are free. */
  private async open(spec: ServiceSpec, wanted: readonly number[] = []): Promise<void> {
    const ports: FrontPort[] = [];
    try {
      for (const [index, port] of spec.ports.entries()) {
        const had = wanted[index];
        const number =
          had !== undefined && (await isPortFree(had)) ? had : await this.nextPort(spec.key, ports);
        ports.push(await FrontPort.open(number, () => this.endpoints(spec, port)));
      }
    } catch (error) {
      await closeAll(ports);
      // Wanted still, so that it can be opened elsewhere.
      this.fronts.set(spec.key, { spec, ports: [] });
      throw error;
    }
    this.fronts.set(spec.key, { spec, ports });
  }

  /** The first Service gets the chosen port or none; those after it the next free ones. */
  private async nextPort(key: string, opening: readonly FrontPort[]): Promise<number> {
    const others = [...this.fronts.values()].filter(({ spec }) => spec.key !== key);
    const taken = new Set(others.flatMap(({ ports }) => ports).map(({ port }) => port));
    for (const { port } of opening) taken.add(port);
    return taken.has(this.frontPort) ? firstFreePort(this.frontPort + 1, taken) : this.frontPort;
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
    await closeAll(front?.ports ?? []);
  }

  private oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.fronting.then(work);
    this.fronting = result.catch(() => undefined);
    return result;
  }

  private save(): void {
    const desired: DesiredState = {
      frontPort: this.frontPort,
      workloads: [...this.workloads.values()].map(({ spec }) => spec),
      services: [...this.fronts.values()].map(({ spec }) => spec),
      ports: Object.fromEntries(
        [...this.fronts.values()].map(({ spec, ports }) => [spec.key, ports.map(({ port }) => port)]),
      ),
    };
    writeDesired(this.stateFolder, desired);
  }
}
