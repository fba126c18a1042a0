import type * as authorization from "@pulumi/azure-native/authorization";
import type * as containerservice from "@pulumi/azure-native/containerservice";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Settings } from "../../config";
import { grantRole, type RoleName } from "../support/roles";

export interface ClusterAccessArgs {
  readonly access: Pick<Settings["access"], "grants" | "clusterAdmins">;
  readonly resourceGroup: resources.ResourceGroup;
  readonly cluster: containerservice.ManagedCluster;
}

type Grant = Settings["access"]["grants"][number];

const KUBERNETES_ROLES = {
  Reader: "AksRbacReader",
  Writer: "AksRbacWriter",
  Admin: "AksRbacAdmin",
} as const satisfies Record<Grant["role"], RoleName>;

/**
 * Who besides the administrators may use a cluster: a role of Azure RBAC for Kubernetes in one namespace (the namespace
 * need not exist yet) or in all of them, and the right to fetch the kubeconfig that signs in as oneself.
 *
 * Costs nothing. Creates nothing where `access.grants` is empty.
 *
 * @example
 * new ClusterAccess("westus2-access", { ...config, resourceGroup, cluster: platform.cluster });
 */
export class ClusterAccess extends pulumi.ComponentResource {
  public readonly grants: readonly authorization.RoleAssignment[];

  public constructor(name: string, args: ClusterAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:security:ClusterAccess", name, {}, opts);
    const { grants } = args.access;
    this.grants = [
      ...grants.map((grant) => this.grantNamespace(name, grant, args)),
      ...this.grantKubeconfig(name, args),
    ];
    this.registerOutputs({ grants: this.grants });
  }

  private grantNamespace(
    name: string,
    { objectId, principalType, role, namespace }: Grant,
    { cluster, resourceGroup }: ClusterAccessArgs,
  ): authorization.RoleAssignment {
    const scope =
      namespace === null ? resourceGroup.id : pulumi.interpolate`${cluster.id}/namespaces/${namespace}`;
    return grantRole(
      `${name}-${role.toLowerCase()}-${namespace ?? "all"}-${objectId}`,
      { role: KUBERNETES_ROLES[role], scope, principalId: objectId, principalType },
      { parent: this, dependsOn: [cluster] },
    );
  }

  /** Once for each principal: Azure refuses the same grant twice, and the administrators have theirs already. */
  private grantKubeconfig(
    name: string,
    { access, cluster }: ClusterAccessArgs,
  ): authorization.RoleAssignment[] {
    const administrators = new Set(access.clusterAdmins.map(({ objectId }) => objectId));
    const users = new Map(access.grants.map(({ objectId, principalType }) => [objectId, principalType]));
    return [...users]
      .filter(([objectId]) => !administrators.has(objectId))
      .map(([objectId, principalType]) =>
        grantRole(
          `${name}-user-${objectId}`,
          { role: "AksClusterUser", scope: cluster.id, principalId: objectId, principalType },
          { parent: this },
        ),
      );
  }
}
