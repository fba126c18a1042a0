import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";

import type { AddressPlan, EdgeSettings } from "../../config";
import { createPublicAddress, onceReady, placed, type Site, zonal } from "../network/site";
import type { KeyVault } from "../security/keyVault";
import { sendDiagnostics } from "../support/diagnostics";
import { afterGrants } from "../support/roles";
import { gatewayParts } from "./applicationGatewayParts";
import { DEFAULT_RULE_SET } from "./firewallRules";
import { createRegionalFirewall } from "./regionalFirewall";

export interface ApplicationGatewayArgs extends Site {
  readonly addresses: Pick<AddressPlan, "internalLoadBalancerAddress">;
  readonly edge: EdgeSettings;
  /** Delegated to Microsoft.Network/applicationGateways. */
  readonly subnet: network.Subnet;
  /** Holds the certificate of `edge.tls`. */
  readonly vault: KeyVault;
  /** The only Front Door that requests may come through; undefined: clients come themselves. */
  readonly frontDoorId: pulumi.Input<string> | undefined;
  /** What must exist before the certificate can be read: the vault's private endpoint. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

/** Length of a DNS label. */
const MAX_LABEL = 63;

/**
 * A region's Application Gateway (WAF_v2): zonal, two to ten instances, TLS 1.2 and newer with strong ciphers, a web
 * application firewall that also checks who is in front of it. It ends TLS with a certificate of the vault, whose renewals
 * it follows, and sends to the API's internal load balancer.
 *
 * Costs about $0.36 an hour and $0.0144 a capacity unit and hour: $470 a month at rest. Refuses: what `config/` refuses.
 *
 * @example
 * const gateway = new ApplicationGateway("westus2-gateway", { ...config, ...stamp, resourceGroup, workspace, client, subnet, vault, frontDoorId });
 */
export class ApplicationGateway extends pulumi.ComponentResource {
  public readonly gateway: network.ApplicationGateway;
  public readonly publicAddress: network.PublicIPAddress;
  /** Name of the public address, such as `shopprodwus2agwa1b2c3.westus2.cloudapp.azure.com`. */
  public readonly hostName: pulumi.Output<string>;

  public constructor(
    name: string,
    private readonly args: ApplicationGatewayArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:edge:ApplicationGateway", name, {}, opts);
    this.publicAddress = this.createAddress(name);
    const firewall = createRegionalFirewall(
      name,
      { ...args, policyName: args.names.of("agw-waf"), ruleSet: DEFAULT_RULE_SET },
      { parent: this },
    );
    this.gateway = this.createGateway(name, firewall);
    sendDiagnostics(
      name,
      {
        resourceUri: this.gateway.id,
        workspace: args.workspace,
        logs: ["ApplicationGatewayAccessLog", "ApplicationGatewayFirewallLog"],
      },
      { parent: this.gateway },
    );
    this.hostName = this.publicAddress.dnsSettings.apply((dns) => dns?.fqdn ?? "");
    this.registerOutputs({
      gateway: this.gateway,
      publicAddress: this.publicAddress,
      hostName: this.hostName,
    });
  }

  private createAddress(name: string): network.PublicIPAddress {
    const { names, client } = this.args;
    const domainNameLabel = pulumi
      .output(client)
      .apply(({ subscriptionId }) => names.global("agw", subscriptionId, MAX_LABEL));
    return createPublicAddress(
      `${name}-ip`,
      { site: this.args, role: "agw-ip", domainNameLabel },
      { parent: this },
    );
  }

  private createGateway(
    name: string,
    firewall: network.WebApplicationFirewallPolicy,
  ): network.ApplicationGateway {
    const { names, zones, addresses, edge, resourceGroup, subnet, vault } = this.args;
    const gatewayName = names.of("agw");
    const { tls } = edge;
    return new network.ApplicationGateway(
      `${name}-agw`,
      {
        ...placed(this.args),
        ...zonal(zones),
        applicationGatewayName: gatewayName,
        sku: { name: "WAF_v2", tier: "WAF_v2" },
        // One instance can be updated or lost while the other serves; none at all would take minutes to wake.
        autoscaleConfiguration: { minCapacity: 2, maxCapacity: 10 },
        enableHttp2: true,
        sslPolicy: { policyType: "Predefined", policyName: "AppGwSslPolicy20220101S" },
        firewallPolicy: { id: firewall.id },
        forceFirewallPolicyAssociation: true,
        ...(tls ? { identity: this.createIdentity(name) } : {}),
        ...gatewayParts({
          gatewayId: pulumi.interpolate`${resourceGroup.id}/providers/Microsoft.Network/applicationGateways/${gatewayName}`,
          subnetId: subnet.id,
          publicAddressId: this.publicAddress.id,
          backendAddress: addresses.internalLoadBalancerAddress,
          certificateSecretId: tls
            ? pulumi.interpolate`${vault.uri}secrets/${tls.certificateName}`
            : undefined,
          // Front Door redirects by itself, and speaks HTTPS alone to a region that has it.
          redirectsHttp: tls !== null && edge.global !== "frontDoor",
        }),
      },
      { parent: this },
    );
  }

  /** Who reads the certificate; known once it may. */
  private createIdentity(name: string) {
    const { names, vault, after = [] } = this.args;
    const identity = new managedidentity.UserAssignedIdentity(
      `${name}-id`,
      { ...placed(this.args), resourceName: names.of("agw-id") },
      { parent: this },
    );
    const grant = vault.grantSecretsUser(name, identity, { parent: identity });
    return {
      type: network.ResourceIdentityType.UserAssigned,
      userAssignedIdentities: [onceReady(afterGrants(identity.id, [grant]), after)],
    };
  }
}
