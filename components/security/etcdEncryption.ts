import type * as authorization from "@pulumi/azure-native/authorization";
import type * as keyvault from "@pulumi/azure-native/keyvault";
import type * as outputs from "@pulumi/azure-native/types/output";
import * as pulumi from "@pulumi/pulumi";

import type { NetworkSettings } from "../../config";
import type { ClusterIdentities } from "../clusterIdentities";
import { afterGrants, grantRole, type RoleName } from "../support/roles";
import type { KeyVault } from "./keyVault";

export interface EtcdEncryptionArgs {
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  /** With purge protection: without the key, no secret of the cluster can be read. */
  readonly vault: KeyVault;
  /** Of the cluster whose secrets are encrypted. */
  readonly identities: Pick<ClusterIdentities, "controlPlane">;
  /** How the API server reaches a private vault: its private endpoint. @default nothing to wait for */
  readonly reachableBy?: readonly pulumi.Resource[];
}

/**
 * Encryption of Kubernetes secrets in etcd with a key of the region's vault, which the API server asks as the cluster's
 * own identity.
 *
 * The cluster stays with one version of the key, so no version expires. Key Vault makes a new one every year; the next
 * `pulumi up --refresh` hands it to the cluster, in place. Secrets are encrypted anew as they are written
 * (`kubectl get secrets -A -o json | kubectl replace -f -` does all).
 *
 * Costs what the key costs. Refuses (`config/` does): a private vault with an API server outside the network.
 *
 * @example
 * const etcd = new EtcdEncryption("westus2-etcd", { ...config, vault, identities, reachableBy: [endpoints] });
 * new AksPlatform("westus2-platform", { ...rest, etcdEncryption: etcd.profile });
 */
export class EtcdEncryption extends pulumi.ComponentResource {
  public readonly key: keyvault.Key;
  /** The cluster's `securityProfile.azureKeyVaultKms`; resolves once the cluster may use the key and reaches it. */
  public readonly profile: pulumi.Output<outputs.containerservice.AzureKeyVaultKmsResponse>;

  public constructor(name: string, args: EtcdEncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:EtcdEncryption", name, {}, opts);
    const { vault, network } = args;
    this.key = vault.createKey(name, "etcd", { operations: ["encrypt", "decrypt"], expires: false });
    const isPrivate = !network.allowPublicServiceEndpoints;
    const grants = [
      this.grant(`${name}-key-user`, "KeyVaultCryptoUser", this.key.id, args),
      // The cluster approves its own way to a private vault.
      ...(isPrivate ? [this.grant(`${name}-vault`, "KeyVaultContributor", vault.id, args)] : []),
    ];
    const reachable = pulumi.all((args.reachableBy ?? []).map(({ urn }) => urn));
    const keyId = pulumi.all([this.key.keyUriWithVersion, reachable]).apply(([uri]) => uri);
    this.profile = pulumi.all([afterGrants(keyId, grants), vault.id]).apply(([granted, vaultId]) => ({
      enabled: true,
      keyId: granted,
      ...(isPrivate
        ? { keyVaultNetworkAccess: "Private", keyVaultResourceId: vaultId }
        : { keyVaultNetworkAccess: "Public" }),
    }));
    this.registerOutputs({ key: this.key, profile: this.profile });
  }

  private grant(
    name: string,
    role: RoleName,
    scope: pulumi.Input<string>,
    { identities }: EtcdEncryptionArgs,
  ): authorization.RoleAssignment {
    const { principalId } = identities.controlPlane;
    return grantRole(name, { role, scope, principalId, principalType: "ServicePrincipal" }, { parent: this });
  }
}
