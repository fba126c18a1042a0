import * as pulumi from "@pulumi/pulumi";

import type { DataServices } from "./data/dataServices";
import { Budget, type BudgetArgs } from "./governance/budget";
import type { RegionalStamp } from "./regionalStamp";
import { DeletionLocks, type DeletionLocksArgs } from "./security/deletionLocks";

export interface StackGovernanceArgs extends BudgetArgs, Pick<DeletionLocksArgs, "security"> {
  readonly dataServices: DataServices;
  readonly regions: readonly RegionalStamp[];
}

/**
 * What the stack as a whole is held to: a budget, and locks on what cannot be made again: data and vaults. The registry is not locked: its images are built from commits, and regions that go take their replica with them.
 *
 * Costs nothing. Creates what the settings ask for.
 *
 * @example
 * new StackGovernance("governance", { ...config, client, actionGroup, dataServices: data, regions });
 */
export class StackGovernance extends pulumi.ComponentResource {
  public constructor(name: string, args: StackGovernanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:StackGovernance", name, {}, opts);
    const { security, dataServices, regions } = args;
    const child = { parent: this };
    new Budget(
      `${name}-budget`,
      { ...args, furtherGroups: regions.flatMap(({ backupGroups }) => backupGroups) },
      child,
    );
    const after = [dataServices, ...regions];
    new DeletionLocks(`${name}-data-locks`, { security, targets: dataServices.lockable, after }, child);
    for (const region of regions) {
      const targets = [{ key: "vault", id: region.vault.id }];
      new DeletionLocks(`${name}-${region.location}-locks`, { security, targets, after: [region] }, child);
    }
    this.registerOutputs({});
  }
}
