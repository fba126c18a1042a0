import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

import { READINESS_PATH } from "./apiPod";
import type { ServiceReference } from "./apiService";

export interface ApiGatewayArgs {
  readonly labels: Readonly<Record<string, string>>;
  readonly provider: Provider;
  /** Where requests go. */
  readonly service: ServiceReference;
  /** ARM id of the Application Gateway for Containers. */
  readonly trafficControllerId: pulumi.Input<string>;
  /** Frontend of that gateway which requests come in at. */
  readonly frontendName: pulumi.Input<string>;
  /** ARM id of the web application firewall's policy. */
  readonly firewallPolicyId: pulumi.Input<string>;
  /** What must exist before these objects: the controller that brings their kinds, and all of the gateway. */
  readonly after: readonly pulumi.Resource[];
}

const GATEWAY_API = "gateway.networking.k8s.io";
const ALB_API = "alb.networking.azure.io";
const NAME = "api";

/**
 * The API's entrance as objects of the Gateway API: a Gateway at a frontend of an Application Gateway for Containers, a
 * route of every request to the API, its health check, and the firewall in front.
 *
 * Costs nothing besides the gateway. Refuses: nothing.
 *
 * @example
 * new ApiGateway("westus2-routes", { labels, provider, service: api.service, trafficControllerId, frontendName, firewallPolicyId, after });
 */
export class ApiGateway extends pulumi.ComponentResource {
  public constructor(
    private readonly name: string,
    private readonly args: ApiGatewayArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:workloads:ApiGateway", name, {}, opts);
    const gateway = this.createGateway();
    // Nothing is routed before it is checked.
    this.createRoute([gateway, this.createFirewall(gateway), this.createHealthCheck()]);
    this.registerOutputs({});
  }

  private get metadata() {
    return { name: NAME, namespace: this.args.service.namespace, labels: this.args.labels };
  }

  private create(
    role: string,
    apiVersion: string,
    kind: string,
    body: { spec: Record<string, unknown>; annotations?: Record<string, pulumi.Input<string>> },
    dependsOn: pulumi.Resource[] = [],
  ): CustomResource {
    const { annotations = {}, spec } = body;
    return new CustomResource(
      `${this.name}-${role}`,
      { apiVersion, kind, metadata: { ...this.metadata, annotations }, spec },
      { parent: this, provider: this.args.provider, dependsOn: [...this.args.after, ...dependsOn] },
    );
  }

  private createGateway(): CustomResource {
    return this.create("gateway", `${GATEWAY_API}/v1`, "Gateway", {
      annotations: {
        [`${ALB_API}/alb-id`]: this.args.trafficControllerId,
        // Otherwise a Gateway counts as created before Azure's one knows of it.
        "pulumi.com/waitFor": "condition=Programmed",
      },
      spec: {
        gatewayClassName: "azure-alb-external",
        listeners: [
          { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "Same" } } },
        ],
        addresses: [{ type: `${ALB_API}/alb-frontend`, value: this.args.frontendName }],
      },
    });
  }

  private createFirewall(gateway: CustomResource): CustomResource {
    return this.create(
      "firewall",
      `${ALB_API}/v1`,
      "WebApplicationFirewallPolicy",
      {
        spec: {
          targetRef: {
            group: GATEWAY_API,
            kind: "Gateway",
            name: NAME,
            namespace: this.args.service.namespace,
          },
          webApplicationFirewall: { id: this.args.firewallPolicyId },
        },
      },
      [gateway],
    );
  }

  private createHealthCheck(): CustomResource {
    const { service } = this.args;
    return this.create("health", `${ALB_API}/v1`, "HealthCheckPolicy", {
      spec: {
        targetRef: { group: "", kind: "Service", name: service.name, namespace: service.namespace },
        default: {
          interval: "5s",
          timeout: "3s",
          healthyThreshold: 1,
          unhealthyThreshold: 3,
          http: { path: READINESS_PATH, match: { statusCodes: [{ start: 200, end: 200 }] } },
        },
      },
    });
  }

  private createRoute(dependsOn: CustomResource[]): CustomResource {
    const { service } = this.args;
    return this.create(
      "route",
      `${GATEWAY_API}/v1`,
      "HTTPRoute",
      {
        spec: {
          parentRefs: [{ group: GATEWAY_API, kind: "Gateway", name: NAME }],
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/" } }],
              backendRefs: [
                { group: "", kind: "Service", name: service.name, port: service.port, weight: 1 },
              ],
            },
          ],
        },
      },
      dependsOn,
    );
  }
}
