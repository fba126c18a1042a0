/** What people change in a stack, and what a run makes of it. */
import type { Document } from "yaml";

import { nameOf } from "../../local/driver/state";
import type { ChangedResource, Summary } from "../../local/driver/summary";

export type Change = (stack: Document) => void;

/** Puts a setting of the stack's file. */
export function setting([section = "", ...rest]: readonly string[], value: unknown): Change {
  return (stack) => {
    stack.setIn(["config", `aks-platform:${section}`, ...rest], stack.createNode(value));
  };
}

const HARMLESS = ["create", "update", "read", "same"];

/** What a run does besides creating and updating. */
export function destructive({ changed }: Summary): ChangedResource[] {
  return changed.filter(({ operation }) => !HARMLESS.includes(operation));
}

/** One line a change: operation, name, properties. */
export function described({ operation, urn, properties }: ChangedResource): string {
  return `${operation} ${nameOf(urn)} ${properties.join(" ")}`.trimEnd();
}

/** Who may use what, in each service's own way. */
const GRANT =
  /azure-native:(authorization:RoleAssignment|cosmosdb:SqlResourceSqlRoleAssignment|dbforpostgresql:AdministratorsMicrosoftEntra|redisenterprise:AccessPolicyAssignment)::/;

/**
 * While a plan updates an identity, azure-native does not tell its object id, so that the plan shows its grants as
 * replaced; the run itself finds them unchanged.
 */
export function isGrantOfUnknown({ operation, urn }: ChangedResource): boolean {
  return operation !== "delete" && GRANT.test(urn);
}
