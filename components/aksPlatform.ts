import type * as authorization from "@pulumi/azure-native/authorization";
import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import type {
  ClusterSettings,
  Names,
  ObservabilitySettings,
  SecuritySettings,
  Settings,
  Tags,
} from "../config";
import type { ClusterIdentities } from "./clusterIdentities";
import type { RegionalNetwork } from "./network/regionalNetwork";
import { apiServerAccessProfile } from "./support/apiServer";
import { autoScalerProfile, inlinePool, networkProfile } from "./support/clusterProfiles";
import { guardFirstPool } from "./support/firstPool";
import { kubeloginKubeconfig } from "./support/kubeconfig";
import { createMaintenanceWindows } from "./support/maintenance";
import { createNodePools } from "./support/nodePools";
import { afterGrants, grantAdministrators } from "./support/roles";

export interface AksPlatformArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly cluster: ClusterSettings;
  readonly security: SecuritySettings;
  readonly access: Settings["access"];
  readonly observability: Pick<ObservabilitySettings, "containerInsights">;
  readonly resourceGroup: resources.ResourceGroup;
  readonly regionalNetwork: RegionalNetwork;
  readonly identities: ClusterIdentities;
  /** Where Defender's sensor and the containers' logs go. */
  readonly workspace: operationalinsights.Workspace;
  /** Key that encrypts the nodes' disks. @default Azure's own */
  readonly diskEncryptionSetId: pulumi.Input<string> | undefined;
  /** Key that encrypts Kubernetes secrets. @default Azure's own */
  readonly etcdEncryption: pulumi.Input<inputs.containerservice.AzureKeyVaultKmsArgs> | undefined;
  /** Who deploys: administers the cluster unless `access.clusterAdmins` names others. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/**
 * An AKS cluster: Microsoft Entra ID and Azure RBAC only, OIDC issuer and workload identity, Azure CNI overlay with
 * Cilium in a network of the platform's own, API server public or inside it, agent pools, upgrade channels with their
 * maintenance windows.
 *
 * Costs the tier (Free: nothing, Standard: about $73 a month), the nodes, and a load balancer (about $18). Refuses: what
 * `config/` refuses; it takes settings that were checked there.
 *
 * @example
 * const platform = new AksPlatform("westus2-platform", { ...config, ...stamp, client, resourceGroup, regionalNetwork, identities });
 */
export class AksPlatform extends pulumi.ComponentResource {
  public readonly cluster: containerservice.ManagedCluster;
  /** Issuer of the cluster's service-account tokens, as Azure gives it (with its trailing slash). */
  public readonly oidcIssuerUrl: pulumi.Output<string>;
  /** Secret; holds no credential but kubelogin's command line. Resolves once the administrators have their grants. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Provider for everything that lives in the cluster; its objects come after the agent pools. */
  public readonly kubernetes: kubernetes.Provider;
  /** What writes to the cluster itself, one after the other; whatever writes next waits for these. */
  public readonly writes: readonly pulumi.Resource[];

