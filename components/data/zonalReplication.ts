import type * as pulumi from "@pulumi/pulumi";

import { guardEdits } from "../support/editGuard";

/** What the guard reads of the account's inputs. */
interface AccountInputs {
  readonly resourceGroupName: string;
  readonly accountName: string;
  readonly sku: { readonly name: string };
}

/**
 * Refuses a replication with zones on an account without them, and the reverse. Azure moves the data first, by a migration
 * that takes days and that no update of the account starts
 * (https://learn.microsoft.com/azure/storage/common/redundancy-migration).
 *
 * @param name unique in the program
 */
export function guardZonalReplication(name: string): pulumi.ResourceHook {
  return guardEdits<AccountInputs>(name, (before, { sku, accountName = "", resourceGroupName = "" }) => {
    const [old, wanted] = [before.sku?.name ?? "", sku?.name ?? ""];
    if (old === "" || wanted === "" || hasZones(old) === hasZones(wanted)) return undefined;
    return {
      path: "data.storage.replication",
      got: `${wanted} where the account is ${old}`,
      allowed:
        "an update between LRS and GRS, or between ZRS and GZRS; zones come and go by a migration of the data",
      fix:
        `az storage account migration start --account-name ${accountName} --resource-group ${resourceGroupName} --sku ${wanted}; ` +
        "when it has ended, run `pulumi refresh` and then `pulumi up`",
    };
  });
}

function hasZones(sku: string): boolean {
  return sku.endsWith("ZRS");
}
