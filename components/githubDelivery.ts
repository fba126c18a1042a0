import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Settings } from "../config";
import { type RoleName, ROLES } from "./support/roles";
import { WorkloadIdentity, type WorkloadIdentityArgs } from "./workloadIdentity";

export interface GithubDeliveryArgs {
  readonly names: Names;
  readonly delivery: Settings["delivery"];
  readonly security: Pick<Settings["security"], "azurePolicy" | "deletionLocks">;
  /** What all regions share; the workflow may change it, and each region's own. */
  readonly resourceGroup: resources.ResourceGroup;
  readonly regions: readonly { readonly location: string; readonly resourceGroup: resources.ResourceGroup }[];
}

/** Issuer of GitHub's workflow tokens; unlike a cluster's, without a trailing slash. */
const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** What only the workflow's identity gets: it cannot hand these on, nor take them from itself. */
const DELIVERER_ONLY: readonly string[] = [
  ROLES.Contributor,
  ROLES.LocksContributor,
  ROLES.ResourcePolicyContributor,
  ROLES.RoleBasedAccessControlAdministrator,
];

/** The grants that the program makes to others, and no other (such as Owner) may be made through this identity. */
const GRANTABLE = Object.values(ROLES)
  .filter((role) => !DELIVERER_ONLY.includes(role))
  .join(", ");

const ONLY_GRANTABLE = ["write", "delete"]
  .map((verb) => {
    const source = verb === "write" ? "@Request" : "@Resource";
    const attribute = `${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId]`;
    return (
      `(!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'}) OR ` +
      `${attribute} ForAnyOfAnyValues:GuidEquals {${GRANTABLE}})`
    );
  })
  .join(" AND ");

/**
 * Lets environments of one GitHub repository deploy the stack without a secret: an Entra application that
 * trusts their workflows' tokens, with Contributor on the stack's resource groups and the right to
 * make just the grants that the program makes. Contributor may write neither policy assignments nor locks, so a stack
 * that has these adds the roles for them. A new region is first deployed by someone who may create resource groups.
 *
 * Costs nothing. Creates nothing where the stack names no repository.
 *
 * @example
 * const delivery = new GithubDelivery("delivery", { ...config, resourceGroup, regions: stamps });
 */
export class GithubDelivery extends pulumi.ComponentResource {
  /** Client id for `azure/login`; undefined without a repository. */
  public readonly clientId: pulumi.Output<string> | undefined;

  public constructor(name: string, args: GithubDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:GithubDelivery", name, {}, opts);
    const { github } = args.delivery;
    const identity = github
      ? new WorkloadIdentity(
          `${name}-github`,
          {
            identityName: args.names.of("github"),
            trusts: github.environments.map((environment) => ({
              name: `github-${environment}`,
              issuer: GITHUB_ISSUER,
              subject: `repo:${github.repository}:environment:${environment}`,
            })),
            roles: rolesOn(args),
          },
          { parent: this },
        )
      : undefined;
    this.clientId = identity?.clientId;
    this.registerOutputs({ clientId: this.clientId });
  }
}

function rolesOn(args: GithubDeliveryArgs): NonNullable<WorkloadIdentityArgs["roles"]> {
  const scopes = [{ location: "shared", resourceGroup: args.resourceGroup }, ...args.regions];
  const roles = Object.entries(rolesFor(args.security));
  return Object.fromEntries(
    scopes.flatMap(({ location, resourceGroup: { id: scope } }) =>
      roles.map(([key, role]) => [`${location}-${key}`, { ...role, scope }]),
    ),
  );
}

/** By the last part of the assignment's logical name. */
function rolesFor({
  azurePolicy,
  deletionLocks,
}: GithubDeliveryArgs["security"]): Readonly<Record<string, { role: RoleName; condition?: string }>> {
  return {
    contributor: { role: "Contributor" },
    grants: { role: "RoleBasedAccessControlAdministrator", condition: ONLY_GRANTABLE },
    ...(azurePolicy === "off" ? {} : { policies: { role: "ResourcePolicyContributor" } }),
    ...(deletionLocks ? { locks: { role: "LocksContributor" } } : {}),
  };
}
