import * as compute from "@pulumi/azure-native/compute";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import type { ClusterIdentities } from "../clusterIdentities";
import { afterGrants, grantRole } from "../support/roles";
import type { KeyVault } from "./keyVault";

export interface DiskEncryptionArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region, the vault's. */
  readonly location: string;
  readonly resourceGroup: resources.ResourceGroup;
  /** With purge protection: Azure takes no key of another. */
  readonly vault: KeyVault;
  /** Of the cluster whose disks are encrypted. */
  readonly identities: Pick<ClusterIdentities, "controlPlane">;
}

/**
 * Encryption of a cluster's disks with a key of the region's vault: the key, and a disk encryption set that reads it by
 * an identity of its own and takes up each new version of it.
 *
 * Costs what the key costs. Refuses (Azure does): a vault that can be purged, or one of another region.
 *
 * @example
 * const disks = new DiskEncryption("westus2-disks", { ...config, ...stamp, resourceGroup, vault, identities });
 * new AksPlatform("westus2-platform", { ...rest, diskEncryptionSetId: disks.id });
 */
export class DiskEncryption extends pulumi.ComponentResource {
  public readonly diskEncryptionSet: compute.DiskEncryptionSet;
  /** ARM id of the set; resolves once it may use the key, and the cluster may use the set. */
  public readonly id: pulumi.Output<string>;

  public constructor(name: string, args: DiskEncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:DiskEncryption", name, {}, opts);
    const { vault } = args;
    const key = vault.createKey(name, "disks", { operations: ["wrapKey", "unwrapKey"], expires: true });
    this.diskEncryptionSet = new compute.DiskEncryptionSet(
      `${name}-des`,
      {
        resourceGroupName: args.resourceGroup.name,
        diskEncryptionSetName: args.names.of("des"),
        location: args.location,
        tags: args.tags,
        identity: { type: "SystemAssigned" },
        encryptionType: "EncryptionAtRestWithCustomerKey",
        activeKey: { keyUrl: key.keyUriWithVersion, sourceVault: { id: vault.id } },
        rotationToLatestKeyVersionEnabled: true,
      },
      { parent: this },
    );
    const grants = [
      grantRole(
        `${name}-key-user`,
        {
          role: "KeyVaultCryptoServiceEncryptionUser",
          scope: key.id,
          principalId: this.diskEncryptionSet.identity.apply((identity) => identity?.principalId ?? ""),
          principalType: "ServicePrincipal",
        },
        { parent: this.diskEncryptionSet },
      ),
      grantRole(
        `${name}-cluster`,
        {
          role: "Reader",
          scope: this.diskEncryptionSet.id,
          principalId: args.identities.controlPlane.principalId,
          principalType: "ServicePrincipal",
        },
        { parent: this.diskEncryptionSet },
      ),
    ];
    this.id = afterGrants(this.diskEncryptionSet.id, grants);
    this.registerOutputs({ diskEncryptionSet: this.diskEncryptionSet, id: this.id });
  }
}
