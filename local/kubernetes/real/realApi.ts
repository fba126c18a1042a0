/**
 * A real API server behind the interface of the emulated one. What is written is noted in the cloud store too, under
 * the emulated cluster's id: so the rest of the emulated cloud sees the objects, and a destroy can be proved complete.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type { CloudStore } from "../../cloud/store";
import { type JsonObject, ProviderError } from "../../provider/backend";
import { isObject } from "../../provider/values";
import { annotationOf, isForced } from "../annotations";
import { type KubernetesApi, nameOf, type ObjectName } from "../api";
import { objectId } from "../context";
import { KINDS, type Kind } from "../kinds";
import { withIgnored } from "../ownership/ignored";
import { PROGRAM, withoutManagers } from "../ownership/managers";
import { alreadyExists, noMatch } from "../status";
import { asJson, asKube, type KubeObject } from "../types";
import { type ApiClient, NOT_SERVED } from "./client";

const POLL_MILLISECONDS = 200;
/** pulumi-kubernetes waits as long for an object to be gone (provider/pkg/await/await.go). */
const DELETE_SECONDS = 600;

export class RealApi implements KubernetesApi {
  /** @param clusterId ARM id of the emulated cluster that the real one stands for */
  public constructor(
    private readonly client: ApiClient,
    private readonly store: CloudStore,
    private readonly clusterId: string,
  ) {}

  public async get(name: ObjectName): Promise<KubeObject | undefined> {
    const found = await this.client.find(pathOf(name));
    return found === undefined ? undefined : clean(name.kind, found);
  }

  public async create(kind: Kind, object: JsonObject): Promise<KubeObject> {
    const name = nameOf(kind, asKube(object));
    if ((await this.get(name)) !== undefined) throw alreadyExists(kind, name.name);
    return this.apply(name, object);
  }

  public async update(kind: Kind, object: JsonObject, ignored: readonly string[] = []): Promise<KubeObject> {
    const name = nameOf(kind, asKube(object));
    const live = ignored.length === 0 ? undefined : await this.client.find(pathOf(name));
    return this.apply(name, live === undefined ? object : withIgnored(kind, object, live, ignored));
  }

  public async scale(name: ObjectName, replicas: number): Promise<KubeObject> {
    await this.client.call({
      method: "PATCH",
      path: `${pathOf(name)}/scale?fieldManager=kube-controller-manager`,
      body: { spec: { replicas } },
      contentType: "application/merge-patch+json",
    });
    return this.note(name, clean(name.kind, await this.client.call({ method: "GET", path: pathOf(name) })));
  }

  public async setStatus(name: ObjectName, status: JsonObject): Promise<KubeObject> {
    const answer = await this.client.call({
      method: "PATCH",
      path: `${pathOf(name)}/status`,
      body: { status },
      contentType: "application/merge-patch+json",
    });
    return this.note(name, clean(name.kind, answer));
  }

  /** Resolves once the object is gone, with all that belonged to it. */
  public async delete(name: ObjectName): Promise<void> {
    const told = annotationOf((await this.client.find(pathOf(name))) ?? {}, "deletionPropagationPolicy");
    await this.client.call({
      method: "DELETE",
      path: pathOf(name),
      body: {
        ...{ apiVersion: "v1", kind: "DeleteOptions" },
        propagationPolicy: told === "background" ? "Background" : "Foreground",
      },
    });
    const end = Date.now() + DELETE_SECONDS * 1000;
    while ((await this.client.find(pathOf(name))) !== undefined) {
      if (Date.now() > end) {
        throw new ProviderError(
          "Timeout",
          `${name.kind.plural} "${name.name}" is still there ${DELETE_SECONDS} s after it was told to go: see its finalizers`,
        );
      }
      await sleep(POLL_MILLISECONDS);
    }
    this.forget(name);
  }

  public async list(kind: Kind, namespace?: string): Promise<KubeObject[]> {
    const { items } = await this.client.call({ method: "GET", path: collectionPath(kind, namespace) });
    return Array.isArray(items) ? items.filter(isObject).map((item) => clean(kind, item)) : [];
  }

  private async apply(name: ObjectName, object: JsonObject): Promise<KubeObject> {
    const { kind } = name;
    const asked = {
      method: "PATCH",
      path: `${pathOf(name)}?fieldManager=${PROGRAM.name}&force=${isForced(object)}`,
      body: { ...object, apiVersion: kind.apiVersion, kind: kind.kind },
      contentType: "application/apply-patch+yaml",
    } as const;
    const answer = await this.client.call(asked).catch((error: unknown) => {
      throw error instanceof ProviderError && error.code === NOT_SERVED ? noMatch(kind) : error;
    });
    return this.note(name, clean(kind, answer));
  }

  private note(name: ObjectName, object: KubeObject): KubeObject {
    const id = this.idOf(name);
    this.store.put({
      id,
      cloud: "kubernetes",
      type: `${name.kind.apiVersion}/${name.kind.kind}`,
      properties: asJson(object),
      createdAt: this.store.get(id)?.createdAt ?? new Date().toISOString(),
      seconds: name.kind.seconds,
    });
    return object;
  }

  private forget(name: ObjectName): void {
    this.store.remove(this.idOf(name));
    if (name.kind.kind !== "Namespace") return;
    for (const { id } of this.store.list({ under: `${this.clusterId}/kubernetes`, cloud: "kubernetes" })) {
      if (KINDS.some((kind) => id.startsWith(this.idOf({ kind, namespace: name.name, name: "" })))) {
        this.store.remove(id);
      }
    }
  }

  private idOf({ kind, namespace, name }: ObjectName): string {
    return objectId(this.clusterId, kind, name, namespace);
  }
}

function pathOf({ kind, namespace, name }: ObjectName): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

function collectionPath({ apiVersion, plural, namespaced }: Kind, namespace: string | undefined): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${place}/${plural}`;
}

/** Items of a list do not say their kind. */
function clean({ apiVersion, kind }: Kind, object: JsonObject): KubeObject {
  return withoutManagers({ ...object, apiVersion, kind });
}
