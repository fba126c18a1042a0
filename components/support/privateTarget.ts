import type * as pulumi from "@pulumi/pulumi";

import type { SerialWrites } from "./serialWrites";

/** A service that a region's network reaches through a private endpoint. */
export interface PrivateTarget {
  /** Short name, unique among a region's targets: `registry`, `vault`. */
  readonly key: string;
  /** ARM id; it resolves once the service takes private endpoints (a registry: once its replicas exist). */
  readonly resourceId: pulumi.Input<string>;
  /** Sub-resource, such as `registry` (https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource). */
  readonly groupId: string;
  /** Private DNS zones of its names, such as `privatelink.azurecr.io`. */
  readonly zones: readonly string[];
  /** For a service that takes one write at a time: the endpoints of all regions wait for one another. */
  readonly writes?: SerialWrites;
}
