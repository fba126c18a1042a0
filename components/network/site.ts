/** Where the parts of a region's network are made, and what all of them share. */
import type * as authorization from "@pulumi/azure-native/authorization";
import * as network from "@pulumi/azure-native/network";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";

export interface Site {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  /** Availability zones of that region; empty: it has none. */
  readonly zones: readonly string[];
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  /** Its subscription makes host names unique. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
}

/** What every resource of a region is given. */
export function placed({ resourceGroup, location, tags }: Pick<Site, "resourceGroup" | "location" | "tags">) {
  return { resourceGroupName: resourceGroup.name, location, tags };
}

/** Zones as Azure takes them: a region without zones must not be given any. */
export function zonal(zones: readonly string[]): { zones?: string[] } {
  return zones.length > 0 ? { zones: [...zones] } : {};
}

export interface PublicAddressArgs {
  readonly site: Site;
  /** Last part of its name in Azure. */
  readonly role: string;
  /** First label of its public DNS name. @default it has none */
  readonly domainNameLabel?: pulumi.Input<string>;
}

/** A static public IPv4 address, in all zones of the region; about $3.65 a month. */
export function createPublicAddress(
  name: string,
  { site, role, domainNameLabel }: PublicAddressArgs,
  opts: pulumi.CustomResourceOptions,
): network.PublicIPAddress {
  const address = new network.PublicIPAddress(
    name,
    {
      ...placed(site),
      ...zonal(site.zones),
      publicIpAddressName: site.names.of(role),
      sku: { name: "Standard", tier: "Regional" },
      publicIPAllocationMethod: "Static",
      publicIPAddressVersion: "IPv4",
      idleTimeoutInMinutes: 4,
      ...(domainNameLabel === undefined ? {} : { dnsSettings: { domainNameLabel } }),
    },
    opts,
  );
  sendDiagnostics(name, { resourceUri: address.id, workspace: site.workspace }, { parent: address });
  return address;
}

/** As many addresses as asked for; one more or less leaves the others alone. */
export function createPublicAddresses(
  name: string,
  count: number,
  args: Pick<PublicAddressArgs, "site" | "role">,
  opts: pulumi.CustomResourceOptions,
): network.PublicIPAddress[] {
  return Array.from({ length: count }, (_, index) =>
    createPublicAddress(`${name}-${index + 1}`, { ...args, role: `${args.role}-${index + 1}` }, opts),
  );
}

/** What the internet sees of the addresses. */
export function valuesOf(addresses: readonly network.PublicIPAddress[]): pulumi.Output<string[]> {
  return pulumi.all(addresses.map(({ ipAddress }) => ipAddress.apply((value) => value ?? "")));
}

/**
 * The value, known as early as without `resources`, but what uses it is created after them: a URN is known in a preview
 * already, and in an update once its resource exists.
 */
export function onceReady(
  value: pulumi.Input<string>,
  resources: readonly pulumi.Resource[],
): pulumi.Output<string> {
  const ready = pulumi.all(resources.map(({ urn }) => urn));
  return pulumi.all([value, ready]).apply(([resolved]) => resolved);
}
