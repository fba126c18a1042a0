/** A pod: the containers of one replica. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomBytes, randomUUID } from "node:crypto";
import { Container } from "./container";
import type { ContainerRun, EnvEntry, PodStatus, WorkloadSpec } from "./protocol";
import type { Reaper } from "./reaper";

/** Pods of a workload that is taken away get this long to end: nobody sends them requests any more. */
export const REMOVAL_GRACE_SECONDS = 1;

let lastAddress = 0;

export class Pod {
  public readonly name: string;
  public readonly revision: string;
  private readonly containers: readonly Container[];
  private terminating = false;
  private gone: Promise<void> | undefined;

  public constructor(
    private readonly workload: WorkloadSpec,
    logFolder: string,
    reaper: Reaper,
    changed: () => void,
  ) {
    this.revision = workload.revision;
    this.name = `${workload.name}-${workload.revision}-${randomBytes(3).toString("hex").slice(0, 5)}`;
    const fields = this.downwardFields();
    mkdirSync(logFolder, { recursive: true });
    this.containers = workload.containers.map((run, index) => {
      const suffix = index === 0 ? "" : `.${run.name}`;
      const log = join(logFolder, `${this.name}${suffix}.log`);
      return new Container(run, environment(run, this.name, fields), log, reaper, changed);
    });
  }

  public start(): void {
    for (const container of this.containers) void container.start();
  }

  public get ready(): boolean {
    return !this.terminating && this.containers.every(({ state }) => state.ready);
  }

  public get isTerminating(): boolean {
    return this.terminating;
  }

  /** Loopback port of a container port, by number or name. */
  public portOf(port: number | string): number | undefined {
    for (const container of this.containers) {
      const local = container.portOf(port);
      if (local !== undefined) return local;
    }
    return undefined;
  }

  /**
   * Ends the pod; no new connection goes to it from now on.
   * @param quick without the preStop hook and with a short grace period: the workload is going altogether.
   */
  public terminate(quick: boolean): Promise<void> {
    this.terminating = true;
    const grace = quick
      ? Math.min(REMOVAL_GRACE_SECONDS, this.workload.graceSeconds)
      : this.workload.graceSeconds;
    const ended = Promise.all(this.containers.map((container) => container.terminate(grace, quick)));
    this.gone = ended.then(() => undefined);
    return this.gone;
  }

  public status(): PodStatus {
    const failing = this.containers.find(({ state }) => !state.ready);
    const { reason, message } = failing?.state ?? {};
    return {
      name: this.name,
      revision: this.revision,
      phase: this.terminating ? "Terminating" : "Running",
      ready: this.ready,
      restarts: this.containers.reduce((sum, { state }) => sum + state.restarts, 0),
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
      log: failing?.log() ?? [],
    };
  }

  private downwardFields(): ReadonlyMap<string, string> {
    lastAddress += 1;
    const { namespace, serviceAccount, labels } = this.workload;
    return new Map([
      ["metadata.name", this.name],
      ["metadata.namespace", namespace],
      ["metadata.uid", randomUUID()],
      ["spec.nodeName", "local-node"],
      ["spec.serviceAccountName", serviceAccount],
      ["status.podIP", `10.244.${Math.floor(lastAddress / 254) % 256}.${(lastAddress % 254) + 1}`],
      ["status.hostIP", "10.224.0.4"],
      ...Object.entries(labels).map(([key, value]): [string, string] => [`metadata.labels['${key}']`, value]),
    ]);
  }
}

/** The container's own variables and what a container always has; nothing of the agent's environment but PATH. */
function environment(
  run: ContainerRun,
  podName: string,
  fields: ReadonlyMap<string, string>,
): NodeJS.ProcessEnv {
  const env: Record<string, string> = { PATH: process.env["PATH"] ?? "", HOSTNAME: podName };
  for (const entry of run.env) env[entry.name] = expand(valueOf(entry, fields), env);
  return env;
}

function valueOf({ value, fieldPath }: EnvEntry, fields: ReadonlyMap<string, string>): string {
  return fieldPath === undefined ? (value ?? "") : (fields.get(fieldPath) ?? "");
}

/** `$(NAME)` stands for a variable that was set before; `$$` for a dollar sign. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (whole, name: string | undefined) =>
    name === undefined ? "$" : (env[name] ?? whole),
  );
}
