import type * as authorization from "@pulumi/azure-native/authorization";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import {
  NAME_LIMITS,
  type Names,
  type NetworkSettings,
  type Settings,
  type Stamp,
  type Tags,
} from "../config";
import { REGIONS } from "../config/regions";
import { PolicyAssignments, type PolicyAssignmentsArgs } from "./security/policyAssignments";
import { REGISTRY_BASELINE } from "./security/policyBaseline";
import { sendDiagnostics } from "./support/diagnostics";
import type { PrivateTarget } from "./support/privateTarget";
import { grantRole } from "./support/roles";

export interface AcrRegistryArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly registry: Settings["registry"];
  readonly network: NetworkSettings;
  readonly security: PolicyAssignmentsArgs["security"];
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  /** Regions that pull images. */
  readonly stamps: readonly Stamp[];
  /** Its subscription makes the registry's name unique. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/**
 * A container registry that only Microsoft Entra ID opens: no admin user, no anonymous pull, public only by the opt-out
 * `network.allowPublicServiceEndpoints`, with a replica in each region that pulls from it.
 *
 * Costs about $5 (Basic) or $50 (Premium) a month, and $50 a replica. Refuses: what `config/` refuses, such as
 * geo-replication without Premium.
 *
 * @example
 * const registry = new AcrRegistry("registry", { ...config, client, resourceGroup, workspace });
 */
export class AcrRegistry extends pulumi.ComponentResource {
  public readonly registry: containerregistry.Registry;
  /** Host that images are pushed to. */
  public readonly loginServer: pulumi.Output<string>;
  /** A region's private endpoint is made once all replicas exist: it holds an address for each. */
  public readonly privateTarget: PrivateTarget;

  public constructor(name: string, args: AcrRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:AcrRegistry", name, {}, opts);
    // In force before there is a registry that could break them.
    const { assignments } = new PolicyAssignments(
      `${name}-policies`,
      { ...args, baseline: REGISTRY_BASELINE },
      { parent: this },
    );
    this.registry = this.createRegistry(name, args, assignments);
    const replicas = this.createReplicas(name, args);
    this.createCacheRules(name, args);
    sendDiagnostics(
      name,
      {
        resourceUri: this.registry.id,
        workspace: args.workspace,
        logs: ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"],
      },
      { parent: this.registry },
    );
    this.loginServer = this.registry.loginServer;
    this.privateTarget = {
      key: "registry",
      resourceId: pulumi
        .all([this.registry.id, ...replicas.map((replica) => replica.id)])
        .apply(([id]) => id ?? ""),
      groupId: "registry",
      zones: ["privatelink.azurecr.io"],
    };
    this.registerOutputs({ registry: this.registry, loginServer: this.loginServer });
  }

  /** Lets an identity pull images. */
  public grantPull(
    name: string,
    { principalId }: managedidentity.UserAssignedIdentity,
    opts: pulumi.CustomResourceOptions,
  ): authorization.RoleAssignment {
    return grantRole(
      `${name}-pull`,
      { role: "AcrPull", scope: this.registry.id, principalId, principalType: "ServicePrincipal" },
      opts,
    );
  }

  private createRegistry(
    name: string,
    args: AcrRegistryArgs,
    after: readonly pulumi.Resource[],
  ): containerregistry.Registry {
    const { names, registry, network } = args;
    const isPremium = registry.sku === "Premium";
    return new containerregistry.Registry(
      `${name}-acr`,
      {
        resourceGroupName: args.resourceGroup.name,
        registryName: pulumi
          .output(args.client)
          .apply(({ subscriptionId }) => names.global("acr", subscriptionId, NAME_LIMITS.registry)),
        location: args.location,
        tags: args.tags,
        sku: { name: registry.sku },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        publicNetworkAccess: network.allowPublicServiceEndpoints ? "Enabled" : "Disabled",
        networkRuleBypassOptions: "AzureServices",
        zoneRedundancy: isPremium && REGIONS[args.location]?.zones ? "Enabled" : "Disabled",
        ...(isPremium ? premiumProperties(registry, network) : {}),
      },
      {
        parent: this,
        dependsOn: [...after],
        // Azure settles it when the registry is created: one that starts as Basic keeps what it has.
        ignoreChanges: ["zoneRedundancy"],
      },
    );
  }

  /** One after the other: Azure refuses a second write to a registry that is being changed. */
  private createReplicas(name: string, args: AcrRegistryArgs): containerregistry.Replication[] {
    const regions = args.registry.geoReplication
      ? args.stamps.filter(({ location }) => location !== args.location)
      : [];
    return regions.reduce<containerregistry.Replication[]>(
      (earlier, { location, zones }) => [
        ...earlier,
        new containerregistry.Replication(
          `${name}-replica-${location}`,
          {
            resourceGroupName: args.resourceGroup.name,
            registryName: this.registry.name,
            replicationName: location,
            location,
            tags: args.tags,
            regionEndpointEnabled: true,
            zoneRedundancy: zones.length > 0 ? "Enabled" : "Disabled",
          },
          { parent: this.registry, dependsOn: earlier },
        ),
      ],
      [],
    );
  }

  private createCacheRules(name: string, { registry, resourceGroup }: AcrRegistryArgs): void {
    for (const { source, target } of registry.artifactCache) {
      const cacheRuleName = target.replace(/[^a-z0-9]+/g, "-");
      new containerregistry.CacheRule(
        `${name}-cache-${cacheRuleName}`,
        {
          resourceGroupName: resourceGroup.name,
          registryName: this.registry.name,
          cacheRuleName,
          sourceRepository: source,
          targetRepository: target,
        },
        { parent: this.registry },
      );
    }
  }
}

/** Images are pulled from hosts of their own; those that nobody tags go after a while; none leaves a private registry. */
function premiumProperties(
  { untaggedRetentionDays, quarantine }: Settings["registry"],
  { allowPublicServiceEndpoints }: NetworkSettings,
) {
  return {
    dataEndpointEnabled: true,
    networkRuleSet: { defaultAction: allowPublicServiceEndpoints ? "Allow" : "Deny" },
    policies: {
      retentionPolicy: {
        status: untaggedRetentionDays > 0 ? "enabled" : "disabled",
        ...(untaggedRetentionDays > 0 ? { days: untaggedRetentionDays } : {}),
      },
      quarantinePolicy: { status: quarantine ? "enabled" : "disabled" },
      // Azure keeps images in a private registry only.
      exportPolicy: { status: allowPublicServiceEndpoints ? "enabled" : "disabled" },
    },
  };
}
