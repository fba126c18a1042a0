import type * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig, Stamp } from "../../config";
import type { AksPlatform } from "../aksPlatform";
import type { RegionalNetwork } from "../network/regionalNetwork";
import type { Site } from "../network/site";
import type { KeyVault } from "../security/keyVault";
import type { ServiceReference } from "../workloads/apiService";
import type { ServiceExposure } from "../workloads/serviceExposure";
import { ApplicationGateway } from "./applicationGateway";
import { GatewayForContainers } from "./gatewayForContainers";
import type { DnsRecord, Origin } from "./origin";

export interface RegionalEntranceArgs
  extends Site, Pick<PlatformConfig, "labels" | "edge">, Pick<Stamp, "code" | "addresses"> {
  readonly regionalNetwork: RegionalNetwork;
  readonly platform: Pick<AksPlatform, "cluster" | "oidcIssuerUrl" | "kubernetes">;
  /** Holds the certificate of `edge.tls`. */
  readonly vault: KeyVault;
  /** Id of the Front Door in front of all regions; undefined: there is none. */
  readonly frontDoorId: pulumi.Input<string> | undefined;
  /** What must exist before a gateway that reads the vault or runs in the cluster. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

/** Service tag of Front Door's own networks, which all its customers share: hence the check of its id besides. */
const FRONT_DOOR_TAG = "AzureFrontDoor.Backend";

/**
 * Where a region takes requests: the API's own load balancer, an Application Gateway in front of an internal one, or an
 * Application Gateway for Containers. With a Front Door in front, whoever comes otherwise is refused: by the gateway's
 * firewall, or by the API itself behind a load balancer.
 *
 * With a certificate (`edge.tls`) a region answers under `<code>.<edge.tls.hostName>`, which the certificate must cover
 * (`*.api.example.com`) and the owner of the domain points at it: {@link dnsRecords}.
 *
 * Costs what the gateway costs; a load balancer is part of the cluster's. Refuses: what `config/` refuses.
 *
 * @example
 * const entrance = new RegionalEntrance("westus2-entrance", { ...config, ...stamp, client, resourceGroup, workspace, regionalNetwork, platform, vault, frontDoorId });
 * const api = new ApiService("westus2-api", { ...config, ...stamp, exposure: entrance.exposure, frontDoorId: entrance.frontDoorId, ... });
 * entrance.publish(api.service);
 */
export class RegionalEntrance extends pulumi.ComponentResource {
  /** How the API's Service is exposed for it. */
  public readonly exposure: ServiceExposure;
  /** Id that the API itself must check, because nothing in front of it does; undefined: something does, or nothing is there. */
  public readonly frontDoorId: pulumi.Input<string> | undefined;
  public readonly origin: Origin;
  public readonly hostName: pulumi.Output<string>;
  public readonly scheme: Origin["scheme"];
  /** Where the region answers; with a Front Door, to nobody but it. */
  public readonly url: pulumi.Output<string>;
  /** What the owner of `edge.tls.hostName` adds to the domain for this region. */
  public readonly dnsRecords: readonly DnsRecord[];

  private readonly gateway: GatewayForContainers | undefined;

  public constructor(
    private readonly name: string,
    private readonly args: RegionalEntranceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:edge:RegionalEntrance", name, {}, opts);
    const entrance = this.createEntrance();
    const { tls } = args.edge;
    this.exposure = entrance.exposure;
    this.gateway = entrance.gateway;
    this.frontDoorId = entrance.exposure.kind === "publicLoadBalancer" ? args.frontDoorId : undefined;
    this.scheme = tls ? "https" : "http";
    this.hostName = tls ? pulumi.output(`${args.code}.${tls.hostName}`) : entrance.hostName;
    this.url = pulumi.interpolate`${this.scheme}://${this.hostName}`;
    this.dnsRecords = tls
      ? [{ name: `${args.code}.${tls.hostName}`, type: "CNAME", value: entrance.hostName }]
      : [];
    this.origin = {
      location: args.location,
      hostName: this.hostName,
      scheme: this.scheme,
      publicAddressId: entrance.publicAddressId,
    };
    this.registerOutputs({
      exposure: this.exposure,
      frontDoorId: this.frontDoorId,
      origin: this.origin,
      hostName: this.hostName,
      scheme: this.scheme,
      url: this.url,
      dnsRecords: this.dnsRecords,
    });
  }

  /** Sends requests to the API's Service; a load balancer, or a gateway in front of one, needs no telling. */
  public publish(service: ServiceReference): void {
    this.gateway?.publish(service);
  }

  private createEntrance(): Entrance {
    switch (this.args.edge.regional) {
      case "loadBalancer":
        return this.loadBalancer();
      case "applicationGateway":
        return this.applicationGateway();
      case "applicationGatewayForContainers":
        return this.gatewayForContainers();
    }
  }

  private loadBalancer(): Entrance {
    const { regionalNetwork, resourceGroup, frontDoorId } = this.args;
    const address = this.needed("publicEntrance", regionalNetwork.publicEntrance);
    return {
      exposure: {
        kind: "publicLoadBalancer",
        publicIpName: address.name,
        publicIpResourceGroup: resourceGroup.name,
        ...(frontDoorId === undefined ? {} : { allowedServiceTags: [FRONT_DOOR_TAG] }),
      },
      hostName: hostNameOf(address),
      publicAddressId: address.id,
      gateway: undefined,
    };
  }

  private applicationGateway(): Entrance {
    const { regionalNetwork, addresses } = this.args;
    const subnet = this.needed("applicationGatewaySubnet", regionalNetwork.applicationGatewaySubnet);
    const { publicAddress, hostName } = new ApplicationGateway(
      `${this.name}-gateway`,
      { ...this.args, subnet },
      { parent: this },
    );
    return {
      exposure: {
        kind: "internalLoadBalancer",
        address: addresses.internalLoadBalancerAddress,
        subnetName: regionalNetwork.nodeSubnet.name.apply((name) => name ?? ""),
      },
      hostName,
      publicAddressId: publicAddress.id,
      gateway: undefined,
    };
  }

  private gatewayForContainers(): Entrance {
    const subnet = this.needed(
      "applicationGatewayForContainersSubnet",
      this.args.regionalNetwork.applicationGatewayForContainersSubnet,
    );
    const gateway = new GatewayForContainers(
      `${this.name}-gateway`,
      { ...this.args, subnet },
      { parent: this },
    );
    return {
      exposure: { kind: "clusterIp" },
      hostName: gateway.hostName,
      publicAddressId: undefined,
      gateway,
    };
  }

  private needed<T>(part: string, value: T | undefined): T {
    if (value !== undefined) return value;
    const { regional } = this.args.edge;
    throw new pulumi.ResourceError(
      `[regionalNetwork]: got one without ${part}; allowed: one made for edge.regional ${regional}; give both the same settings`,
      this,
    );
  }
}

interface Entrance {
  readonly exposure: ServiceExposure;
  /** Name that Azure gives it. */
  readonly hostName: pulumi.Output<string>;
  readonly publicAddressId: pulumi.Output<string> | undefined;
  /** What has to be told where requests go. */
  readonly gateway: GatewayForContainers | undefined;
}

function hostNameOf(address: network.PublicIPAddress): pulumi.Output<string> {
  return address.dnsSettings.apply((dns) => dns?.fqdn ?? "");
}
