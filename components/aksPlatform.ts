import * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterSettings, Names, Settings, Tags } from "../config";
import { autoScalerProfile, inlinePool, networkProfile } from "./support/clusterProfiles";
import { kubeloginKubeconfig } from "./support/kubeconfig";
import { createMaintenanceWindows } from "./support/maintenance";
import { createNodePools } from "./support/nodePools";
import { administrators, afterGrants, grantRole } from "./support/roles";

export interface AksPlatformArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly cluster: ClusterSettings;
  readonly access: Settings["access"];
  /** Who deploys: administers the cluster unless `access.clusterAdmins` names others. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/**
 * A resource group with an AKS cluster in it: Microsoft Entra ID and Azure RBAC only, OIDC issuer and workload
 * identity, Azure CNI overlay with Cilium, identities of its own for control plane and kubelets, agent pools,
 * upgrade channels with their maintenance windows.
 *
 * Costs the tier (Free: nothing, Standard: about $73 a month), the nodes, a load balancer (about $18) and a
 * public address for egress. Refuses: what `config/` refuses; it takes settings that were checked there.
 *
 * @example
 * const platform = new AksPlatform("platform", { ...config, client: authorization.getClientConfigOutput() });
 */
export class AksPlatform extends pulumi.ComponentResource {
  public readonly resourceGroup: resources.ResourceGroup;
  public readonly cluster: containerservice.ManagedCluster;
  /** Identity that the nodes pull images with. */
  public readonly kubeletIdentity: managedidentity.UserAssignedIdentity;
  /** Issuer of the cluster's service-account tokens, as Azure gives it (with its trailing slash). */
  public readonly oidcIssuerUrl: pulumi.Output<string>;
  /** Secret; holds no credential but kubelogin's command line. Resolves once the administrators have their grants. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider for everything that lives in the cluster; its objects come after the agent pools. */
  public readonly kubernetes: kubernetes.Provider;

