/** Finds in the emulated clouds what a resource of the state stands for. */
import { formatId } from "../azure/ids";
import { createTypes } from "../azure/types";
import type { CloudRecord, CloudStore } from "../cloud/store";
import type { JsonObject } from "../provider/backend";
import type { Located } from "./pending";
import type { StateResource } from "./state";

type Fields = Readonly<Record<string, unknown>>;

export interface LocateOptions {
  readonly store: CloudStore;
  readonly subscriptionId: string;
  readonly repositoryRoot: string;
  readonly buildFolder: string;
}

/**
 * By the id where the state has one, else by what the inputs say: an ARM id is put together from the path
 * parameters, a Kubernetes object has its kind and name, an Entra ID object the given properties.
 *
 * @param resources of the state: they tell the clusters of a stack apart
 */
export function locateObject(
  options: LocateOptions,
  resource: StateResource,
  resources: readonly StateResource[],
): Located | undefined {
  const [provider] = resource.type.split(":");
  switch (provider) {
    case "azure-native":
      return locateInAzure(options, resource);
    case "kubernetes":
      return locateInCluster(options.store, resource, resources);
    case "azuread":
      return locateInEntra(options.store, resource, resources);
    default:
      return undefined;
  }
}

function locateInAzure(options: LocateOptions, { id, type, inputs }: StateResource): Located | undefined {
  const { store, subscriptionId } = options;
  const { shape } = createTypes(options).byToken(type);
  const record = store.get(id ?? formatId(shape, { ...inputs, subscriptionId }));
  return record && { id: record.id, seconds: record.seconds };
}

/**
 * The inputs of a resource that the provider would name by chance, with the name that one of the same logical name has
 * already; undefined where there is none.
 */
export function withExistingName(
  options: LocateOptions,
  { type, name }: { readonly type: string; readonly name: string },
  inputs: JsonObject,
): JsonObject | undefined {
  if (!type.startsWith("azure-native:")) return undefined;
  const { shape } = createTypes(options).byToken(type);
  const own = shape.parameters.at(-1) ?? "name";
  const planned = formatId(shape, { ...inputs, subscriptionId: options.subscriptionId }).toLowerCase();
  const prefix = `${planned.slice(0, planned.lastIndexOf("/") + 1)}${name.toLowerCase()}`;
  const found = options.store
    .list({ cloud: "azure" })
    .filter(({ ofSubscription }) => ofSubscription !== true)
    .map(({ id }) => id)
    .find((id) => id.toLowerCase().startsWith(prefix) && /^[0-9a-f]{8}$/i.test(id.slice(prefix.length)));
  return found === undefined ? undefined : { ...inputs, [own]: found.slice(found.lastIndexOf("/") + 1) };
}

function locateInCluster(
  store: CloudStore,
  resource: StateResource,
  resources: readonly StateResource[],
): Located | undefined {
  const wanted = identityOf(resource.inputs ?? {});
  const clusters = clustersOf(resource, resources);
  const found = store.list({ cloud: "kubernetes" }).filter(({ id, properties }) => {
    const inCluster = clusters.length === 0 || clusters.some((cluster) => isBelow(id, cluster));
    return inCluster && identityOf(properties) === wanted;
  });
  // The same object of several clusters has the same id in each; the provider instance tells them apart.
  const [record] = found;
  if (record === undefined) return undefined;
  const { name, namespace } = metadataOf(record.properties);
  return { id: namespace === undefined ? name : `${namespace}/${name}`, seconds: record.seconds };
}

/** ARM ids of the clusters that the resource's provider instance was made from. */
function clustersOf({ provider }: StateResource, resources: readonly StateResource[]): string[] {
  const urn = provider?.slice(0, provider.lastIndexOf("::"));
  const instance = resources.find((resource) => resource.urn === urn);
  const sources = new Set(instance?.dependencies ?? []);
  return resources
    .filter((resource) => sources.has(resource.urn) && resource.type.endsWith(":ManagedCluster"))
    .flatMap(({ id }) => id ?? []);
}

function isBelow(id: string, ancestor: string): boolean {
  return id.toLowerCase().startsWith(`${ancestor.toLowerCase()}/`);
}

function identityOf(object: Fields): string {
  const { name, namespace } = metadataOf(object);
  return [object["apiVersion"], object["kind"], namespace ?? "", name].join(" ");
}

function metadataOf({ metadata }: Fields): { readonly name: string; readonly namespace: string | undefined } {
  const { name, namespace } = (metadata ?? {}) as Fields;
  return {
    name: typeof name === "string" ? name : "",
    namespace: typeof namespace === "string" ? namespace : undefined,
  };
}

/** Directory objects have random ids, and names are not unique there: the first that no other resource has. */
function locateInEntra(
  store: CloudStore,
  resource: StateResource,
  resources: readonly StateResource[],
): Located | undefined {
  const taken = new Set(resources.map(({ id }) => id));
  const kind = resource.type.slice(resource.type.lastIndexOf(":") + 1).toLowerCase();
  const candidates = store.list({ cloud: "entra" }).filter(({ type }) => type.toLowerCase().endsWith(kind));
  const record = candidates.find((candidate) =>
    resource.id === undefined
      ? !taken.has(candidate.id) && agrees(candidate, resource.inputs ?? {})
      : candidate.id === resource.id,
  );
  return record && { id: record.id, seconds: record.seconds };
}

function agrees({ properties }: CloudRecord, inputs: Fields): boolean {
  return Object.entries(inputs).every(
    ([key, value]) => typeof value !== "string" || properties[key] === value,
  );
}
