import type * as authorization from "@pulumi/azure-native/authorization";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import { FrontDoorRoutes } from "./frontDoorRoutes";
import type { GlobalEdge } from "./globalEdge";
import type { DnsRecord } from "./origin";
import type { RegionalEntrance } from "./regionalEntrance";
import { TrafficManager } from "./trafficManager";

export interface GlobalRoutingArgs {
  readonly names: Names;
  readonly tags: Tags;
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  readonly edge: GlobalEdge;
  /** The regions, the home region first. */
  readonly stamps: readonly {
    readonly location: string;
    readonly entrance: Pick<RegionalEntrance, "origin" | "url" | "dnsRecords">;
  }[];
}

/**
 * How requests are spread over the regions: by Front Door, by Traffic Manager, or not at all.
 *
 * Costs what these cost. Refuses: a stack without a region.
 *
 * @example
 * const routing = new GlobalRouting("routing", { ...config, client, resourceGroup, workspace, edge, stamps });
 */
export class GlobalRouting extends pulumi.ComponentResource {
  /** Where clients reach the API; without anything in front of the regions, in the first of them. */
  public readonly url: pulumi.Output<string>;
  /** Where each region answers, by region. */
  public readonly regionalUrls: pulumi.Output<Record<string, string>>;
  /** What the owner of `edge.tls.hostName` adds to the domain; none without it. */
  public readonly dnsRecords: pulumi.Output<pulumi.Unwrap<DnsRecord>[]>;

  public constructor(name: string, args: GlobalRoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:edge:GlobalRouting", name, {}, opts);
    const { url, dnsRecords } = this.createRouting(name, args);
    this.url = url;
    this.regionalUrls = pulumi.output(
      Object.fromEntries(args.stamps.map(({ location, entrance }) => [location, entrance.url])),
    );
    this.dnsRecords = pulumi.output([
      ...dnsRecords,
      ...args.stamps.flatMap(({ entrance }) => entrance.dnsRecords),
    ]);
    this.registerOutputs({ url: this.url, regionalUrls: this.regionalUrls, dnsRecords: this.dnsRecords });
  }

  private createRouting(name: string, args: GlobalRoutingArgs): Routing {
    const origins = args.stamps.map(({ entrance }) => entrance.origin);
    const { settings, frontDoor } = args.edge;
    if (frontDoor) {
      const routes = { ...args, edge: settings, frontDoor, origins };
      return new FrontDoorRoutes(`${name}-front-door`, routes, { parent: this });
    }
    if (settings.global === "trafficManager") {
      return new TrafficManager(`${name}-dns`, { ...args, edge: settings, origins }, { parent: this });
    }
    const [home] = args.stamps;
    if (home) return { url: home.entrance.url, dnsRecords: [] };
    throw new pulumi.ResourceError("stamps lists no region; give it one", this);
  }
}

interface Routing {
  readonly url: pulumi.Output<string>;
  readonly dnsRecords: readonly DnsRecord[];
}
