/** A built-in role, or one that the program defined. `*` stands for any part of an action. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

/** What a role may not do if it may not hand out access. */
export const NO_ACCESS_MANAGEMENT = ["Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"];

export function role(
  name: string,
  id: string,
  actions: readonly string[],
  dataActions: readonly string[] = [],
  notActions: readonly string[] = [],
): Role {
  return { id, name, actions, dataActions, notActions };
}
