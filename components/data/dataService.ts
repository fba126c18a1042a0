import type * as authorization from "@pulumi/azure-native/authorization";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, NetworkSettings, Tags } from "../../config";
import type { PrivateTarget } from "../support/privateTarget";

/** What every data service is made with. */
export interface DataServiceArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Availability zones of that region; empty: it has none. */
  readonly zones: readonly string[];
  readonly network: Pick<NetworkSettings, "allowPublicServiceEndpoints">;
  readonly resourceGroup: resources.ResourceGroup;
  /** Its subscription makes the service's host name unique; its tenant is the only one that logs in. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  readonly workspace: operationalinsights.Workspace;
}

/** The API's managed identity in one stamp. */
export interface DataIdentity {
  readonly clientId: pulumi.Input<string>;
  /** Object id of its service principal. */
  readonly principalId: pulumi.Input<string>;
  /** Name of the identity in Azure. */
  readonly identityName: pulumi.Input<string>;
}

/** A resource whose loss is a loss of data. */
export interface Lockable {
  /** Short name, unique among the lockable ones: `cosmos`. */
  readonly key: string;
  /** ARM id. */
  readonly id: pulumi.Output<string>;
}

export type Environment = Readonly<Record<string, pulumi.Output<string>>>;

/** A store that the API reaches through a private endpoint, as its managed identity, without a key. */
export interface DataService {
  readonly privateTargets: readonly PrivateTarget[];
  /** Environment of the API's container that is the same for every identity; no secret. */
  readonly environment: Environment;
  /** TCP ports that the API's pods connect to. */
  readonly ports: readonly number[];
  readonly lockable: readonly Lockable[];
  /** {@link environment}, with what depends on who logs in. */
  readonly environmentFor: (identity: DataIdentity) => Environment;
  /**
   * Lets the identity read and write data, and no more than that where Azure allows it.
   * @param name logical name, unique for each identity
   * @param opts parent of the grants, and what else on the same service must be written before them
   */
  grant(name: string, identity: DataIdentity, opts?: pulumi.CustomResourceOptions): pulumi.Resource[];
}

/**
 * The value, known as early as without `resource`, but what uses it is created after `resource`: a URN is known in a
 * preview already, and in an update once the resource exists.
 */
export function onceCreated(value: pulumi.Input<string>, resource: pulumi.Resource): pulumi.Output<string> {
  return pulumi.all([value, resource.urn]).apply(([resolved]) => resolved);
}

/** Whether the service answers on the internet too, as Azure's APIs spell it. */
export function publicNetworkAccess({ network }: Pick<DataServiceArgs, "network">): "Enabled" | "Disabled" {
  return network.allowPublicServiceEndpoints ? "Enabled" : "Disabled";
}

/** The subscription of whoever deploys, for names that must be unique across Azure. */
export function subscriptionId({ client }: Pick<DataServiceArgs, "client">): pulumi.Output<string> {
  return pulumi.output(client).apply((config) => config.subscriptionId);
}
