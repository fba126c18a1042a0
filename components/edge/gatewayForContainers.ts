import type * as network from "@pulumi/azure-native/network";
import * as servicenetworking from "@pulumi/azure-native/servicenetworking";
import * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings } from "../../config";
import type { AksPlatform } from "../aksPlatform";
import { placed, type Site } from "../network/site";
import { sendDiagnostics } from "../support/diagnostics";
import type { ServiceReference } from "../workloads/apiService";
import { ApiGateway } from "../workloads/gateway";
import { GatewayController } from "../workloads/gatewayController";
import { CONTAINERS_RULE_SET } from "./firewallRules";
import { createRegionalFirewall } from "./regionalFirewall";

export interface GatewayForContainersArgs extends Site {
  /** Labels of the Kubernetes objects. */
  readonly labels: Readonly<Record<string, string>>;
  readonly edge: EdgeSettings;
  /** Delegated to Microsoft.ServiceNetworking/trafficControllers. */
  readonly subnet: network.Subnet;
  readonly platform: Pick<AksPlatform, "cluster" | "oidcIssuerUrl" | "kubernetes">;
  /** The only Front Door that requests may come through; undefined: clients come themselves. */
  readonly frontDoorId: pulumi.Input<string> | undefined;
  /** What must exist before the controller's pods. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

/** Azure's limit (https://learn.microsoft.com/azure/templates/microsoft.servicenetworking/trafficcontrollers). */
const MAX_NAME = 64;
const FRONTEND = "api";

/**
 * A region's Application Gateway for Containers: Azure runs the gateway, the ALB controller in the cluster tells it the
 * routes of the Gateway API, and it sends to the pods themselves. A web application firewall checks what comes in.
 *
 * Costs about $0.02 an hour for the gateway, a frontend and an association each, and the capacity units. Refuses: TLS
 * (`edge.tls`): its certificates come from Kubernetes secrets, and the platform keeps certificates in the vault.
 *
 * @example
 * const gateway = new GatewayForContainers("westus2-gateway", { ...config, ...stamp, resourceGroup, workspace, client, subnet, platform, frontDoorId });
 * gateway.publish(api.service);
 */
export class GatewayForContainers extends pulumi.ComponentResource {
  public readonly controller: servicenetworking.TrafficControllerInterface;
  /** Name that Azure gives the frontend, such as `a1b2.fz01.alb.azure.com`. */
  public readonly hostName: pulumi.Output<string>;

  private readonly frontend: servicenetworking.FrontendsInterface;
  private readonly firewall: network.WebApplicationFirewallPolicy;
  private readonly ready: pulumi.Resource[];

  public constructor(
    private readonly name: string,
    private readonly args: GatewayForContainersArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:edge:GatewayForContainers", name, {}, opts);
    if (args.edge.tls) {
      throw new pulumi.ResourceError(
        `[edge.tls]: got ${args.edge.tls.hostName} with edge.regional applicationGatewayForContainers; allowed: null; ` +
          "set edge.regional to applicationGateway, or edge.tls to null",
        this,
      );
    }
    this.controller = this.createController();
    this.firewall = createRegionalFirewall(
      name,
      { ...args, policyName: args.names.of("agc-waf"), ruleSet: CONTAINERS_RULE_SET },
      { parent: this },
    );
    this.frontend = this.createFrontend();
    const association = this.createAssociation(this.frontend);
    const security = this.createSecurityPolicy(association);
    const installed = new GatewayController(
      `${name}-controller`,
      { ...args, trafficController: this.controller, firewall: this.firewall },
      { parent: this },
    );
    this.ready = [security, installed.release];
    sendDiagnostics(
      name,
      {
        resourceUri: this.controller.id,
        workspace: args.workspace,
        logs: ["TrafficControllerAccessLog", "TrafficControllerFirewallLog"],
      },
      { parent: this.controller },
    );
    this.hostName = this.frontend.fqdn;
    this.registerOutputs({ controller: this.controller, hostName: this.hostName });
  }

  /** Sends requests to a Service of the cluster. */
  public publish(service: ServiceReference): ApiGateway {
    return new ApiGateway(
      `${this.name}-routes`,
      {
        labels: this.args.labels,
        provider: this.args.platform.kubernetes,
        service,
        trafficControllerId: this.controller.id,
        frontendName: this.frontend.name,
        firewallPolicyId: this.firewall.id,
        after: this.ready,
      },
      { parent: this },
    );
  }

  private get child() {
    return { ...placed(this.args), trafficControllerName: this.controller.name };
  }

  private createController(): servicenetworking.TrafficControllerInterface {
    const { client, names } = this.args;
    return new servicenetworking.TrafficControllerInterface(
      `${this.name}-agc`,
      {
        ...placed(this.args),
        trafficControllerName: pulumi
          .output(client)
          .apply(({ subscriptionId }) => names.global("agc", subscriptionId, MAX_NAME)),
      },
      { parent: this },
    );
  }

  private createFrontend(): servicenetworking.FrontendsInterface {
    return new servicenetworking.FrontendsInterface(
      `${this.name}-frontend`,
      { ...this.child, frontendName: FRONTEND },
      { parent: this.controller },
    );
  }

  /** The parts of one gateway are written one after the other. */
  private createAssociation(
    after: servicenetworking.FrontendsInterface,
  ): servicenetworking.AssociationsInterface {
    return new servicenetworking.AssociationsInterface(
      `${this.name}-association`,
      {
        ...this.child,
        associationName: "cluster",
        associationType: "subnets",
        subnet: { id: this.args.subnet.id },
      },
      { parent: this.controller, dependsOn: after },
    );
  }

  private createSecurityPolicy(
    after: servicenetworking.AssociationsInterface,
  ): servicenetworking.SecurityPoliciesInterface {
    return new servicenetworking.SecurityPoliciesInterface(
      `${this.name}-security-policy`,
      { ...this.child, securityPolicyName: "waf", wafPolicy: { id: this.firewall.id } },
      { parent: this.controller, dependsOn: after },
    );
  }
}
