/** The environment of a container: references to ConfigMaps and Secrets are resolved before it starts. */
import type { KubernetesApi } from "../api";
import { findKind } from "../kinds";
import type { EnvEntry } from "../node/protocol";
import { quantity } from "../quantity";
import type { ConfigMap, Container, EnvVar, PodSpec, Secret } from "../types";

type Source = "ConfigMap" | "Secret";

/** What a container's references say, or what is missing, as the kubelet puts it. */
export interface Environment {
  readonly entries: readonly EnvEntry[];
  readonly missing: readonly string[];
}

export async function resolveEnvironment(
  api: KubernetesApi,
  namespace: string,
  container: Container,
): Promise<Environment> {
  const entries: EnvEntry[] = [];
  const missing: string[] = [];
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const [source, reference] =
      configMapRef === undefined ? (["Secret", secretRef] as const) : (["ConfigMap", configMapRef] as const);
    const name = reference?.name ?? "";
    const data = await readData(api, namespace, source, name);
    if (data === undefined && reference?.optional !== true) missing.push(notFound(source, name));
    for (const [key, value] of Object.entries(data ?? {})) entries.push({ name: `${prefix}${key}`, value });
  }
  for (const variable of container.env ?? []) {
    const entry = await resolveVariable(api, namespace, container, variable);
    if (typeof entry === "string") missing.push(entry);
    else if (entry !== undefined) entries.push(entry);
  }
  return { entries, missing };
}

/** An entry, nothing where an optional reference has no target, or what is missing. */
async function resolveVariable(
  api: KubernetesApi,
  namespace: string,
  container: Container,
  { name, value, valueFrom }: EnvVar,
): Promise<EnvEntry | string | undefined> {
  if (valueFrom === undefined) return { name, value: value ?? "" };
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return { name, fieldPath: fieldRef.fieldPath };
  if (resourceFieldRef !== undefined)
    return { name, value: resourceValue(container, resourceFieldRef.resource) };
  const [source, reference] =
    configMapKeyRef === undefined
      ? (["Secret", secretKeyRef] as const)
      : (["ConfigMap", configMapKeyRef] as const);
  if (reference === undefined) return `invalid valueFrom of ${name}: no source is given`;
  const data = await readData(api, namespace, source, reference.name ?? "");
  const found = data?.[reference.key];
  if (found !== undefined) return { name, value: found };
  if (reference.optional === true) return undefined;
  return data === undefined
    ? notFound(source, reference.name ?? "")
    : `couldn't find key ${reference.key} in ${source} ${namespace}/${reference.name ?? ""}`;
}

/** Volumes whose ConfigMap or Secret does not exist keep a pod in ContainerCreating. */
export async function missingVolumes(
  api: KubernetesApi,
  namespace: string,
  spec: PodSpec,
): Promise<string[]> {
  const missing: string[] = [];
  for (const { name, configMap, secret } of spec.volumes ?? []) {
    const [source, target, optional] =
      configMap === undefined
        ? (["Secret", secret?.secretName, secret?.optional] as const)
        : (["ConfigMap", configMap.name, configMap.optional] as const);
    if (target === undefined || optional === true) continue;
    if ((await readData(api, namespace, source, target)) === undefined) {
      missing.push(`MountVolume.SetUp failed for volume "${name}" : ${notFound(source, target)}`);
    }
  }
  return missing;
}

function notFound(source: Source, name: string): string {
  return `${source.toLowerCase()} "${name}" not found`;
}

async function readData(
  api: KubernetesApi,
  namespace: string,
  source: Source,
  name: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const kind = findKind("v1", source);
  const object = kind === undefined ? undefined : await api.get({ kind, namespace, name });
  if (object === undefined) return undefined;
  if (source === "ConfigMap") return (object as ConfigMap).data ?? {};
  const data = Object.entries((object as Secret).data ?? {});
  return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
}

/** Limits and requests as whole units, as the downward API gives them with its default divisor of 1. */
function resourceValue({ resources }: Container, field: string): string {
  const [which, resource = ""] = field.split(".");
  const amounts = which === "limits" ? resources?.limits : resources?.requests;
  const text = amounts?.[resource];
  return text === undefined ? "0" : String(Math.ceil(quantity(text)));
}
