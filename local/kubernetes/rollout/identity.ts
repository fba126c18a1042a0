/** Workload identity: what the admission webhook adds to a pod, and whether Entra ID accepts its token. */
import type { ClusterContext } from "../context";
import { kindNamed } from "../kinds";
import type { EnvEntry } from "../node/protocol";
import type { PodTemplate } from "../types";

/** https://learn.microsoft.com/azure/aks/workload-identity-overview */
const LABEL = "azure.workload.identity/use";
const CLIENT_ID = "azure.workload.identity/client-id";
const AUDIENCE = "api://AzureADTokenExchange";
const TOKEN_FILE = "/var/run/secrets/azure/tokens/azure-identity-token";

export interface PodIdentity {
  readonly env: readonly EnvEntry[];
  /** Why the pod would get no access token. */
  readonly problem?: string;
}

export async function resolveIdentity(
  { api, cluster, platform }: ClusterContext,
  namespace: string,
  template: PodTemplate,
): Promise<PodIdentity> {
  if (template.metadata?.labels?.[LABEL] !== "true") return { env: [] };
  const name = template.spec.serviceAccountName ?? "default";
  const account = await api.get({ kind: kindNamed("v1", "ServiceAccount"), namespace, name });
  const clientId = account?.metadata.annotations?.[CLIENT_ID];
  if (!cluster.workloadIdentity) {
    return problem(
      `workload identity is off in ${cluster.name}: set securityProfile.workloadIdentity.enabled`,
    );
  }
  if (cluster.oidcIssuer === undefined) {
    return problem(`${cluster.name} has no OIDC issuer: set oidcIssuerProfile.enabled`);
  }
  if (clientId === undefined || clientId === "") {
    return problem(
      `service account ${namespace}/${name} has no annotation ${CLIENT_ID}: set it to the client id of the identity`,
    );
  }
  const subject = `system:serviceaccount:${namespace}:${name}`;
  const token = { issuer: cluster.oidcIssuer, subject, audience: AUDIENCE, clientId };
  const decision = platform.exchangeToken(token);
  if (!decision.allowed) {
    return problem(
      `AADSTS700213: No matching federated identity record found for presented assertion subject '${subject}' ` +
        `of issuer '${cluster.oidcIssuer}' (${decision.chain.join("; ")})`,
    );
  }
  return {
    env: [
      { name: "AZURE_CLIENT_ID", value: clientId },
      { name: "AZURE_TENANT_ID", value: platform.tenantId },
      { name: "AZURE_FEDERATED_TOKEN_FILE", value: TOKEN_FILE },
      { name: "AZURE_AUTHORITY_HOST", value: "https://login.microsoftonline.com/" },
    ],
  };
}

function problem(message: string): PodIdentity {
  return { env: [], problem: message };
}
