/** Definitions of custom resources, as charts bring them. */
import type { JsonObject } from "../../provider/backend";
import { KINDS, groupOf, qualifiedPlural } from "../kinds";

/** Definitions of the emulated kinds of some API groups. */
export function definitionsOf(...groups: readonly string[]): JsonObject[] {
  const wanted = KINDS.filter(
    ({ custom, apiVersion }) => custom === true && groups.includes(groupOf(apiVersion)),
  );
  return wanted.map((kind) => {
    const [group, version = ""] = kind.apiVersion.split("/");
    return {
      ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
      metadata: { name: qualifiedPlural(kind) },
      spec: {
        group: group ?? "",
        names: { kind: kind.kind, plural: kind.plural },
        scope: kind.namespaced ? "Namespaced" : "Cluster",
        versions: [{ name: version, served: true, storage: true }],
      },
    };
  });
}
