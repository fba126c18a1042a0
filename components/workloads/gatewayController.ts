import type * as network from "@pulumi/azure-native/network";
import type * as resources from "@pulumi/azure-native/resources";
import type * as servicenetworking from "@pulumi/azure-native/servicenetworking";
import * as helm from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";

import type { Names, Tags } from "../../config";
import { ALB_CONTROLLER } from "../../config/versions";
import type { AksPlatform } from "../aksPlatform";
import { WorkloadIdentity } from "../workloadIdentity";

export interface GatewayControllerArgs {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly resourceGroup: resources.ResourceGroup;
  readonly platform: Pick<AksPlatform, "cluster" | "oidcIssuerUrl" | "kubernetes">;
  readonly trafficController: servicenetworking.TrafficControllerInterface;
  /** Subnet that the gateway is associated with. */
  readonly subnet: network.Subnet;
  readonly firewall: network.WebApplicationFirewallPolicy;
  /** What must exist before the controller's pods, such as the policies that they are held to. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

const CHART = "oci://mcr.microsoft.com/application-lb/charts/alb-controller";

/** Both are the chart's own names. */
const NAMESPACE = "azure-alb-system";
const SERVICE_ACCOUNT = "alb-controller-sa";

/**
 * The ALB controller, which turns the cluster's Gateway API objects into the configuration of an Application Gateway for
 * Containers: chart, identity without a secret, and the four roles that it needs. The chart brings the custom resources,
 * and takes them away by a hook; that is why it is a Helm release and not rendered.
 *
 * Costs the share of the nodes of its two pods. Refuses: nothing.
 *
 * @example
 * const controller = new GatewayController("westus2-controller", { ...config, ...stamp, resourceGroup, platform, trafficController, subnet, firewall });
 */
export class GatewayController extends pulumi.ComponentResource {
  public readonly release: helm.Release;

  public constructor(name: string, args: GatewayControllerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:workloads:GatewayController", name, {}, opts);
    const identity = this.createIdentity(name, args);
    this.release = new helm.Release(
      `${name}-chart`,
      {
        chart: CHART,
        version: ALB_CONTROLLER.version,
        name: "alb-controller",
        namespace: "kube-system",
        values: {
          albController: { namespace: NAMESPACE, podIdentity: { clientID: identity.trustedClientId } },
        },
        // The controller stops for good where its identity may not do its work: a release that waits says so at once.
        skipAwait: false,
        timeout: 600,
      },
      { parent: this, provider: args.platform.kubernetes, dependsOn: [identity, ...(args.after ?? [])] },
    );
    this.registerOutputs({ release: this.release });
  }

  private createIdentity(name: string, args: GatewayControllerArgs): WorkloadIdentity {
    const { names, platform, resourceGroup, location, tags } = args;
    return new WorkloadIdentity(
      `${name}-identity`,
      {
        identityName: names.of("alb-id"),
        managedIdentity: { resourceGroup, location, tags },
        trusts: [
          {
            name: "kubernetes-alb-controller",
            issuer: platform.oidcIssuerUrl,
            subject: `system:serviceaccount:${NAMESPACE}:${SERVICE_ACCOUNT}`,
          },
        ],
        roles: {
          configuration: { role: "AgcConfigurationManager", scope: args.trafficController.id },
          subnet: { role: "NetworkContributor", scope: args.subnet.id },
          firewall: { role: "NetworkContributor", scope: args.firewall.id },
          nodes: { role: "Reader", scope: nodeResourceGroupId(platform.cluster) },
        },
      },
      { parent: this },
    );
  }
}

/** AKS makes the group, so that only the cluster knows of it. */
function nodeResourceGroupId(cluster: AksPlatform["cluster"]): pulumi.Output<string> {
  return pulumi
    .all([cluster.id, cluster.nodeResourceGroup])
    .apply(([id, group = ""]) => `${id.split("/").slice(0, 3).join("/")}/resourceGroups/${group}`);
}
