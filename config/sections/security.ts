import { z } from "zod";

export const securitySchema = z.strictObject({
  keyVault: z.strictObject({
    /** Days that a deleted vault can be brought back, and holds its name. */
    softDeleteRetentionDays: z.number().int().min(7).max(90),
    /** Opt-out: whoever may purge can destroy the vault before its retention ends. */
    allowPurge: z.boolean(),
  }),
  /** The nodes' disks are encrypted with a key of the vault instead of Azure's own. */
  customerManagedDiskKey: z.boolean(),
  /** Kubernetes secrets are encrypted in etcd with a key of the vault. */
  etcdEncryption: z.boolean(),
  /** Disks and caches are encrypted on the node's host too; needs the subscription's feature `EncryptionAtHost` (bootstrap/subscription.sh). */
  encryptionAtHost: z.boolean(),
  /** Microsoft Defender for Containers: the cluster's sensor. The plan is the subscription's (bootstrap/subscription.sh). */
  defender: z.boolean(),
  /** What Azure Policy does with what breaks the baseline. */
  azurePolicy: z.enum(["off", "audit", "deny"]),
  /** Opt-out: Azure's resources in the node resource group can be changed by hand. */
  allowNodeResourceGroupChanges: z.boolean(),
  /** Deletion locks on registry, vault and data; a `destroy` takes them away first. */
  deletionLocks: z.boolean(),
});

export type SecuritySettings = z.infer<typeof securitySchema>;
