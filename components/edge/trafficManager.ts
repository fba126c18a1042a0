import type * as authorization from "@pulumi/azure-native/authorization";
import type * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import type * as resources from "@pulumi/azure-native/resources";
import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import type * as inputs from "@pulumi/azure-native/types/input";
import * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings, Names, Tags } from "../../config";
import { sendDiagnostics } from "../support/diagnostics";
import { READINESS_PATH } from "../workloads/apiPod";
import type { DnsRecord, Origin } from "./origin";

export interface TrafficManagerArgs {
  readonly names: Names;
  readonly tags: Tags;
  readonly edge: Pick<EdgeSettings, "tls">;
  readonly resourceGroup: resources.ResourceGroup;
  readonly workspace: operationalinsights.Workspace;
  /** Its subscription makes the host name unique. */
  readonly client: pulumi.Input<authorization.GetClientConfigResult>;
  /** One a region. */
  readonly origins: readonly Origin[];
}

/** Length of a DNS label, which the profile's name is part of. */
const MAX_NAME = 63;
const ENDPOINT_TYPES = "Microsoft.Network/trafficManagerProfiles";

/**
 * Azure Traffic Manager: names resolve to the region that is nearest to the client and healthy. Requests do not pass
 * through it; there is no firewall in it, and clients fail over when their DNS answer expires.
 *
 * The endpoints are part of the profile: Azure takes an update of the profile that lacks them as their removal.
 *
 * Costs about $0.36 a month and region, $0.54 for a million queries. Refuses: a stack without a region.
 *
 * @example
 * const trafficManager = new TrafficManager("traffic-manager", { ...config, client, resourceGroup, workspace, origins });
 */
export class TrafficManager extends pulumi.ComponentResource {
  public readonly profile: trafficmanager.Profile;
  /** Such as `shop-prod-a1b2c3.trafficmanager.net`. */
  public readonly hostName: pulumi.Output<string>;
  /** Where clients reach the API: the host name of the certificate with one, or else Traffic Manager's own. */
  public readonly url: pulumi.Output<string>;
  /** What the owner of `edge.tls.hostName` adds to the domain, besides the regions' own records. */
  public readonly dnsRecords: readonly DnsRecord[];

  public constructor(name: string, args: TrafficManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:edge:TrafficManager", name, {}, opts);
    if (args.origins.length === 0)
      throw new pulumi.ResourceError("origins lists no region; give it one", this);
    const { tls } = args.edge;
    this.profile = this.createProfile(name, args);
    sendDiagnostics(
      name,
      { resourceUri: this.profile.id, workspace: args.workspace, logs: ["ProbeHealthStatusEvents"] },
      { parent: this.profile },
    );
    this.hostName = this.profile.dnsConfig.apply((dns) => dns?.fqdn ?? "");
    this.url = tls ? pulumi.output(`https://${tls.hostName}`) : pulumi.interpolate`http://${this.hostName}`;
    this.dnsRecords = tls ? [{ name: tls.hostName, type: "CNAME", value: this.hostName }] : [];
    this.registerOutputs({
      profile: this.profile,
      hostName: this.hostName,
      url: this.url,
      dnsRecords: this.dnsRecords,
    });
  }

  private createProfile(name: string, args: TrafficManagerArgs): trafficmanager.Profile {
    const uniqueName = pulumi
      .output(args.client)
      .apply(({ subscriptionId }) => args.names.global("tm", subscriptionId, MAX_NAME));
    return new trafficmanager.Profile(
      `${name}-profile`,
      {
        resourceGroupName: args.resourceGroup.name,
        profileName: uniqueName,
        location: "global",
        tags: args.tags,
        profileStatus: "Enabled",
        trafficRoutingMethod: "Performance",
        trafficViewEnrollmentStatus: "Disabled",
        dnsConfig: { relativeName: uniqueName, ttl: 30 },
        monitorConfig: {
          protocol: args.edge.tls ? "HTTPS" : "HTTP",
          port: args.edge.tls ? 443 : 80,
          path: READINESS_PATH,
          intervalInSeconds: 30,
          timeoutInSeconds: 10,
          toleratedNumberOfFailures: 3,
        },
        endpoints: args.origins.map(endpointOf),
      },
      { parent: this },
    );
  }
}

/** By its address where Azure shows one; then Azure knows where it is, and its name by itself. */
function endpointOf({ location, hostName, publicAddressId }: Origin): inputs.trafficmanager.EndpointArgs {
  const common = { name: location, endpointStatus: "Enabled", alwaysServe: "Disabled" };
  return publicAddressId === undefined
    ? { ...common, type: `${ENDPOINT_TYPES}/externalEndpoints`, target: hostName, endpointLocation: location }
    : { ...common, type: `${ENDPOINT_TYPES}/azureEndpoints`, targetResourceId: publicAddressId };
}
