import type * as pulumi from "@pulumi/pulumi";

/** A virtual network whose machines resolve the names of a private DNS zone. */
export interface LinkedNetwork {
  /** Short name, unique in a region: `spoke`, `hub`, `runner`. */
  readonly key: string;
  readonly id: pulumi.Input<string>;
}
