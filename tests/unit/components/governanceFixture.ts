import * as resources from "@pulumi/azure-native/resources";

import { BackupStorage } from "../../../components/governance/backupStorage";
import { ClusterBackup } from "../../../components/governance/clusterBackup";
import type { GovernanceSettings } from "../../../config";
import { createCluster, createIdentities, vaultArgs } from "./securityFixture";

export interface BackupCase {
  readonly allowPurge?: boolean;
  readonly zones?: readonly string[];
  readonly backup?: NonNullable<GovernanceSettings["backup"]>;
}

/** A backup of namespace `api`, after one write to the cluster; call it inside a program. */
export function createBackup({
  allowPurge = false,
  zones = ["1", "2", "3"],
  backup = { retentionDays: 30, intervalHours: 12 },
}: BackupCase = {}): ClusterBackup {
  const security = { keyVault: { softDeleteRetentionDays: 90, allowPurge } };
  const settings = { ...vaultArgs({ security }), zones };
  const storage = new BackupStorage("backup-storage", settings);
  const cluster = createCluster();
  const earlier = new resources.ResourceGroup("earlier-write");
  const endpoint = new resources.ResourceGroup("endpoint");
  return new ClusterBackup("backup", {
    ...settings,
    backup,
    storage,
    platform: { cluster, writes: [earlier] },
    identities: createIdentities(),
    namespaces: ["api"],
    reachableBy: [endpoint],
  });
}
