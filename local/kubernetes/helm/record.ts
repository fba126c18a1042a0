/** A release as Helm keeps it in the cluster: a Secret for its revision, in the namespace of the release. */
import { createHash } from "node:crypto";
import type { JsonObject } from "../../provider/backend";
import { isObject } from "../../provider/values";
import type { ObjectName } from "../api";
import { kindNamed } from "../kinds";
import type { KubeObject } from "../types";

const SECRET = kindNamed("v1", "Secret");

export interface ReleaseRecord {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  readonly revision: number;
  readonly values: JsonObject;
  /** Objects that go when the release goes. */
  readonly objects: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** Where the release stands; Helm counts revisions in the name, and one that is kept under one name is enough here. */
export function secretName({ name, namespace }: Pick<ReleaseRecord, "name" | "namespace">): ObjectName {
  return { kind: SECRET, namespace, name: `sh.helm.release.v1.${name}` };
}

export function toSecret(record: ReleaseRecord): JsonObject {
  const { name, namespace } = record;
  return {
    ...{ apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1" },
    metadata: {
      ...{ name: secretName(record).name, namespace },
      labels: { owner: "helm", name, status: "deployed", version: String(record.revision) },
    },
    data: { release: Buffer.from(JSON.stringify(record)).toString("base64") },
  };
}

export function fromSecret(secret: KubeObject): ReleaseRecord | undefined {
  const { data } = secret as KubeObject & { readonly data?: JsonObject };
  const text = isObject(data) ? data["release"] : undefined;
  if (typeof text !== "string") return undefined;
  return JSON.parse(Buffer.from(text, "base64").toString("utf8")) as ReleaseRecord;
}

/** pulumi-kubernetes names a release without a name of its own: the logical name and 8 hex digits. */
export function releaseName(logicalName: string, randomSeed: Uint8Array): string {
  const suffix = createHash("sha256").update(randomSeed).update(logicalName).digest("hex").slice(0, 8);
  return `${logicalName}-${suffix}`;
}
