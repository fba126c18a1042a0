/** The driver's and the provider's side of the node agent. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readAddress } from "./address";
import { AgentRefusal, call } from "./call";
import { isPortFree, portInUse } from "./ports";
import type {
  AgentAddress,
  AgentStatus,
  ServiceSpec,
  ServiceStatus,
  WorkloadSpec,
  WorkloadStatus,
} from "./protocol";

/** The port of the first LoadBalancer Service where none is chosen. */
export const DEFAULT_FRONT_PORT = 18080;

const START_MS = 15_000;

export interface NodeAgentOptions {
  /** Where the agent keeps its token, its pods' logs and what it runs; one folder is one agent. */
  readonly stateFolder: string;
  /** @default 18080 */
  readonly frontPort?: number;
}

/**
 * A handle on a node agent: a background process that runs pods as local processes and outlives its starter.
 * Commands go to the agent that is alive, which is started (again) where there is none.
 */
export class NodeAgent {
  public constructor(
    private readonly stateFolder: string,
    private readonly frontPort: number,
  ) {}

  public status(): Promise<AgentStatus> {
    return this.command("/status");
  }

  /**
   * Where a LoadBalancer Service answers, such as `http://127.0.0.1:18080`.
   * @param service `namespace/name`; without it the one with the lowest port: the chosen one, as a rule.
   * @returns undefined where there is no such Service.
   */
  public async url(service?: string): Promise<string | undefined> {
    const { services } = await this.status();
    const portOf = ({ urls: [first] }: ServiceStatus): number =>
      first === undefined ? Number.MAX_SAFE_INTEGER : Number(new URL(first).port);
    const [found] = services
      .filter(({ namespace, name }) => service === undefined || service === `${namespace}/${name}`)
      .sort((left, right) => portOf(left) - portOf(right));
    return found?.urls[0];
  }

  public applyWorkload(spec: WorkloadSpec): Promise<WorkloadStatus> {
    return this.command("/workloads/apply", spec);
  }

  public async workloadStatus(key: string): Promise<WorkloadStatus | undefined> {
    const status = await this.command<WorkloadStatus | null>("/workloads/status", { key });
    return status ?? undefined;
  }

  public async removeWorkload(key: string): Promise<void> {
    await this.commandIfAlive("/workloads/remove", { key });
  }

  /** Ends a pod as `kubectl delete pod` does: gently, and another takes its place. */
  public async deletePod(name: string): Promise<void> {
    await this.command("/pods/delete", { name });
  }

  public exposeService(spec: ServiceSpec): Promise<ServiceStatus> {
    return this.command("/services/expose", spec);
  }

  public async removeService(key: string): Promise<void> {
    await this.commandIfAlive("/services/remove", { key });
  }

  /** Takes away every workload and Service whose key is not named. */
  public async retain(keys: readonly string[]): Promise<void> {
    await this.commandIfAlive("/retain", { keys });
  }

  /** Ends all pods and the agent. Nothing happens where none is alive. */
  public async shutdown(): Promise<void> {
    const address = readAddress(this.stateFolder);
    if (address === undefined || !(await isAlive(address))) return;
    await call(address, "/shutdown");
    while (await isAlive(address)) await sleep(20);
  }

  /** Starts the agent where none is alive, and moves it to the front port that is wanted now. */
  public async connect(): Promise<void> {
    const address = await this.alive();
    await call(address, "/front", { port: this.frontPort });
  }

  private async command<T>(path: string, body: unknown = {}): Promise<T> {
    const address = await this.alive();
    try {
      return await call<T>(address, path, body);
    } catch (error) {
      // It was killed between two commands: its successor takes up what it ran, then the command.
      if (error instanceof AgentRefusal || (await isAlive(address))) throw error;
      return call<T>(await this.alive(), path, body);
    }
  }

  private async commandIfAlive(path: string, body: unknown): Promise<void> {
    const address = readAddress(this.stateFolder);
    if (address !== undefined && (await isAlive(address))) await call(address, path, body);
  }

  private async alive(): Promise<AgentAddress> {
    const address = readAddress(this.stateFolder);
    if (address !== undefined && (await isAlive(address))) return address;
    return this.start();
  }

  private async start(): Promise<AgentAddress> {
    mkdirSync(this.stateFolder, { recursive: true, mode: 0o700 });
    const logFile = join(this.stateFolder, "agent.log");
    const log = openSync(logFile, "a");
    const child = spawn(
      process.execPath,
      [
        "-r",
        require.resolve("@swc-node/register"),
        join(__dirname, "main.ts"),
        this.stateFolder,
        String(this.frontPort),
      ],
      // The repository's root: its tsconfig.json says how to load TypeScript.
      {
        cwd: resolve(__dirname, "../../.."),
        detached: true,
        stdio: ["ignore", log, log],
        env: agentEnvironment(),
      },
    );
    closeSync(log);
    child.unref();
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const address = readAddress(this.stateFolder);
      const isUp = address !== undefined && (await isAlive(address));
      // One that another starter's agent was faster than ends by itself: not before that is it out of the way.
      if (isUp && (address.pid === child.pid || child.exitCode !== null)) return address;
      if (child.exitCode !== null && child.exitCode !== 0) break;
      await sleep(15);
    }
    const lines = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-5).join("\n");
    throw new Error(
      `The node agent did not start within ${START_MS / 1000} s. Its log ${logFile} ends with:\n${lines}`,
    );
  }
}

/** Pods inherit PATH from the agent, so it gets nothing of the driver's secrets. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "LANG", "NODE_COMPILE_CACHE", "SWCRC", "SWC_NODE_CACHE_DIR"];
  return Object.fromEntries(
    names.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
  );
}

/** Starts the agent of a state folder, or finds the one that is alive. @throws where the front port is in use. */
export async function connectNodeAgent(options: NodeAgentOptions): Promise<NodeAgent> {
  const stateFolder = resolve(options.stateFolder);
  const agent = new NodeAgent(stateFolder, options.frontPort ?? DEFAULT_FRONT_PORT);
  await agent.connect();
  return agent;
}

/**
 * Refuses a front port that another program uses, before anything is created.
 * @param stateFolder of the agent that may use the port: its own port is no conflict.
 */
export async function checkPort(port: number, stateFolder?: string): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`Port ${port}: expected a whole number from 1 to 65535, such as ${DEFAULT_FRONT_PORT}`);
  }
  if (await isPortFree(port)) return;
  const address = stateFolder === undefined ? undefined : readAddress(resolve(stateFolder));
  if (address !== undefined && (await isAlive(address))) {
    const { services } = await call<AgentStatus>(address, "/status");
    const suffix = `:${port}`;
    if (services.some(({ urls }) => urls.some((url) => url.endsWith(suffix)))) return;
  }
  throw portInUse(port);
}
