/** The emulated Kubernetes as a provider for the Pulumi engine. */
import { version } from "@pulumi/kubernetes/package.json";
import {
  ProviderError,
  UNKNOWN,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type JsonObject,
  type ProviderBackend,
  type ReadRequest,
  type ResourceRequest,
  type ResourceState,
  type UpdateRequest,
} from "../provider/backend";
import { isObject } from "../provider/values";
import { diffInputs, needsReplacement } from "../provider/diff";
import { nameOf } from "./api";
import { Connections, type KubernetesOptions } from "./connections";
import type { ClusterContext } from "./context";
import { withDefaults } from "./defaults";
import { HelmReleases } from "./helm/releases";
import { ReleaseRouter } from "./helm/router";
import type { Kind } from "./kinds";
import { autoName, isAutoNamed } from "./naming";
import { projectInputs } from "./projection";
import { invalid } from "./status";
import {
  hostOf,
  idOf,
  kindOf,
  nameOfId,
  placeOf,
  plainObject,
  readyState,
  secretsOf,
  stateOf,
  withNamespace,
} from "./translate";
import { asJson, asKube, type KubeObject } from "./types";
import { validateObject } from "./validation/validate";

export type { KubernetesOptions };

export function createKubernetesBackend(options: KubernetesOptions): ProviderBackend {
  const connections = new Connections(options);
  return new ReleaseRouter(new KubernetesBackend(connections), new HelmReleases(connections));
}

class KubernetesBackend implements ProviderBackend {
  public readonly name = "kubernetes";
  public readonly version = version;
  private running = 0;
  private lastEnd = Date.now();

  public constructor(private readonly connections: Connections) {}

  public configure(connection: string, inputs: JsonObject): Promise<void> {
    return Promise.resolve().then(() => {
      this.connections.configure(connection, inputs);
    });
  }

  public check(request: CheckRequest): Promise<CheckResult> {
    const kind = kindOf(request);
    const named = autoName(request.news, request.olds, request.name, request.randomSeed);
    const { defaultNamespace } = this.connections.settings(request);
    const inputs = kind.namespaced ? withNamespace(named, defaultNamespace) : named;
    const failures = validateObject(kind, inputs).map(({ path, message }) => ({
      property: path,
      reason: `${path}: ${message}`,
    }));
    return Promise.resolve({ inputs, failures });
  }

  public diff(request: DiffRequest): Promise<DiffResult> {
    const { oldInputs, newInputs, ignoreChanges } = request;
    const replaceOn = ["metadata.name", "metadata.namespace", ...this.replaceOn(request)];
    const diff = diffInputs(oldInputs, newInputs, { replaceOn, ignore: ignoreChanges });
    // A name that was chosen cannot be held by the old and the new object at once.
    const samePlace = placeOf(oldInputs) === placeOf(newInputs);
    const deleteBeforeReplace = needsReplacement(diff) && samePlace && !isAutoNamed(newInputs);
    return Promise.resolve({ ...diff, deleteBeforeReplace });
  }

  public async create(request: CreateRequest): Promise<ResourceState> {
    const kind = kindOf(request);
    if (request.preview) return this.previewState(request, kind, request.inputs, undefined);
    const context = this.connections.context(request, "create", nameOf(kind, asKube(request.inputs)));
    const inputs = plainObject(request.inputs);
    return this.settle(context, kind, inputs, () => context.api.create(kind, inputs));
  }

  public async update(request: UpdateRequest): Promise<ResourceState> {
    const kind = kindOf(request);
    if (request.preview) return this.previewState(request, kind, request.newInputs, request.oldOutputs);
    const name = nameOf(kind, asKube(request.newInputs));
    const context = this.connections.context(request, "patch", name);
    const { ignoreChanges = [] } = request;
    const inputs = plainObject(request.newInputs);
    return this.settle(context, kind, inputs, () => context.api.update(kind, inputs, ignoreChanges));
  }

  public async read(request: ReadRequest): Promise<ResourceState | undefined> {
    const kind = kindOf(request);
    const name = nameOfId(kind, request.id);
    const context = this.connections.context(request, "get", name);
    const live = await context.api.get(name);
    if (live === undefined) return undefined;
    return { ...stateOf(kind, live), inputs: projectInputs(request.inputs, asJson(live)) };
  }

  public async delete(request: DeleteRequest): Promise<void> {
    const kind = kindOf(request);
    const name = nameOfId(kind, request.id);
    const context = this.connections.contextForDelete(request, name);
    if (context === undefined) return;
    if ((await context.api.get(name)) === undefined) return;
    await context.controllers.beforeDelete(context, name);
    await context.api.delete(name);
    await context.controllers.afterDelete(context, name);
  }

  public invoke(token: string): Promise<JsonObject> {
    return Promise.reject(
      new ProviderError(
        "NotImplemented",
        `the emulated Kubernetes has no function ${token}: it serves objects only; use typed resources, or add the ` +
          "function in local/kubernetes/backend.ts",
      ),
    );
  }

  /** Another cluster is another provider: everything in it must be made anew. */
  public diffConfig(oldInputs: JsonObject, newInputs: JsonObject): Promise<DiffResult> {
    const before = hostOf(oldInputs);
    const after = hostOf(newInputs);
    const moved = before !== undefined && after !== undefined && before !== after;
    const diff = diffInputs(oldInputs, newInputs, { replaceOn: moved ? ["kubeconfig"] : [] });
    return Promise.resolve(diff);
  }

  private previewState(
    request: ResourceRequest,
    kind: Kind,
    inputs: JsonObject,
    old: JsonObject | undefined,
  ): ResourceState {
    const object = asKube(inputs);
    const isNew = old === undefined;
    if (this.connections.settings(request).kubeconfig !== undefined && isObject(inputs["metadata"])) {
      this.connections.context(request, isNew ? "create" : "patch", nameOf(kind, object));
      const issues = validateObject(kind, inputs);
      if (issues.length > 0) throw invalid(kind, object.metadata.name, issues);
    }
    const outputs = withDefaults(kind, plainObject(inputs));
    const status = isNew ? UNKNOWN : old["status"];
    const id = isNew ? "" : idOf(kind, object);
    return { id, outputs: status === undefined ? outputs : { ...outputs, status }, ...secretsOf(kind) };
  }

  private replaceOn(request: DiffRequest): readonly string[] {
    const kind = kindOf(request);
    const { mutableConfigMaps, mutableSecrets } = this.connections.settings(request);
    if (kind.kind === "ConfigMap" && mutableConfigMaps) return [];
    return kind.kind === "Secret" && mutableSecrets ? ["type"] : kind.replaceOn;
  }

  /** Lets the controllers do their work; what they cannot do leaves an object that is there but not ready. */
  private async settle(
    context: ClusterContext,
    kind: Kind,
    inputs: JsonObject,
    write: () => Promise<KubeObject>,
  ): Promise<ResourceState> {
    const { controllers } = context;
    const hopeless = await controllers.beforeWrite(context, kind, asKube(inputs));
    const object = await write();
    if (hopeless.length > 0) return readyState(kind, { object, problems: hopeless });
    // A Service waits for pods as long as something else may bring them, so it does not count itself.
    const counts = kind.kind !== "Service";
    if (counts) this.running++;
    try {
      const lastActivity = (): number => (this.running > 0 ? Date.now() : this.lastEnd);
      return readyState(kind, await controllers.afterWrite(context, kind, object, lastActivity));
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      return readyState(kind, { object, problems: [{ reason: "NodeFailed", message }] });
    } finally {
      if (counts) this.running--;
      this.lastEnd = Date.now();
    }
  }
}
