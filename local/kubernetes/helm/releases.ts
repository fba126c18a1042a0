/** `helm.sh/v3:Release`: charts of the table, installed in the emulated cluster. */
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
  type ReadRequest,
  type ResourceRequest,
  type ResourceState,
  type UpdateRequest,
} from "../../provider/backend";
import { object, text } from "../../provider/values";
import { diffInputs, needsReplacement } from "../../provider/diff";
import type { Verb } from "../cluster/connection";
import type { Connections } from "../connections";
import type { ClusterContext } from "../context";
import { findChart, unknownValues, type Chart, type ReleasePlace } from "./charts";
import { applyObjects, removeObjects } from "./objects";
import { fromSecret, releaseName, secretName, toSecret, type ReleaseRecord } from "./record";

export class HelmReleases {
  public constructor(private readonly connections: Connections) {}

  public check(request: CheckRequest): Promise<CheckResult> {
    const { defaultNamespace } = this.connections.settings(request);
    const { news, olds, name, randomSeed } = request;
    const inputs = {
      ...news,
      name: news["name"] ?? olds["name"] ?? releaseName(name, randomSeed),
      namespace: news["namespace"] ?? defaultNamespace,
    };
    const chart = news["chart"];
    const failures = [
      ...(typeof chart === "string" && chart !== ""
        ? []
        : [{ property: "chart", reason: "missing required property 'chart'" }]),
      ...(typeof inputs.name === "string" && inputs.name.length > 53
        ? [
            {
              property: "name",
              reason: `name: expected at most 53 characters (Helm's limit), got ${inputs.name.length}`,
            },
          ]
        : []),
    ];
    if (typeof chart === "string" && chart !== "" && chart !== UNKNOWN) findChart(chart);
    return Promise.resolve({ inputs, failures });
  }

  public diff({ oldInputs, newInputs, ignoreChanges }: DiffRequest): Promise<DiffResult> {
    const diff = diffInputs(oldInputs, newInputs, {
      replaceOn: ["name", "namespace"],
      ignore: ignoreChanges,
    });
    return Promise.resolve({ ...diff, deleteBeforeReplace: needsReplacement(diff) });
  }

  public async create(request: CreateRequest): Promise<ResourceState> {
    if (request.preview) return this.preview(request, request.inputs, "");
    const place = placeOf(request.inputs);
    const context = this.context(request, "create", place);
    if ((await context.api.get(secretName(place))) !== undefined) {
      throw new ProviderError("AlreadyExists", "cannot re-use a name that is still in use");
    }
    return this.install(context, request.inputs, undefined);
  }

  public async update(request: UpdateRequest): Promise<ResourceState> {
    if (request.preview) return this.preview(request, request.newInputs, request.id);
    const place = placeOf(request.newInputs);
    const context = this.context(request, "patch", place);
    const secret = await context.api.get(secretName(place));
    return this.install(context, request.newInputs, secret === undefined ? undefined : fromSecret(secret));
  }

  public async read(request: ReadRequest): Promise<ResourceState | undefined> {
    const place = placeOfId(request.id);
    const secret = await this.context(request, "get", place).api.get(secretName(place));
    const record = secret === undefined ? undefined : fromSecret(secret);
    if (record === undefined) return undefined;
    const isImport = Object.keys(request.inputs).length === 0;
    const { name, namespace, chart, version, values } = record;
    const found = {
      name,
      namespace,
      chart,
      values,
      ...(isImport || request.inputs["version"] !== undefined ? { version } : {}),
    };
    const inputs = { ...request.inputs, ...found };
    return { ...stateOf(inputs, record), inputs };
  }

  public async delete(request: DeleteRequest): Promise<void> {
    const place = placeOfId(request.id);
    const context = this.connections.contextForDelete(request, secretName(place));
    const secret = await context?.api.get(secretName(place));
    if (context === undefined || secret === undefined) return;
    await removeObjects(context, fromSecret(secret)?.objects ?? []);
    await context.api.delete(secretName(place));
  }

