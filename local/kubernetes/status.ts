/** Refusals in the API server's words (k8s.io/apimachinery, pkg/api/errors). */
import { ProviderError } from "../provider/backend";
import { qualifiedKind, qualifiedPlural, type Kind } from "./kinds";

/** One broken field: its path, and what is wrong with it. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

export function notFound(kind: Kind, name: string): ProviderError {
  return new ProviderError("NotFound", `${qualifiedPlural(kind)} "${name}" not found`);
}

export function namespaceNotFound(namespace: string): ProviderError {
  return new ProviderError("NotFound", `namespaces "${namespace}" not found`);
}

export function alreadyExists(kind: Kind, name: string): ProviderError {
  return new ProviderError("AlreadyExists", `${qualifiedPlural(kind)} "${name}" already exists`);
}

export function invalid(kind: Kind, name: string, issues: readonly FieldIssue[]): ProviderError {
  const causes = issues.map(({ path, message }) => `${path}: ${message}`);
  const text = causes.length === 1 ? causes.join() : `[${causes.join(", ")}]`;
  return new ProviderError("Invalid", `${qualifiedKind(kind)} "${name}" is invalid: ${text}`);
}

export function forbidden(kind: Kind, name: string, reason: string): ProviderError {
  return new ProviderError("Forbidden", `${qualifiedPlural(kind)} "${name}" is forbidden: ${reason}`);
}

export function unauthorized(reason: string): ProviderError {
  return new ProviderError(
    "Unauthorized",
    `the server has asked for the client to provide credentials: ${reason}`,
  );
}

/** The wording of pulumi-kubernetes where it cannot talk to the API server. */
export function unreachable(reason: string): ProviderError {
  return new ProviderError(
    "ServiceUnavailable",
    `configured Kubernetes cluster is unreachable: ${reason}. If the cluster has been deleted, delete its ` +
      `objects from the state by setting deleteUnreachable on the provider or PULUMI_K8S_DELETE_UNREACHABLE=true.`,
  );
}

/** The server's answer where no resource of this name is served, as client-go and pulumi-kubernetes word it. */
export function noMatch(kind: Kind): ProviderError {
  const fix =
    kind.addon === undefined
      ? `Verify that any required CRDs have been created: install the chart that brings ${qualifiedPlural(kind)} before`
      : `The cluster does not have the add-on that serves it: enable ${kind.addon} (workloadAutoScalerProfile)`;
  return new ProviderError(
    "NoKindMatch",
    `the Kubernetes API server reported that the apiVersion for this resource does not exist: no matches for kind ` +
      `"${kind.kind}" in version "${kind.apiVersion}". ${fix}.`,
  );
}

/** Another owner has a field otherwise than server-side apply is to make it. */
export function applyConflict(message: string): ProviderError {
  return new ProviderError("Conflict", message);
}
