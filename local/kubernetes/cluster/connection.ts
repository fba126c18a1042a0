/** A provider instance's way to its cluster: can it be reached, and may the caller do what it asks? */
import type { JsonObject } from "../../provider/backend";
import { UNKNOWN } from "../../provider/backend";
import type { ObjectName } from "../api";
import { groupOf } from "../kinds";
import { forbidden, unauthorized, unreachable } from "../status";
import { parseKubeconfig, type Kubeconfig } from "./kubeconfig";
import type { Cluster, ClusterPlatform } from "./platform";

export type Verb = "create" | "delete" | "get" | "patch";

/** Azure's name for what a verb does to objects (Microsoft.ContainerService data actions). */
const AZURE_VERBS: Readonly<Record<Verb, string>> = {
  create: "write",
  delete: "delete",
  get: "read",
  patch: "write",
};

export interface ConnectionSettings {
  /** Undefined while it is not known, in a preview before the cluster exists. */
  readonly kubeconfig: Kubeconfig | undefined;
  readonly defaultNamespace: string;
  readonly deleteUnreachable: boolean;
  readonly mutableConfigMaps: boolean;
  readonly mutableSecrets: boolean;
}

/** Reads the inputs of a `kubernetes:Provider`; booleans arrive as JSON text. */
export function parseSettings(inputs: JsonObject): ConnectionSettings {
  const { kubeconfig, context, namespace } = inputs;
  if (kubeconfig === undefined || kubeconfig === null || kubeconfig === "") {
    throw new Error(
      "kubernetes provider: expected the input kubeconfig, got none; the emulated cloud has no ambient cluster: " +
        "pass new kubernetes.Provider(..., { kubeconfig }) to the resources",
    );
  }
  const source = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
  const contextName = typeof context === "string" && context !== "" ? context : undefined;
  return {
    kubeconfig: source.includes(UNKNOWN) ? undefined : parseKubeconfig(source, contextName),
    defaultNamespace: typeof namespace === "string" && namespace !== "" ? namespace : "default",
    deleteUnreachable: isTrue(inputs["deleteUnreachable"]),
    mutableConfigMaps: isTrue(inputs["enableConfigMapMutable"]),
    mutableSecrets: isTrue(inputs["enableSecretMutable"]),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** The cluster that a kubeconfig names. @throws as an API server that cannot be reached, or that refuses the login. */
export function reachCluster(platform: ClusterPlatform, { host, credential }: Kubeconfig): Cluster {
  const cluster = platform.findCluster(host);
  if (cluster === undefined) {
    throw unreachable(
      `unable to load schema information from the API server: dial tcp: lookup ${host}: no such host`,
    );
  }
  if (cluster.unreachable !== undefined) {
    throw unreachable(`unable to load schema information from the API server: ${cluster.unreachable}`);
  }
  if (credential.kind === "local" && cluster.localAccountsDisabled) {
    throw unauthorized(
      `local accounts of ${cluster.name} are disabled, and the kubeconfig has a static credential. ` +
        "Use listManagedClusterUserCredentials with format exec, and kubelogin",
    );
  }
  if (credential.kind === "entra" && credential.problem !== undefined) {
    throw unauthorized(`getting credentials: ${credential.problem}`);
  }
  return cluster;
}

/** @throws Forbidden in the words of AKS's authorization webhook. */
export function authorize(
  platform: ClusterPlatform,
  cluster: Cluster,
  { credential }: Kubeconfig,
  verb: Verb,
  target: ObjectName,
): void {
  // A local account is cluster-admin: that is why clusters switch local accounts off.
  if (credential.kind === "local") return;
  const { kind, name, namespace } = target;
  const group = groupOf(kind.apiVersion);
  const path = group === "" ? kind.plural : `${group}/${kind.plural}`;
  const action = `Microsoft.ContainerService/managedClusters/${path}/${AZURE_VERBS[verb]}`;
  const scope = namespace === undefined ? cluster.id : `${cluster.id}/namespaces/${namespace}`;
  const place = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const asked = `User "${platform.caller}" cannot ${verb} resource "${kind.plural}" in API group "${group}" ${place}`;
  if (!cluster.azureRbac) {
    throw forbidden(
      kind,
      name,
      `${asked}. ${cluster.name} does not use Azure RBAC: set aadProfile.enableAzureRBAC, or bind the user to a role`,
    );
  }
  const decision = platform.authorize(cluster, action, scope);
  if (decision.allowed) return;
  throw forbidden(
    kind,
    name,
    `${asked}: User does not have access to the resource in Azure. Update role assignment to allow access ` +
      `(${decision.chain.join("; ")}). Assign "Azure Kubernetes Service RBAC Cluster Admin" on the cluster to the ` +
      "identity that runs the program",
  );
}
