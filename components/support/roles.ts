import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";

import { deterministicGuid, type Settings } from "../../config";

/** Azure's built-in roles that the platform grants (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
export const ROLES = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AgcConfigurationManager: "fbc52c3f-28ad-4303-a892-8a056630b8f1",
  AksClusterUser: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
  AksContributor: "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
  AksRbacAdmin: "3498e952-d568-435e-9b2c-8d77e338d7f7",
  AksRbacClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  AksRbacReader: "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
  AksRbacWriter: "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  DataOperatorForManagedDisks: "959f8984-c045-4866-89c7-12bf9737be2e",
  DiskSnapshotContributor: "7efff54f-a5b4-42b5-a1c5-5411624893ce",
  GrafanaAdmin: "22926164-76b3-42b3-bc55-97df3dab3e41",
  KeyVaultContributor: "f25e0fa2-a7c8-4377-a976-54943a77a395",
  KeyVaultCryptoServiceEncryptionUser: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
  KeyVaultCryptoUser: "12338af0-0e69-4776-bea7-57ae8d297424",
  KeyVaultSecretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
  LocksContributor: "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
  ManagedIdentityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
  MonitoringDataReader: "b0d8363b-8ddd-447d-831f-62ca05bff136",
  MonitoringMetricsPublisher: "3913510d-42f4-4e42-8a64-420c390055eb",
  MonitoringReader: "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
  NetworkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
  PrivateDnsZoneContributor: "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  ResourcePolicyContributor: "36243c78-bf99-498c-9df9-86d9f8d28608",
  RoleBasedAccessControlAdministrator: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  StorageAccountContributor: "17d1049b-9a84-46fb-8f53-869881c3d3ab",
  StorageBlobDataContributor: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
} as const;

export type RoleName = keyof typeof ROLES;

/** Someone or something that can be granted a role. */
export interface Principal {
  /** Object id in Microsoft Entra ID (not the client id). */
  readonly principalId: pulumi.Input<string>;
  /** Azure refuses a principal that is not replicated yet unless its type is given; undefined: it is an old one. */
  readonly principalType?: pulumi.Input<string>;
}

export interface RoleGrantArgs extends Principal {
  readonly role: RoleName;
  /** ARM id that the role holds for, and for everything below it. */
  readonly scope: pulumi.Input<string>;
  /** Condition that narrows the grant (version 2.0 of the condition language). */
  readonly condition?: string;
}

/**
 * Grants a role. The assignment's name follows from scope, role and principal, so that a repeated create meets
 * the same assignment instead of a twin, and a new principal gets a new one.
 */
export function grantRole(
  name: string,
  args: RoleGrantArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
  const role = ROLES[args.role];
  const subscription = pulumi.output(args.scope).apply((scope) => scope.split("/").slice(0, 3).join("/"));
  return new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: pulumi
        .all([args.scope, args.principalId])
        .apply(([scope, principalId]) => deterministicGuid(scope.toLowerCase(), role, principalId)),
      roleDefinitionId: pulumi.interpolate`${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      principalId: args.principalId,
      scope: args.scope,
      ...(args.principalType === undefined ? {} : { principalType: args.principalType }),
      ...(args.condition === undefined ? {} : { condition: args.condition, conditionVersion: "2.0" }),
    },
    // A new grant has a new name, so the old one can stay until it is made. Deleted first, it would take along what
    // waits for it: a cluster whose disks' key is granted.
    { deleteBeforeReplace: false, ...opts },
  );
}

export interface AdministratorsArgs {
  readonly access: Settings["access"];
  /** Who deploys: the administrator where `access.clusterAdmins` names none. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  /** ARM id of what they administer. */
  readonly scope: pulumi.Input<string>;
  /** By the last part of the grant's logical name. */
  readonly roles: Readonly<Record<string, RoleName>>;
}

/**
 * Grants roles to whom the stack names, or else to whoever deploys it. The grants are called after the people and not
 * after their places: one who goes changes nothing for the others.
 */
export function grantAdministrators(
  name: string,
  { access: { clusterAdmins }, client, scope, roles }: AdministratorsArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment[] {
  const deployer = { key: "deployer", principalId: pulumi.output(client).objectId };
  const named = clusterAdmins.map(({ objectId, principalType }) => ({
    ...{ key: objectId, principalId: objectId, principalType },
  }));
  const principals: readonly (Principal & { readonly key: string })[] = named.length > 0 ? named : [deployer];
  return principals.flatMap(({ key, ...principal }, index) =>
    Object.entries(roles).map(([suffix, role]) =>
      grantRole(
        `${name}-${key}-${suffix}`,
        { ...principal, role, scope },
        // Whoever deploys may become the first who is named; Azure refuses one grant under two names.
        index > 0 || key === deployer.key
          ? opts
          : { ...opts, aliases: [{ name: `${name}-${deployer.key}-${suffix}` }] },
      ),
    ),
  );
}

/** How long Azure takes to make a new role assignment count everywhere, as a rule. */
const REPLICATION_SECONDS = 60;

/**
 * A value that resolves only when the grants exist and have had time to replicate: Azure acknowledges a role
 * assignment before each of its services honours it. Old grants cost no time. A plan waits for nothing and tells the
 * value: unknown, it would show a cluster as replaced whose grants are merely planned.
 */
export function afterGrants(
  value: pulumi.Input<string>,
  grants: readonly authorization.RoleAssignment[],
): pulumi.Output<string> {
  if (pulumi.runtime.isDryRun()) {
    return pulumi.all([value, pulumi.all(grants.map(({ urn }) => urn))]).apply(([planned]) => planned);
  }
  const youngest = pulumi
    .all(grants.map((grant) => grant.createdOn))
    .apply((times) => Math.max(0, ...times.map((time) => Date.parse(time))));
  return pulumi.all([value, youngest]).apply(async ([resolved, createdOn]) => {
    const wait = createdOn + REPLICATION_SECONDS * 1000 - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return resolved;
  });
}
