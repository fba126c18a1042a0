/** Who can hold a role: identities of Azure, service principals of Entra ID, and whoever runs the program. */
import type { CloudRecord, CloudStore } from "../cloud/store";
import { text } from "../provider/values";

export interface Principal {
  readonly objectId: string;
  readonly type: "ServicePrincipal" | "User" | "Group";
  /** The record that the principal came with. */
  readonly record: CloudRecord;
}

/** Output paths at which records name a principal of their own. */
const PRINCIPAL_PATHS = ["principalId", "identity.principalId"] as const;

const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";
const SERVICE_PRINCIPAL = "servicePrincipals";

export function findPrincipal(store: CloudStore, objectId: string): Principal | undefined {
  const wanted = objectId.toLowerCase();
  for (const record of store.list()) {
    if (principalIdsOf(record).some((id) => id.toLowerCase() === wanted)) {
      return { objectId, type: "ServicePrincipal", record };
    }
  }
  return undefined;
}

function principalIdsOf(record: CloudRecord): string[] {
  if (record.type === SERVICE_PRINCIPAL) return [text(record.properties, "objectId") ?? ""];
  if (record.cloud !== "azure" || record.type.endsWith("/roleAssignments")) return [];
  const paths = record.type === IDENTITY ? PRINCIPAL_PATHS.slice(0, 1) : PRINCIPAL_PATHS.slice(1);
  return paths.flatMap((path) => text(record.properties, path) ?? []);
}
