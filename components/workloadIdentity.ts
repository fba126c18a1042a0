import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as resources from "@pulumi/azure-native/resources";
import { Application } from "@pulumi/azuread/application";
import { ApplicationFederatedIdentityCredential } from "@pulumi/azuread/applicationFederatedIdentityCredential";
import { ServicePrincipal } from "@pulumi/azuread/servicePrincipal";
import * as core from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../config";
import { afterGrants, grantRole, type RoleName } from "./support/roles";

/** A token that the identity accepts in place of a secret. */
export interface FederatedTrust {
  readonly name: string;
  /** Exactly as the token's `iss` claim has it, trailing slash included. */
  readonly issuer: pulumi.Input<string>;
  /** Exactly as the token's `sub` claim has it. */
  readonly subject: pulumi.Input<string>;
}

/** A service account of the cluster that acts as the identity. */
export interface ServiceAccountBinding {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly oidcIssuerUrl: pulumi.Input<string>;
  readonly provider: Provider;
}

export interface WorkloadIdentityArgs {
  /** Name of the identity in Azure or in Microsoft Entra ID. */
  readonly identityName: string;
  /**
   * Where the identity lives: a managed identity in a resource group, or, without one, an application in
   * Microsoft Entra ID (for what runs outside Azure).
   */
  readonly managedIdentity?: {
    readonly resourceGroup: resources.ResourceGroup;
    readonly location: string;
    readonly tags: Tags;
  };
  /** @default no service account */
  readonly serviceAccount?: ServiceAccountBinding;
  /** Trusts besides the service account's. @default none */
  readonly trusts?: readonly FederatedTrust[];
  /** Roles by a name of their own. @default none */
  readonly roles?: Readonly<
    Record<
      string,
      { readonly role: RoleName; readonly scope: pulumi.Input<string>; readonly condition?: string }
    >
  >;
}

/** Azure and Entra accept at most this many federated credentials on one identity. */
const MAX_TRUSTS = 20;
const AUDIENCE = "api://AzureADTokenExchange";

/**
 * An identity without a secret: Entra ID exchanges the tokens of a Kubernetes service account or of a CI system
 * for its own. Federated credentials are written one after the other, since Azure refuses parallel writes.
 *
 * Costs nothing. Refuses: more than 20 trusts.
 *
 * @example
 * new WorkloadIdentity("api-identity", { identityName, managedIdentity: { resourceGroup, location, tags }, serviceAccount });
 */
export class WorkloadIdentity extends pulumi.ComponentResource {
  public readonly clientId: pulumi.Output<string>;
  /** Object id, for role assignments. */
  public readonly principalId: pulumi.Output<string>;
  /** The annotated service account's name; resolves once trusts and roles are in force. Undefined without one. */
  public readonly serviceAccountName: pulumi.Output<string> | undefined;

  public constructor(name: string, args: WorkloadIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:WorkloadIdentity", name, {}, opts);
    const trusts = [
      ...(args.serviceAccount ? [serviceAccountTrust(args.serviceAccount)] : []),
      ...(args.trusts ?? []),
    ];
    if (trusts.length > MAX_TRUSTS) {
      const fix = "spread the workloads over several identities";
      throw new pulumi.ResourceError(
        `[trusts]: got ${trusts.length}, allowed: at most ${MAX_TRUSTS}; ${fix}`,
        this,
      );
    }
    const identity = args.managedIdentity
      ? this.createManagedIdentity(name, args.identityName, args.managedIdentity, trusts)
      : this.createApplication(name, args.identityName, trusts);
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    const grants = Object.entries(args.roles ?? {}).map(([key, role]) =>
      grantRole(
        `${name}-${key}`,
        { ...role, principalId: identity.principalId, principalType: "ServicePrincipal" },
        { parent: this },
      ),
    );
    this.serviceAccountName = args.serviceAccount
      ? afterGrants(this.createServiceAccount(name, args.serviceAccount, identity.credentials), grants)
      : undefined;
    this.registerOutputs({
      clientId: this.clientId,
      principalId: this.principalId,
      serviceAccountName: this.serviceAccountName,
    });
  }

  private createManagedIdentity(
    name: string,
    identityName: string,
    { resourceGroup, location, tags }: NonNullable<WorkloadIdentityArgs["managedIdentity"]>,
    trusts: readonly FederatedTrust[],
  ): CreatedIdentity {
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-id`,
      { resourceGroupName: resourceGroup.name, resourceName: identityName, location, tags },
      { parent: this },
    );
    const credentials = serially(
      trusts,
      (trust, earlier) =>
        new managedidentity.FederatedIdentityCredential(
          `${name}-trust-${trust.name}`,
          {
            resourceGroupName: resourceGroup.name,
            resourceName: identity.name,
            federatedIdentityCredentialResourceName: trust.name,
            issuer: trust.issuer,
            subject: trust.subject,
            audiences: [AUDIENCE],
          },
          { parent: identity, dependsOn: earlier },
        ),
    );
    return { clientId: identity.clientId, principalId: identity.principalId, credentials };
  }

  private createApplication(
    name: string,
    displayName: string,
    trusts: readonly FederatedTrust[],
  ): CreatedIdentity {
    const application = new Application(
      `${name}-app`,
      { displayName, signInAudience: "AzureADMyOrg", preventDuplicateNames: true },
      { parent: this },
    );
    const principal = new ServicePrincipal(
      `${name}-principal`,
      { clientId: application.clientId, appRoleAssignmentRequired: false },
      { parent: application },
    );
    const credentials = serially(
      trusts,
      (trust, earlier) =>
        new ApplicationFederatedIdentityCredential(
          `${name}-trust-${trust.name}`,
          {
            applicationId: application.id,
            displayName: trust.name,
            issuer: trust.issuer,
            subject: trust.subject,
            audiences: [AUDIENCE],
          },
          { parent: application, dependsOn: earlier },
        ),
    );
    return { clientId: application.clientId, principalId: principal.objectId, credentials };
  }

  private createServiceAccount(
    name: string,
    binding: ServiceAccountBinding,
    credentials: readonly pulumi.Resource[],
  ): pulumi.Output<string> {
    const account = new core.ServiceAccount(
      `${name}-service-account`,
      {
        metadata: {
          name: binding.name,
          namespace: binding.namespace,
          labels: binding.labels,
          annotations: { "azure.workload.identity/client-id": this.clientId },
        },
        automountServiceAccountToken: false,
      },
      { parent: this, provider: binding.provider, dependsOn: [...credentials] },
    );
    return account.metadata.name;
  }
}

interface CreatedIdentity {
  readonly clientId: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  readonly credentials: readonly pulumi.Resource[];
}

function serviceAccountTrust(binding: ServiceAccountBinding): FederatedTrust {
  return {
    name: `kubernetes-${binding.name}`,
    issuer: binding.oidcIssuerUrl,
    subject: pulumi.interpolate`system:serviceaccount:${binding.namespace}:${binding.name}`,
  };
}

/** Creates one resource a trust, each after the one before. */
function serially<T extends pulumi.Resource>(
  trusts: readonly FederatedTrust[],
  create: (trust: FederatedTrust, earlier: T[]) => T,
): T[] {
  return trusts.reduce<T[]>((earlier, trust) => [...earlier, create(trust, earlier)], []);
}
