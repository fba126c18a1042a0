import { createHash } from "node:crypto";

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
              name: credentialName(environment),
              issuer: GITHUB_ISSUER,
              // GitHub writes a colon of the environment's name so (https://docs.github.com/actions/reference/security/oidc).
              subject: `repo:${github.repository}:environment:${environment.replaceAll(":", "%3A")}`,
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

/** Longest start of an environment's name in {@link credentialName}, so that the whole stays within 120 characters. */
const NAME_START_LENGTH = 80;

/**
 * Name of a federated credential: Microsoft Entra ID takes letters, digits, dashes and underscores. Where the environment's
 * name has other characters, the first of its hash tell it from those that then look the same.
 */
function credentialName(environment: string): string {
  const start = environment.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, NAME_START_LENGTH);
  if (start === environment) return `github-${environment}`;
  return `github-${start}-${createHash("sha256").update(environment).digest("hex").slice(0, 8)}`;
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
