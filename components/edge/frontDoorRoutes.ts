import * as cdn from "@pulumi/azure-native/cdn";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings } from "../../config";
import { READINESS_PATH } from "../workloads/apiPod";
import type { FrontDoor } from "./frontDoor";
import type { DnsRecord, Origin } from "./origin";

export interface FrontDoorRoutesArgs {
  readonly frontDoor: FrontDoor;
  readonly edge: Pick<EdgeSettings, "tls">;
  readonly resourceGroup: resources.ResourceGroup;
  /** One a region. */
  readonly origins: readonly Origin[];
}

/**
 * The way of requests from Front Door to the regions: the nearest healthy one answers. HTTPS only towards clients; towards
 * the regions HTTPS where the stack has a certificate (`edge.tls`). With a certificate, clients may also use its host name
 * once {@link FrontDoorRoutes.dnsRecords} are in place: Azure then gets a certificate of its own for it.
 *
 * Costs nothing besides Front Door itself. Refuses: a stack without a region.
 *
 * @example
 * const routes = new FrontDoorRoutes("routes", { ...config, resourceGroup, frontDoor, origins });
 */
export class FrontDoorRoutes extends pulumi.ComponentResource {
  /** Where clients reach the API; resolves once requests are routed. */
  public readonly url: pulumi.Output<string>;
  /** What the owner of `edge.tls.hostName` adds to the domain, besides the regions' own records. */
  public readonly dnsRecords: readonly DnsRecord[];

  public constructor(
    name: string,
    private readonly args: FrontDoorRoutesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:edge:FrontDoorRoutes", name, {}, opts);
    if (args.origins.length === 0)
      throw new pulumi.ResourceError("origins lists no region; give it one", this);
    const group = this.createOriginGroup(name);
    const origins = args.origins.map((origin) => this.createOrigin(name, group, origin));
    const domain = this.createDomain(name);
    const route = this.createRoute(name, group, origins, domain);
    this.protect(name, domain);
    this.url = pulumi.all([args.frontDoor.endpointHostName, route.id]).apply(([host]) => `https://${host}`);
    this.dnsRecords = this.recordsOf(domain);
    this.registerOutputs({ url: this.url, dnsRecords: this.dnsRecords });
  }

  private get location() {
    const { resourceGroup, frontDoor } = this.args;
    return { resourceGroupName: resourceGroup.name, profileName: frontDoor.profile.name };
  }

  private createOriginGroup(name: string): cdn.AFDOriginGroup {
    return new cdn.AFDOriginGroup(
      `${name}-origins`,
      {
        ...this.location,
        originGroupName: "regions",
        sessionAffinityState: "Disabled",
        healthProbeSettings: {
          probePath: READINESS_PATH,
          probeRequestType: cdn.HealthProbeRequestType.HEAD,
          probeProtocol: this.args.edge.tls ? cdn.ProbeProtocol.Https : cdn.ProbeProtocol.Http,
          probeIntervalInSeconds: 30,
        },
        loadBalancingSettings: {
          sampleSize: 4,
          successfulSamplesRequired: 2,
          // Regions within half a second of the nearest share the load: a region that fails leaves warm ones.
          additionalLatencyInMilliseconds: 500,
        },
      },
      { parent: this },
    );
  }

  private createOrigin(name: string, group: cdn.AFDOriginGroup, origin: Origin): cdn.AFDOrigin {
    return new cdn.AFDOrigin(
      `${name}-origin-${origin.location}`,
      {
        ...this.location,
        originGroupName: group.name,
        originName: origin.location,
        hostName: origin.hostName,
        originHostHeader: origin.hostName,
        httpPort: 80,
        httpsPort: 443,
        priority: 1,
        weight: 1000,
        enabledState: "Enabled",
        enforceCertificateNameCheck: true,
      },
      { parent: group },
    );
  }

  /** Azure makes the domain at once, and validates it when its records are there. */
  private createDomain(name: string): cdn.AFDCustomDomain | undefined {
    const { tls } = this.args.edge;
    if (!tls) return undefined;
    return new cdn.AFDCustomDomain(
      `${name}-domain`,
      {
        ...this.location,
        customDomainName: tls.hostName.replaceAll(".", "-"),
        hostName: tls.hostName,
        tlsSettings: {
          certificateType: "ManagedCertificate",
          minimumTlsVersion: cdn.AfdMinimumTlsVersion.TLS12,
        },
      },
      { parent: this },
    );
  }

  /** Azure takes no route to an empty group, and no group loses its last origin while a route uses it. */
  private createRoute(
    name: string,
    group: cdn.AFDOriginGroup,
    origins: cdn.AFDOrigin[],
    domain: cdn.AFDCustomDomain | undefined,
  ): cdn.Route {
    return new cdn.Route(
      `${name}-route`,
      {
        ...this.location,
        endpointName: this.args.frontDoor.endpoint.name,
        routeName: "api",
        originGroup: { id: group.id },
        customDomains: domain ? [{ id: domain.id }] : [],
        patternsToMatch: ["/*"],
        supportedProtocols: ["Http", "Https"],
        httpsRedirect: "Enabled",
        forwardingProtocol: this.args.edge.tls ? "HttpsOnly" : "HttpOnly",
        linkToDefaultDomain: "Enabled",
        enabledState: "Enabled",
      },
      { parent: this, dependsOn: origins },
    );
  }

  private protect(name: string, domain: cdn.AFDCustomDomain | undefined): void {
    const { endpoint, firewall } = this.args.frontDoor;
    new cdn.SecurityPolicy(
      `${name}-security-policy`,
      {
        ...this.location,
        securityPolicyName: "waf",
        parameters: {
          type: "WebApplicationFirewall",
          wafPolicy: { id: firewall.id },
          associations: [
            {
              domains: [endpoint, ...(domain ? [domain] : [])].map(({ id }) => ({ id })),
              patternsToMatch: ["/*"],
            },
          ],
        },
      },
      { parent: this },
    );
  }

  private recordsOf(domain: cdn.AFDCustomDomain | undefined): DnsRecord[] {
    const { tls } = this.args.edge;
    if (!domain || !tls) return [];
    return [
      { name: tls.hostName, type: "CNAME", value: this.args.frontDoor.endpointHostName },
      {
        name: `_dnsauth.${tls.hostName}`,
        type: "TXT",
        value: domain.validationProperties.validationToken,
      },
    ];
  }
}
