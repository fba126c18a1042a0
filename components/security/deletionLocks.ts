import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import type { SecuritySettings } from "../../config";

/** Something that is locked: a store, a vault, a registry. */
export interface LockTarget {
  /** Short name, unique among the stack's locked resources: `registry`, `westus2-vault`. */
  readonly key: string;
  /** ARM id of the resource. */
  readonly id: pulumi.Input<string>;
}

export interface DeletionLocksArgs {
  readonly security: SecuritySettings;
  readonly targets: readonly LockTarget[];
  /**
   * What must exist before the locks, and so goes after them: all that holds something below a target, such as grants,
   * endpoints and diagnostic settings.
   */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Locks that keep registry, vaults and data from being deleted by hand or by another tool. Made last and taken away
 * first, so that a `destroy` is not in its own way. Never for a resource group or a cluster: what AKS deletes there by
 * itself, such as a node, could not go.
 *
 * A lock holds for what lies below, too: a change that takes away a grant on a locked resource, or its private endpoint,
 * needs an `up` with `security.deletionLocks: false` before.
 *
 * Costs nothing. Creates nothing without `security.deletionLocks`. Refuses: a resource group, a cluster.
 *
 * @example
 * const targets = [{ key: "registry", id: registry.registry.id }, ...data.lockable];
 * new DeletionLocks("locks", { ...config, targets, after: [registry, data, ...stamps] });
 */
export class DeletionLocks extends pulumi.ComponentResource {
  public readonly locks: readonly authorization.ManagementLockByScope[];

  public constructor(name: string, args: DeletionLocksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:DeletionLocks", name, {}, opts);
    const after = args.after.flatMap(withDescendants);
    const targets = args.security.deletionLocks ? args.targets : [];
    this.locks = targets.map(
      ({ key, id }) =>
        new authorization.ManagementLockByScope(
          `${name}-${key}`,
          {
            scope: pulumi.output(id).apply(lockableScope),
            lockName: "keep",
            level: "CanNotDelete",
            notes:
              "Holds data or keys. Taken away by security.deletionLocks: false, or by a destroy of the stack.",
          },
          { parent: this, dependsOn: after },
        ),
    );
    this.registerOutputs({ locks: this.locks });
  }
}

/**
 * @returns the scope itself
 * @throws RunError for a resource group or a cluster, below which AKS deletes by itself
 */
export function lockableScope(scope: string): string {
  if (/\/resourceGroups\/[^/]+\/providers\/(?!Microsoft\.ContainerService\/)/i.test(scope)) return scope;
  throw new pulumi.RunError(
    `A deletion lock got ${scope}, allowed: a resource that AKS deletes nothing in; lock the registry, a vault or data`,
  );
}

/**
 * A resource and all below it. `dependsOn` a component means what it is the parent of, but not what those are the parents
 * of, such as the diagnostic setting of a vault, whose deletion the vault's lock would refuse. The SDK keeps the children
 * under this name and exports no way to ask for them.
 */
function withDescendants(resource: pulumi.Resource): pulumi.Resource[] {
  const { __childResources: children = [] } = resource as { __childResources?: Iterable<pulumi.Resource> };
  return [resource, ...[...children].flatMap(withDescendants)];
}
