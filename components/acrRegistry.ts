import type * as authorization from "@pulumi/azure-native/authorization";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Settings, Tags } from "../config";
import { afterGrants, grantRole } from "./support/roles";

export interface AcrRegistryArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly registry: Settings["registry"];
  readonly resourceGroup: resources.ResourceGroup;
  /** Its subscription makes the registry's name unique. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  /** Identities that may pull images: the kubelets' of each cluster. */
  readonly imagePullers: readonly managedidentity.UserAssignedIdentity[];
}

/**
 * A container registry that only Microsoft Entra ID opens: no admin user, no anonymous pull; each puller is
 * granted AcrPull.
 *
 * Costs about $5 (Basic) or $50 (Premium) a month. Refuses: what `config/` refuses, such as retention of
 * untagged images without Premium.
 *
 * @example
 * const registry = new AcrRegistry("registry", { ...config, client, resourceGroup, imagePullers: [kubeletIdentity] });
 */
export class AcrRegistry extends pulumi.ComponentResource {
  public readonly registry: containerregistry.Registry;
  /** Host that images are pushed to. */
  public readonly loginServer: pulumi.Output<string>;
  /** The same host; resolves once every puller has its grant, so that what runs an image can wait for it. */
  public readonly pullableLoginServer: pulumi.Output<string>;

  public constructor(name: string, args: AcrRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:AcrRegistry", name, {}, opts);
    const { names, registry } = args;
    const isPremium = registry.sku === "Premium";
    this.registry = new containerregistry.Registry(
      `${name}-acr`,
      {
        resourceGroupName: args.resourceGroup.name,
        registryName: pulumi
          .output(args.client)
          .apply(({ subscriptionId }) => names.global("acr", subscriptionId)),
        location: args.location,
        tags: args.tags,
        sku: { name: registry.sku },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: "Enabled",
        networkRuleBypassOptions: "AzureServices",
        zoneRedundancy: isPremium ? "Enabled" : "Disabled",
        ...(isPremium
          ? { dataEndpointEnabled: true, policies: premiumPolicies(registry.untaggedRetentionDays) }
          : {}),
      },
      { parent: this },
    );
    const grants = args.imagePullers.map((identity, index) =>
      grantRole(
        `${name}-pull-${index}`,
        {
          role: "AcrPull",
          scope: this.registry.id,
          principalId: identity.principalId,
          principalType: "ServicePrincipal",
        },
        { parent: this.registry },
      ),
    );
    this.loginServer = this.registry.loginServer;
    this.pullableLoginServer = afterGrants(this.loginServer, grants);
    this.registerOutputs({
      registry: this.registry,
      loginServer: this.loginServer,
      pullableLoginServer: this.pullableLoginServer,
    });
  }
}

function premiumPolicies(untaggedRetentionDays: number) {
  return {
    retentionPolicy: {
      status: untaggedRetentionDays > 0 ? "enabled" : "disabled",
      ...(untaggedRetentionDays > 0 ? { days: untaggedRetentionDays } : {}),
    },
  };
}
