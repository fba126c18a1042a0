import * as apps from "@pulumi/kubernetes/apps/v1";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig } from "../../config";
import type { WorkloadIdentity } from "../workloadIdentity";
import type { ApiImage } from "./apiImage";
import { API_PORT, apiPod } from "./apiPod";
import { type Availability, planAvailability } from "./availability";
import type { GuardedNamespace } from "./guardedNamespace";
import { apiNetworkPolicySpec } from "./networkPolicy";

export interface ApiServiceArgs {
  readonly api: PlatformConfig["api"];
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: GuardedNamespace;
  readonly image: ApiImage;
  /** Who the API is in Azure; it must have a service account. */
  readonly identity: WorkloadIdentity;
}

const NAME = "api";

/**
 * The Express API in the cluster: Deployment, Service with a public address, network policy with exactly the
 * API's flows, disruption budget, and an HPA or, with a fixed number of replicas, a VPA that recommends.
 *
 * Costs the pods' share of the nodes and a load-balancer rule. Refuses: what `config/` refuses, such as fewer
 * than two replicas.
 *
 * @example
 * const api = new ApiService("api", { api: config.api, labels: config.labels, namespace, image, identity });
 */
export class ApiService extends pulumi.ComponentResource {
  /** Where the API answers, such as `http://20.1.2.3`. */
  public readonly url: pulumi.Output<string>;

  private readonly availability: Availability;
  /** What selects the API's pods; a Deployment can never change it. */
  private readonly selector = { "app.kubernetes.io/name": NAME };

  public constructor(
    name: string,
    private readonly args: ApiServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:workloads:ApiService", name, {}, opts);
    this.availability = planAvailability(args.api);
    const policies = this.createNetworkPolicy(name);
    const deployment = this.createDeployment(name, [policies]);
    this.createDisruptionBudget(name);
    this.createScaler(name, deployment);
    const service = this.createService(name, deployment);
    this.url = service.status.loadBalancer.ingress.apply(([ingress]) => {
      if (!ingress) throw new pulumi.ResourceError("The load balancer has no address", service);
      return `http://${ingress.ip || ingress.hostname}`;
    });
    this.registerOutputs({ url: this.url });
  }

  private get metadata() {
    return {
      name: NAME,
      namespace: this.args.namespace.namespaceName,
      labels: { ...this.args.labels, ...this.selector },
    };
  }

  private get options() {
    return { parent: this, provider: this.args.namespace.provider };
  }

  private serviceAccountName(): pulumi.Output<string> {
    const { serviceAccountName } = this.args.identity;
    if (serviceAccountName) return serviceAccountName;
    throw new pulumi.ResourceError("[identity]: got one without a service account; give it one", this);
  }

  private createNetworkPolicy(name: string): networking.NetworkPolicy {
    return new networking.NetworkPolicy(
      `${name}-flows`,
      { metadata: this.metadata, spec: apiNetworkPolicySpec(this.selector) },
      this.options,
    );
  }

  private createDeployment(name: string, dependsOn: pulumi.Resource[]): apps.Deployment {
    const { replicas, rollingUpdate } = this.availability;
    return new apps.Deployment(
      `${name}-deployment`,
      {
        metadata: this.metadata,
        spec: {
          ...(replicas === undefined ? {} : { replicas }),
          revisionHistoryLimit: 5,
          progressDeadlineSeconds: 300,
          strategy: { type: "RollingUpdate", rollingUpdate },
          selector: { matchLabels: this.selector },
          template: apiPod({
            labels: this.selector,
            image: this.args.image.reference,
            commit: this.args.api.image.commit,
            serviceAccountName: this.serviceAccountName(),
            resources: this.args.api.resources,
            availability: this.availability,
          }),
        },
      },
      { ...this.options, dependsOn },
    );
  }

  private createService(name: string, deployment: apps.Deployment): core.Service {
    return new core.Service(
      `${name}-service`,
      {
        metadata: this.metadata,
        spec: {
          type: "LoadBalancer",
          selector: this.selector,
          ports: [{ name: "http", port: 80, targetPort: API_PORT, protocol: "TCP" }],
        },
      },
      { ...this.options, dependsOn: deployment },
    );
  }

  private createDisruptionBudget(name: string): void {
    new policy.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata: this.metadata,
        spec: { selector: { matchLabels: this.selector }, ...this.availability.disruptionBudget },
      },
      this.options,
    );
  }

  private createScaler(name: string, deployment: apps.Deployment): void {
    const target = { apiVersion: "apps/v1", kind: "Deployment", name: NAME };
    const opts = { ...this.options, dependsOn: deployment };
    const scaling = this.availability.autoscaling;
    if (!scaling) {
      new CustomResource(
        `${name}-recommender`,
        {
          apiVersion: "autoscaling.k8s.io/v1",
          kind: "VerticalPodAutoscaler",
          metadata: this.metadata,
          spec: { targetRef: target, updatePolicy: { updateMode: "Off" } },
        },
        opts,
      );
      return;
    }
    new autoscaling.HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      {
        metadata: this.metadata,
        spec: {
          scaleTargetRef: target,
          minReplicas: scaling.minReplicas,
          maxReplicas: scaling.maxReplicas,
          metrics: [utilization("cpu", scaling.cpuPercent), utilization("memory", scaling.memoryPercent)],
        },
      },
      opts,
    );
  }
}

function utilization(name: string, averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}
