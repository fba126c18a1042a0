/** Drives the emulated Kubernetes as the engine does, without the engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudStore } from "../../../local/cloud/store";
import { createKubernetesBackend, NodeAgent } from "../../../local/kubernetes";
import { EmulatedApi } from "../../../local/kubernetes/emulatedApi";
import { reservePort } from "../../support/ports";
import {
  ProviderError,
  type DiffResult,
  type JsonObject,
  type ProviderBackend,
  type ResourceState,
} from "../../../local/provider/backend";
import { typed } from "./kubernetesObjects";
import { clusterNamed, kubeconfig, TestPlatform } from "./kubernetesPlatform";

export interface TestResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: JsonObject;
  readonly state: ResourceState;
}

/** Drives the backend as the engine does: check, then create; diff, then update. */
export class TestCluster {
  public readonly store = CloudStore.memory();
  public readonly platform = new TestPlatform();
  public readonly warnings: string[] = [];
  /** Generous, for what shall succeed; tests of failures set it low. */
  public readonly timings = { rolloutSeconds: 10, idleSeconds: 0.3 };
  public readonly backend: ProviderBackend;
  public readonly node: NodeAgent;
  public readonly stateFolder = mkdtempSync(join(tmpdir(), "node-agent-"));

  private constructor(frontPort: number) {
    this.node = new NodeAgent(this.stateFolder, frontPort);
    this.backend = createKubernetesBackend({
      store: this.store,
      tenantId: "tenant",
      deployer: { objectId: "deployer" },
      nodeAgent: this.node,
      platform: this.platform,
      warn: (message) => this.warnings.push(message),
      timings: this.timings,
    });
  }

  public static async start(): Promise<TestCluster> {
    const cluster = new TestCluster(await reservePort());
    await cluster.connect("one");
    return cluster;
  }

  /** The connection has the name of the cluster that it leads to. */
  public async connect(name: string, more: JsonObject = {}): Promise<void> {
    const host = clusterNamed(name).fqdn;
    await this.backend.configure(name, { kubeconfig: kubeconfig(host), ...more });
  }

  public async check(type: string, name: string, news: JsonObject, connection = "one"): Promise<JsonObject> {
    const randomSeed = new Uint8Array([1, 2, 3]);
    const request = { ...this.named(type, name, connection), olds: {}, news: typed(type, news), randomSeed };
    const { inputs, failures } = await this.backend.check(request);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return inputs;
  }

  public async create(
    type: string,
    name: string,
    news: JsonObject,
    connection = "one",
  ): Promise<TestResource> {
    const inputs = await this.check(type, name, news, connection);
    const request = { ...this.named(type, name, connection), inputs, preview: false };
    return { type, name, inputs, state: await this.backend.create(request) };
  }

  public async update(
    old: TestResource,
    news: JsonObject,
    connection = "one",
    ignoreChanges: readonly string[] = [],
  ): Promise<TestResource> {
    const newInputs = await this.check(old.type, old.name, news, connection);
    const state = await this.backend.update({
      ...this.named(old.type, old.name, connection),
      ...{ id: old.state.id, oldInputs: old.inputs, oldOutputs: old.state.outputs, newInputs },
      ...{ ignoreChanges, preview: false },
    });
    return { ...old, inputs: newInputs, state };
  }

  public async diff(old: TestResource, news: JsonObject): Promise<DiffResult> {
    return this.backend.diff({
      ...this.named(old.type, old.name, "one"),
      ...{ id: old.state.id, oldInputs: old.inputs, oldOutputs: old.state.outputs },
      newInputs: await this.check(old.type, old.name, news),
      ignoreChanges: [],
    });
  }

  /** The emulated API server of the cluster, as its controllers and other clients see it. */
  public get api(): EmulatedApi {
    return new EmulatedApi(this.store, clusterNamed("one").id, new Set());
  }

  public read(old: TestResource, connection = "one"): Promise<ResourceState | undefined> {
    const { inputs, state } = old;
    return this.backend.read({
      ...this.named(old.type, old.name, connection),
      ...{ id: state.id, inputs, outputs: state.outputs },
    });
  }

  public delete(old: TestResource, connection = "one"): Promise<void> {
    return this.backend.delete({
      ...this.named(old.type, old.name, connection),
      ...{ id: old.state.id, oldInputs: old.inputs, oldOutputs: old.state.outputs },
    });
  }

  public named(
    type: string,
    name: string,
    connection: string,
  ): {
    urn: string;
    type: string;
    name: string;
    connection: string;
  } {
    return { urn: `urn:pulumi:dev::test::${type}::${name}`, type, name, connection };
  }

  public async stop(): Promise<void> {
    await this.node.shutdown();
    this.store.close();
    rmSync(this.stateFolder, { recursive: true, force: true });
  }
}

/** The refusal with which a call ends. @throws where it succeeds. */
export async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error(`Expected a ProviderError, got ${String(error)}`);
}