  public constructor(name: string, args: AksPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:AksPlatform", name, {}, opts);
    this.resourceGroup = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: args.names.of("rg"), location: args.location, tags: args.tags },
      { parent: this },
    );
    const controlPlane = this.createIdentity(`${name}-control-plane`, args.names.of("aks-id"), args);
    this.kubeletIdentity = this.createIdentity(`${name}-kubelet`, args.names.of("kubelet-id"), args);
    const operator = grantRole(
      `${name}-kubelet-operator`,
      {
        role: "ManagedIdentityOperator",
        scope: this.kubeletIdentity.id,
        principalId: controlPlane.principalId,
        principalType: "ServicePrincipal",
      },
      { parent: this.kubeletIdentity },
    );
    this.cluster = this.createCluster(name, args, afterGrants(controlPlane.id, [operator]));
    const windows = createMaintenanceWindows(
      name,
      this.resourceGroup,
      this.cluster,
      args.cluster.maintenance,
    );
    const pools = createNodePools(name, this.resourceGroup, this.cluster, args, windows);

    this.oidcIssuerUrl = this.cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubeconfig = this.readKubeconfig(args, this.grantAdministrators(name, args));
    this.kubernetes = new kubernetes.Provider(
      `${name}-kubernetes`,
      { kubeconfig: this.kubeconfig },
      { parent: this, dependsOn: pools },
    );
    this.registerOutputs({
      resourceGroup: this.resourceGroup,
      cluster: this.cluster,
      kubeletIdentity: this.kubeletIdentity,
      oidcIssuerUrl: this.oidcIssuerUrl,
      kubeconfig: this.kubeconfig,
      kubernetes: this.kubernetes,
    });
  }

  private createIdentity(
    name: string,
    resourceName: string,
    { location, tags }: AksPlatformArgs,
  ): managedidentity.UserAssignedIdentity {
    return new managedidentity.UserAssignedIdentity(
      name,
      { resourceGroupName: this.resourceGroup.name, resourceName, location, tags },
      { parent: this },
    );
  }

  private createCluster(
    name: string,
    args: AksPlatformArgs,
    controlPlaneIdentityId: pulumi.Input<string>,
  ): containerservice.ManagedCluster {
    const { cluster, names, tags, location } = args;
    const systemPool = cluster.nodePools[0];
    if (!systemPool) throw new pulumi.ResourceError("cluster.nodePools lists no pool", this);
    return new containerservice.ManagedCluster(
      `${name}-aks`,
      {
        resourceGroupName: this.resourceGroup.name,
        resourceName: names.of("aks"),
        location,
        tags,
        sku: { name: "Base", tier: cluster.tier },
        dnsPrefix: names.of("aks"),
        kubernetesVersion: cluster.kubernetesVersion,
        nodeResourceGroup: names.of("aks-nodes-rg"),
        identity: { type: "UserAssigned", userAssignedIdentities: [controlPlaneIdentityId] },
        identityProfile: {
          kubeletidentity: {
            resourceId: this.kubeletIdentity.id,
            clientId: this.kubeletIdentity.clientId,
            objectId: this.kubeletIdentity.principalId,
          },
        },
        enableRBAC: true,
        disableLocalAccounts: true,
        aadProfile: {
          managed: true,
          enableAzureRBAC: true,
          tenantID: pulumi.output(args.client).tenantId,
        },
        apiServerAccessProfile: {
          enablePrivateCluster: false,
          disableRunCommand: true,
          authorizedIPRanges: cluster.authorizedIpRanges,
        },
        oidcIssuerProfile: { enabled: true },
        securityProfile: {
          workloadIdentity: { enabled: true },
          imageCleaner: { enabled: true, intervalHours: 168 },
        },
        networkProfile: networkProfile(cluster),
        agentPoolProfiles: [inlinePool(systemPool, tags)],
        autoScalerProfile: autoScalerProfile(cluster.scaleDown),
        autoUpgradeProfile: { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" },
        workloadAutoScalerProfile: { keda: { enabled: true }, verticalPodAutoscaler: { enabled: true } },
        azureMonitorProfile: {
          metrics: {
            enabled: true,
            kubeStateMetrics: { metricLabelsAllowlist: "", metricAnnotationsAllowList: "" },
          },
        },
        addonProfiles: {
          azureKeyvaultSecretsProvider: {
            enabled: true,
            config: { enableSecretRotation: "true", rotationPollInterval: "5m" },
          },
          azurepolicy: { enabled: true, config: { version: "v2" } },
        },
      },
      // The autoscaler owns the number of nodes; Azure wants one at creation all the same.
      { parent: this, ignoreChanges: ["agentPoolProfiles[0].count"] },
    );
  }

  /** With Azure RBAC nobody can use the cluster, its creator included, until granted. */
  private grantAdministrators(
    name: string,
    { access, client }: AksPlatformArgs,
  ): authorization.RoleAssignment[] {
    return administrators(access, client).flatMap((principal, index) =>
      (["AksRbacClusterAdmin", "AksClusterUser"] as const).map((role) =>
        grantRole(
          `${name}-admin-${index}-${role === "AksClusterUser" ? "user" : "rbac"}`,
          { ...principal, role, scope: this.cluster.id },
          { parent: this.cluster },
        ),
      ),
    );
  }

  private readKubeconfig(
    { names, access }: AksPlatformArgs,
    grants: readonly authorization.RoleAssignment[],
  ): pulumi.Output<string> {
    const credentials = containerservice.listManagedClusterUserCredentialsOutput(
      {
        resourceGroupName: names.of("rg"),
        resourceName: afterGrants(this.cluster.id, grants).apply(() => names.of("aks")),
        format: "exec",
      },
      { parent: this },
    );
    return pulumi.secret(
      credentials.kubeconfigs.apply(([kubeconfig]) => {
        if (!kubeconfig)
          throw new pulumi.ResourceError("Azure gave no user credentials for the cluster", this);
        return kubeloginKubeconfig(kubeconfig.value, access.kubelogin);
      }),
    );
  }
}