  public constructor(name: string, args: AksPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:AksPlatform", name, {}, opts);
    const { resourceGroup } = args;
    this.cluster = this.createCluster(name, args);
    const windows = createMaintenanceWindows(name, resourceGroup, this.cluster, args.cluster.maintenance);
    const pools = createNodePools(name, resourceGroup, this.cluster, args, windows);
    this.writes = [...windows, ...pools];

    this.oidcIssuerUrl = this.cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? "");
    this.kubeconfig = this.readKubeconfig(args, this.grantAdministrators(name, args));
    this.kubernetes = new kubernetes.Provider(
      `${name}-kubernetes`,
      { kubeconfig: this.kubeconfig },
      { parent: this, dependsOn: pools },
    );
    this.registerOutputs({
      cluster: this.cluster,
      oidcIssuerUrl: this.oidcIssuerUrl,
      kubeconfig: this.kubeconfig,
      kubernetes: this.kubernetes,
    });
  }

  private createCluster(name: string, args: AksPlatformArgs): containerservice.ManagedCluster {
    const { cluster, names, tags, location, identities, regionalNetwork } = args;
    const systemPool = cluster.nodePools[0];
    if (!systemPool) throw new pulumi.ResourceError("cluster.nodePools lists no pool", this);
    return new containerservice.ManagedCluster(
      `${name}-aks`,
      {
        resourceGroupName: args.resourceGroup.name,
        resourceName: names.of("aks"),
        location,
        tags,
        sku: { name: "Base", tier: cluster.tier },
        dnsPrefix: names.of("aks"),
        kubernetesVersion: cluster.kubernetesVersion,
        supportPlan: cluster.tier === "Premium" ? "AKSLongTermSupport" : "KubernetesOfficial",
        nodeResourceGroup: names.of("aks-nodes-rg"),
        nodeResourceGroupProfile: {
          restrictionLevel: args.security.allowNodeResourceGroupChanges ? "Unrestricted" : "ReadOnly",
        },
        identity: { type: "UserAssigned", userAssignedIdentities: [identities.grantedControlPlaneId] },
        identityProfile: {
          kubeletidentity: {
            resourceId: identities.kubelet.id,
            clientId: identities.kubelet.clientId,
            objectId: identities.kubelet.principalId,
          },
        },
        enableRBAC: true,
        disableLocalAccounts: true,
        aadProfile: {
          managed: true,
          enableAzureRBAC: true,
          tenantID: pulumi.output(args.client).tenantId,
        },
        apiServerAccessProfile: apiServerAccessProfile(cluster, regionalNetwork),
        oidcIssuerProfile: { enabled: true },
        securityProfile: this.securityProfile(args),
        ...(args.diskEncryptionSetId === undefined ? {} : { diskEncryptionSetID: args.diskEncryptionSetId }),
        networkProfile: networkProfile(cluster, regionalNetwork.outboundType),
        agentPoolProfiles: [inlinePool(systemPool, args)],
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
          omsagent: containerInsights(args),
        },
        storageProfile: {
          diskCSIDriver: { enabled: true },
          fileCSIDriver: { enabled: true },
          snapshotController: { enabled: true },
          blobCSIDriver: { enabled: false },
        },
        metricsProfile: { costAnalysis: { enabled: cluster.costAnalysis } },
      },
      // The autoscaler owns the number of nodes; Azure wants one at creation all the same.
      {
        parent: this,
        ignoreChanges: ["agentPoolProfiles[0].count"],
        hooks: { beforeUpdate: [guardFirstPool(`${name}-first-pool`, cluster.nodePools)] },
      },
    );
  }

  private securityProfile({
    security,
    workspace,
    etcdEncryption,
  }: AksPlatformArgs): inputs.containerservice.ManagedClusterSecurityProfileArgs {
    return {
      workloadIdentity: { enabled: true },
      imageCleaner: { enabled: true, intervalHours: 168 },
      ...(security.defender
        ? {
            defender: {
              logAnalyticsWorkspaceResourceId: workspace.id,
              securityMonitoring: { enabled: true },
            },
          }
        : {}),
      ...(etcdEncryption === undefined ? {} : { azureKeyVaultKms: etcdEncryption }),
    };
  }

  /** With Azure RBAC nobody can use the cluster, its creator included, until granted. */
  private grantAdministrators(
    name: string,
    { access, client }: AksPlatformArgs,
  ): authorization.RoleAssignment[] {
    return grantAdministrators(
      `${name}-admin`,
      {
        ...{ access, client, scope: this.cluster.id },
        roles: { rbac: "AksRbacClusterAdmin", user: "AksClusterUser" },
      },
      { parent: this.cluster },
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

/** Off is said, because AKS keeps an add-on that a template leaves out (Azure/AKS#2904). The key is spelt as AKS returns it. */
function containerInsights({
  observability,
  workspace,
}: Pick<AksPlatformArgs, "observability" | "workspace">) {
  if (!observability.containerInsights) return { enabled: false };
  return {
    enabled: true,
    config: { logAnalyticsWorkspaceResourceID: workspace.id, useAADAuth: "true" },
  };
}
