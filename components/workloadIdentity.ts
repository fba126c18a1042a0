import type * as authorization from "@pulumi/azure-native/authorization";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as resources from "@pulumi/azure-native/resources";
import { Application } from "@pulumi/azuread/application";
import { ApplicationFederatedIdentityCredential } from "@pulumi/azuread/applicationFederatedIdentityCredential";
import { ServicePrincipal } from "@pulumi/azuread/servicePrincipal";
import * as core from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import type { Tags } from "../config";
import { onceReady } from "./network/site";
import { afterGrants, grantRole, type RoleName } from "./support/roles";

/** A token that the identity accepts in place of a secret. */
export interface FederatedTrust {
  readonly name: string;
  /** Exactly as the token's `iss` claim has it, trailing slash included. */
  readonly issuer: pulumi.Input<string>;
  /** Exactly as the token's `sub` claim has it. */
  readonly subject: pulumi.Input<string>;
}

/** A service account of a cluster that acts as the identity. */
export interface ServiceAccountBinding {
  /** Short name of the cluster, unique among those whose service accounts act as the identity: its region. */
  readonly cluster: string;
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
  /** Trusts besides those of service accounts. @default none */
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
 * An identity without a secret: Entra ID exchanges the tokens of Kubernetes service accounts or of a CI system for its
 * own. Federated credentials are written one after the other, since Azure refuses parallel writes.
 *
 * Costs nothing. Refuses: more than 20 trusts.
 *
 * @example
 * const identity = new WorkloadIdentity("api-identity", { identityName, managedIdentity: { resourceGroup, location, tags } });
 * const account = identity.bindServiceAccount({ cluster: "westus2", name: "api", namespace, labels, oidcIssuerUrl, provider });
 */
export class WorkloadIdentity extends pulumi.ComponentResource {
  public readonly identityName: string;
  public readonly clientId: pulumi.Output<string>;
  /** Object id, for role assignments. */
  public readonly principalId: pulumi.Output<string>;
  private readonly grants: readonly authorization.RoleAssignment[];
  private readonly trusts: Trusts;

  public constructor(
    private readonly name: string,
    args: WorkloadIdentityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:azure:WorkloadIdentity", name, {}, opts);
    this.identityName = args.identityName;
    const identity = args.managedIdentity
      ? this.createManagedIdentity(args.identityName, args.managedIdentity)
      : this.createApplication(args.identityName);
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.trusts = identity.trusts;
    for (const trust of args.trusts ?? []) this.trust(trust);
    this.grants = Object.entries(args.roles ?? {}).map(([key, role]) =>
      grantRole(
        `${name}-${key}`,
        { ...role, principalId: identity.principalId, principalType: "ServicePrincipal" },
        { parent: this },
      ),
    );
    this.registerOutputs({
      identityName: this.identityName,
      clientId: this.clientId,
      principalId: this.principalId,
    });
  }

  /** The client id, once the trusts made so far and the identity's roles are in force. */
  public get trustedClientId(): pulumi.Output<string> {
    return afterGrants(onceReady(this.clientId, this.trusts.created), this.grants);
  }

  /**
   * Creates a service account that acts as the identity.
   * @returns its name; resolves once the trust and the identity's roles are in force
   */
  public bindServiceAccount(binding: ServiceAccountBinding): pulumi.Output<string> {
    const credential = this.trust({
      name: `kubernetes-${binding.cluster}-${binding.name}`,
      issuer: binding.oidcIssuerUrl,
      subject: pulumi.interpolate`system:serviceaccount:${binding.namespace}:${binding.name}`,
    });
    const account = new core.ServiceAccount(
      `${this.name}-${binding.cluster}-service-account`,
      {
        metadata: {
          name: binding.name,
          namespace: binding.namespace,
          labels: binding.labels,
          annotations: { "azure.workload.identity/client-id": this.clientId },
        },
        automountServiceAccountToken: false,
      },
      { parent: this, provider: binding.provider, dependsOn: credential },
    );
    return afterGrants(account.metadata.name, this.grants);
  }

  /** Lets the holder of a token act as the identity. */
  public trust(trust: FederatedTrust): pulumi.Resource {
    const { created, create } = this.trusts;
    if (created.length === MAX_TRUSTS) {
      const fix = "spread the workloads over several identities";
      throw new pulumi.ResourceError(
        `[trusts]: got one more than ${MAX_TRUSTS}, ${trust.name}; allowed: at most ${MAX_TRUSTS}; ${fix}`,
        this,
      );
    }
    const credential = create(trust, created.slice(-1));
    created.push(credential);
    return credential;
  }

  private createManagedIdentity(
    identityName: string,
    { resourceGroup, location, tags }: NonNullable<WorkloadIdentityArgs["managedIdentity"]>,
  ): CreatedIdentity {
    const identity = new managedidentity.UserAssignedIdentity(
      `${this.name}-id`,
      { resourceGroupName: resourceGroup.name, resourceName: identityName, location, tags },
      { parent: this },
    );
    const create = (trust: FederatedTrust, dependsOn: pulumi.Resource[]) =>
      new managedidentity.FederatedIdentityCredential(
        `${this.name}-trust-${trust.name}`,
        {
          resourceGroupName: resourceGroup.name,
          resourceName: identity.name,
          federatedIdentityCredentialResourceName: trust.name,
          issuer: trust.issuer,
          subject: trust.subject,
          audiences: [AUDIENCE],
        },
        { parent: identity, dependsOn },
      );
    const { clientId, principalId } = identity;
    return { clientId, principalId, trusts: { created: [], create } };
  }

  private createApplication(displayName: string): CreatedIdentity {
    const application = new Application(
      `${this.name}-app`,
      { displayName, signInAudience: "AzureADMyOrg", preventDuplicateNames: true },
      { parent: this },
    );
    const principal = new ServicePrincipal(
      `${this.name}-principal`,
      { clientId: application.clientId, appRoleAssignmentRequired: false },
      { parent: application },
    );
    const create = (trust: FederatedTrust, dependsOn: pulumi.Resource[]) =>
      new ApplicationFederatedIdentityCredential(
        `${this.name}-trust-${trust.name}`,
        {
          applicationId: application.id,
          displayName: trust.name,
          issuer: trust.issuer,
          subject: trust.subject,
          audiences: [AUDIENCE],
        },
        { parent: application, dependsOn },
      );
    const { clientId } = application;
    return { clientId, principalId: principal.objectId, trusts: { created: [], create } };
  }
}

/** Trusts so far, and how the next one is made after the last. */
interface Trusts {
  readonly created: pulumi.Resource[];
  readonly create: (trust: FederatedTrust, dependsOn: pulumi.Resource[]) => pulumi.Resource;
}

interface CreatedIdentity {
  readonly clientId: pulumi.Output<string>;
  readonly principalId: pulumi.Output<string>;
  readonly trusts: Trusts;
}
