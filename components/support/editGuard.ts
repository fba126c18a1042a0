import * as pulumi from "@pulumi/pulumi";

/** Why an edit of a running resource cannot be made, and how to do it instead. */
export interface RefusedEdit {
  /** Path of the setting. */
  readonly path: string;
  readonly got: string;
  readonly allowed: string;
  readonly fix: string;
}

/**
 * Refuses edits of a running resource that Azure would refuse halfway, or accept and break: as a hook that runs before the
 * update and, so that nothing has happened yet, in the plan.
 *
 * @param name unique in the program
 * @param check compares the inputs in the state with the new ones; undefined: the edit can be made. Inputs that are secret
 *   or still unknown are not plain values there
 */
export function guardEdits<Inputs>(
  name: string,
  check: (
    before: Partial<Inputs>,
    after: Partial<Inputs>,
  ) => RefusedEdit | undefined | Promise<RefusedEdit | undefined>,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    name,
    async ({ oldInputs = {}, newInputs = {} }) => {
      const refused = await check(oldInputs as Partial<Inputs>, newInputs as Partial<Inputs>);
      if (refused === undefined) return;
      const { path, got, allowed, fix } = refused;
      throw new pulumi.RunError(`${path}: got ${got}; allowed: ${allowed}. Fix: ${fix}.`);
    },
    { onDryRun: true },
  );
}