  private context(request: ResourceRequest, verb: Verb, place: ReleasePlace): ClusterContext {
    return this.connections.context(request, verb, secretName(place));
  }

  private async install(
    context: ClusterContext,
    inputs: JsonObject,
    before: ReleaseRecord | undefined,
  ): Promise<ResourceState> {
    const chart = findChart(text(inputs, "chart") ?? "");
    const values = object(inputs, "values");
    for (const place of unknownValues(chart, values)) {
      context.warn(`chart ${chart.name}: it reads no value ${place}. Its values: ${chart.values.join(", ")}`);
    }
    await this.prepareNamespace(context, inputs);
    const rendered = await context.controllers.chartObjects(
      chart.name,
      chart.render(values, placeOf(inputs)),
    );
    const problems = await applyObjects(context, rendered);
    if (problems.length === 0) await applyObjects(context, chart.bootstrap(values));
    const record = recordOf(inputs, chart, values, rendered, (before?.revision ?? 0) + 1);
    const secret = toSecret(record);
    const { kind } = secretName(record);
    await (before === undefined ? context.api.create(kind, secret) : context.api.update(kind, secret));
    const state = stateOf(inputs, record);
    if (problems.length === 0 || inputs["skipAwait"] === true) return state;
    throw new ProviderError(
      "Timeout",
      `Helm Release ${record.namespace}/${record.name}: context deadline exceeded: ${problems.join("; ")}`,
      state,
    );
  }

  private async prepareNamespace(context: ClusterContext, inputs: JsonObject): Promise<void> {
    if (inputs["createNamespace"] !== true) return;
    const name = text(inputs, "namespace") ?? "default";
    await applyObjects(context, [{ apiVersion: "v1", kind: "Namespace", metadata: { name } }]);
  }

  private preview(request: ResourceRequest, inputs: JsonObject, id: string): ResourceState {
    const place = placeOf(inputs);
    const isKnown = this.connections.settings(request).kubeconfig !== undefined;
    if (isKnown && place.namespace !== UNKNOWN) this.context(request, id === "" ? "create" : "patch", place);
    return { id, outputs: { ...inputs, resourceNames: UNKNOWN, status: UNKNOWN } };
  }
}

function placeOf(inputs: JsonObject): ReleasePlace {
  return { name: text(inputs, "name") ?? "", namespace: text(inputs, "namespace") ?? "default" };
}

function placeOfId(id: string): ReleasePlace {
  const [namespace = "default", name = ""] = id.split("/");
  return { namespace, name };
}

function recordOf(
  inputs: JsonObject,
  chart: Chart,
  values: JsonObject,
  rendered: readonly JsonObject[],
  revision: number,
): ReleaseRecord {
  const kept = chart.kept(values);
  const own = rendered.filter(({ kind }) => typeof kind !== "string" || !kept.includes(kind));
  return {
    ...placeOf(inputs),
    ...{ chart: chart.source, version: text(inputs, "version") ?? chart.version, revision, values },
    objects: own.map((made) => {
      const metadata = object(made, "metadata");
      const namespace = text(metadata, "namespace");
      return {
        ...{
          apiVersion: text(made, "apiVersion") ?? "",
          kind: text(made, "kind") ?? "",
          name: text(metadata, "name") ?? "",
        },
        ...(namespace === undefined ? {} : { namespace }),
      };
    }),
  };
}

function stateOf(inputs: JsonObject, record: ReleaseRecord): ResourceState {
  const { name, namespace, version, revision, objects } = record;
  const names: Record<string, string[]> = {};
  for (const object of objects) {
    const place = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
    (names[`${object.kind}/${object.apiVersion}`] ??= []).push(place);
  }
  const chart = record.chart.slice(record.chart.lastIndexOf("/") + 1);
  return {
    id: `${namespace}/${name}`,
    outputs: {
      ...inputs,
      resourceNames: names,
      status: { appVersion: version, chart, name, namespace, revision, status: "deployed", version },
    },
  };
}
