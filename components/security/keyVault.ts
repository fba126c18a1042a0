import type * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, SecuritySettings, Tags } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import type { PrivateTarget } from "../support/privateTarget";
import { grantRole, type Principal } from "../support/roles";
import { keptName } from "./keptName";

export interface KeyVaultArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Short form of the region. */
  readonly code: string;
  readonly security: Pick<SecuritySettings, "keyVault">;
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  /** Its tenant's identities alone are let in. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

export interface KeyOptions extends pulumi.CustomResourceOptions {
  /** What the key is for; Key Vault refuses anything else. */
  readonly operations: readonly ("encrypt" | "decrypt" | "wrapKey" | "unwrapKey")[];
  /**
   * Whether a version of the key ends two years after it was made. False for a key whose user stays with one version:
   * what it encrypted would be lost on that day.
   */
  readonly expires: boolean;
}

/**
 * A region's vault: keys and secrets behind Azure RBAC, closed to every network but the platform's own unless
 * `network.allowPublicServiceEndpoints`, brought back within its retention if deleted, and not purged before unless
 * `security.keyVault.allowPurge`.
 *
 * A deleted vault holds its name; the name therefore ends in eight random digits, and the next vault gets others.
 * The SKU is Premium, which costs no more than Standard and can keep keys in hardware.
 *
 * Costs $0.03 for 10,000 operations. Refuses: what `config/` refuses.
 *
 * @example
 * const vault = new KeyVault("westus2-vault", { ...config, ...stamp, client, resourceGroup, workspace });
 */
export class KeyVault extends pulumi.ComponentResource {
  public readonly vault: keyvault.Vault;
  /** ARM id. */
  public readonly id: pulumi.Output<string>;
  /** Such as `https://kv-wus2-oapshop-1a2b3c4d.vault.azure.net/`. */
  public readonly uri: pulumi.Output<string>;
  public readonly privateTargets: readonly PrivateTarget[];

  public constructor(
    name: string,
    private readonly args: KeyVaultArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:security:KeyVault", name, {}, opts);
    this.vault = this.createVault();
    this.id = this.vault.id;
    this.uri = this.vault.properties.vaultUri.apply((uri) => uri);
    this.privateTargets = [
      {
        key: "vault",
        resourceId: this.vault.id,
        groupId: "vault",
        zones: ["privatelink.vaultcore.azure.net"],
      },
    ];
    sendDiagnostics(
      name,
      { resourceUri: this.vault.id, workspace: args.workspace, logs: ["AuditEvent"] },
      { parent: this.vault },
    );
    this.registerOutputs({
      vault: this.vault,
      id: this.id,
      uri: this.uri,
      privateTargets: this.privateTargets,
    });
  }

  /**
   * A key in hardware that Key Vault replaces by a new version every year. It stays in the vault when the program no
   * longer has it: disks, snapshots and backups that it encrypted may be around, and only the vault's data plane deletes
   * keys. Using its name again takes a `pulumi import`.
   *
   * Costs about $5 a month while in use, and $0.15 for 10,000 operations.
   * @param keyName unique in the vault: letters, digits and dashes
   */
  public createKey(
    name: string,
    keyName: string,
    { operations, expires, ...opts }: KeyOptions,
  ): keyvault.Key {
    return new keyvault.Key(
      `${name}-key`,
      {
        resourceGroupName: this.args.resourceGroup.name,
        vaultName: this.vault.name,
        keyName,
        tags: this.args.tags,
        properties: {
          kty: "RSA-HSM",
          keySize: 3072,
          keyOps: [...operations],
          attributes: { enabled: true, exportable: false },
          rotationPolicy: rotationPolicy(expires),
        },
      },
      pulumi.mergeOptions({ parent: this.vault, retainOnDelete: true }, opts),
    );
  }

  /** Lets an identity read the values of the vault's secrets. */
  public grantSecretsUser(
    name: string,
    principal: Principal,
    opts: pulumi.CustomResourceOptions = {},
  ): authorization.RoleAssignment {
    return grantRole(
      `${name}-secrets`,
      { principalType: "ServicePrincipal", ...principal, role: "KeyVaultSecretsUser", scope: this.vault.id },
      { parent: this.vault, ...opts },
    );
  }

  private createVault(): keyvault.Vault {
    const { names, tags, location, code, security, network, resourceGroup, client } = this.args;
    const { softDeleteRetentionDays, allowPurge } = security.keyVault;
    const { allowPublicServiceEndpoints } = network;
    return new keyvault.Vault(
      keptName("kv", code, names, "-"),
      {
        resourceGroupName: resourceGroup.name,
        location,
        tags,
        properties: {
          tenantId: pulumi.output(client).tenantId,
          sku: { family: "A", name: keyvault.SkuName.Premium },
          enableRbacAuthorization: true,
          enabledForDeployment: false,
          enabledForDiskEncryption: false,
          enabledForTemplateDeployment: false,
          enableSoftDelete: true,
          softDeleteRetentionInDays: softDeleteRetentionDays,
          // Azure knows true and nothing: it refuses false, and never takes true back.
          ...(allowPurge ? {} : { enablePurgeProtection: true }),
          publicNetworkAccess: allowPublicServiceEndpoints ? "Enabled" : "Disabled",
          networkAcls: {
            defaultAction: allowPublicServiceEndpoints ? "Allow" : "Deny",
            bypass: "AzureServices",
            ipRules: [],
            virtualNetworkRules: [],
          },
        },
      },
      { parent: this },
    );
  }
}

/** A new version a year after the last; where versions end, a month's notice of it. */
function rotationPolicy(expires: boolean): inputs.keyvault.RotationPolicyArgs {
  const rotate = {
    trigger: { timeAfterCreate: "P1Y" },
    action: { type: keyvault.KeyRotationPolicyActionType.Rotate },
  };
  const notify = {
    trigger: { timeBeforeExpiry: "P30D" },
    action: { type: keyvault.KeyRotationPolicyActionType.Notify },
  };
  return expires
    ? { attributes: { expiryTime: "P2Y" }, lifetimeActions: [rotate, notify] }
    : { lifetimeActions: [rotate] };
}
