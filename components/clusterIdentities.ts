import type * as authorization from "@pulumi/azure-native/authorization";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../config";
import type { RegionalNetwork } from "./network/regionalNetwork";
import { afterGrants, grantRole, type RoleName } from "./support/roles";

export interface ClusterIdentitiesArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly resourceGroup: resources.ResourceGroup;
  /** Where the cluster's nodes live. */
  readonly regionalNetwork: RegionalNetwork;
}

/**
 * Who a cluster is in Azure: one identity for its control plane, which may join the network and give out the kubelets'
 * identity, and one that its nodes pull images with.
 *
 * Costs nothing.
 *
 * @example
 * const identities = new ClusterIdentities("westus2-identities", { ...config, ...stamp, resourceGroup, regionalNetwork });
 */
export class ClusterIdentities extends pulumi.ComponentResource {
  public readonly controlPlane: managedidentity.UserAssignedIdentity;
  public readonly kubelet: managedidentity.UserAssignedIdentity;
  /** The control plane's id; resolves once all that a cluster needs from the start is granted to it. */
  public readonly grantedControlPlaneId: pulumi.Output<string>;

  public constructor(name: string, args: ClusterIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ClusterIdentities", name, {}, opts);
    this.controlPlane = this.createIdentity(`${name}-control-plane`, args.names.of("aks-id"), args);
    this.kubelet = this.createIdentity(`${name}-kubelet`, args.names.of("kubelet-id"), args);
    const grants = [
      this.grant(`${name}-kubelet-operator`, "ManagedIdentityOperator", this.kubelet.id),
      ...this.grantNetwork(name, args.regionalNetwork),
    ];
    this.grantedControlPlaneId = afterGrants(this.controlPlane.id, grants);
    this.registerOutputs({
      controlPlane: this.controlPlane,
      kubelet: this.kubelet,
      grantedControlPlaneId: this.grantedControlPlaneId,
    });
  }

  /** No more of the network than the cluster uses: its subnets, the address of its entrance, its own zone. */
  private grantNetwork(name: string, network: RegionalNetwork): authorization.RoleAssignment[] {
    const { nodeSubnet, apiServerSubnet, apiServerZone, publicEntrance, spoke } = network;
    const grants = [this.grant(`${name}-nodes`, "NetworkContributor", nodeSubnet.id)];
    if (apiServerSubnet) {
      grants.push(this.grant(`${name}-api-server`, "NetworkContributor", apiServerSubnet.id));
    }
    if (publicEntrance) {
      grants.push(this.grant(`${name}-entrance`, "NetworkContributor", publicEntrance.id));
    }
    if (apiServerZone) {
      grants.push(
        this.grant(`${name}-zone`, "PrivateDnsZoneContributor", apiServerZone.id),
        // The cluster links its zone to the network, which that role may join.
        this.grant(`${name}-zone-network`, "PrivateDnsZoneContributor", spoke.id),
      );
    }
    return grants;
  }

  private grant(name: string, role: RoleName, scope: pulumi.Input<string>): authorization.RoleAssignment {
    const { principalId } = this.controlPlane;
    return grantRole(
      name,
      { role, scope, principalId, principalType: "ServicePrincipal" },
      { parent: this.controlPlane },
    );
  }

  private createIdentity(
    name: string,
    resourceName: string,
    { location, tags, resourceGroup }: ClusterIdentitiesArgs,
  ): managedidentity.UserAssignedIdentity {
    return new managedidentity.UserAssignedIdentity(
      name,
      { resourceGroupName: resourceGroup.name, resourceName, location, tags },
      { parent: this },
    );
  }
}
