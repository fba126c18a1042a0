import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";

import type { PlatformConfig } from "../../config";
import type { ApiImage } from "./apiImage";
import { apiPod } from "./apiPod";
import { ApiRollout, rolloutNameOf, ROLLOUTS_API } from "./apiRollout";
import { type Availability, planAvailability } from "./availability";
import { METRICS_NAMESPACE } from "./deliveryCharts";
import type { GuardedNamespace } from "./guardedNamespace";
import { apiNetworkPolicySpec } from "./networkPolicy";
import {
  createAutoscaler,
  createRecommender,
  ignoredReplicas,
  replicasAnnotations,
  type ScaleTarget,
} from "./podCount";
import type { ProgressiveDelivery } from "./progressiveDelivery";
import { exposureAnnotations, exposureSpec, SERVICE_PORT, type ServiceExposure } from "./serviceExposure";

export interface ApiServiceArgs {
  readonly api: PlatformConfig["api"];
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: GuardedNamespace;
  readonly image: Pick<ApiImage, "reference">;
  /** Service account that acts as the API's identity in Azure; resolves once the identity may do what the API does. */
  readonly serviceAccountName: pulumi.Input<string>;
  /** Azure region, which the API is told as `REGION`. */
  readonly location: string;
  /** How requests come in. */
  readonly exposure: ServiceExposure;
  /** Environment of the container, such as where the data services answer. @default none */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /** TCP ports of the data services. @default none */
  readonly egressPorts?: readonly number[];
  /** Network of the private endpoints that the data services answer at. @default they answer on the internet */
  readonly privateEndpointCidr?: string | undefined;
  /** Id of the Front Door that requests must have come through; the API checks it. @default whoever asks is answered */
  readonly frontDoorId?: pulumi.Input<string> | undefined;
  /** What shifts and judges new versions. @default Kubernetes replaces the pods of the old one by itself */
  readonly delivery?: ProgressiveDelivery | undefined;
}

/** The API's Service, for a gateway that sends to it. */
export interface ServiceReference {
  readonly name: pulumi.Output<string>;
  readonly namespace: pulumi.Output<string>;
  readonly port: number;
}

const NAME = "api";

/**
 * The Express API in the cluster: Deployment or Rollout, Service, network policy with exactly the API's flows, disruption budget,
 * an HPA and, with a fixed number of replicas, a VPA that recommends.
 *
 * Costs the pods' share of the nodes and a load-balancer rule. Refuses: what `config/` refuses, such as fewer
 * than two replicas.
 *
 * @example
 * const { exposure, frontDoorId } = entrance;
 * const api = new ApiService("westus2-api", { ...config, ...stamp, namespace, image, serviceAccountName, exposure, frontDoorId });
 */
export class ApiService extends pulumi.ComponentResource {
  /** Where the Service answers, behind whatever takes requests in front of it: such as `http://20.1.2.3`. */
  public readonly url: pulumi.Output<string>;
  public readonly service: ServiceReference;

  private readonly availability: Availability;
  /** What selects the API's pods; neither Deployment nor Rollout can ever change it. */
  private readonly selector = { "app.kubernetes.io/name": NAME };

  public constructor(
    name: string,
    private readonly args: ApiServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:workloads:ApiService", name, {}, opts);
    this.availability = planAvailability(args.api);
    const policies = this.createNetworkPolicy(name);
    const scaling = { metadata: this.metadata, target: this.target, availability: this.availability };
    const autoscaler = createAutoscaler(`${name}-autoscaler`, scaling, this.options);
    const workload = this.createWorkload(name, [policies, autoscaler]);
    this.createDisruptionBudget(name);
    createRecommender(`${name}-recommender`, scaling, { ...this.options, dependsOn: workload });
    const service = this.createService(name, workload);
    this.url = this.addressOf(service);
    this.service = {
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      port: SERVICE_PORT,
    };
    this.registerOutputs({ url: this.url, service: this.service });
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

  private get environment(): Readonly<Record<string, pulumi.Input<string>>> {
    const { environment, frontDoorId, location } = this.args;
    return {
      ...environment,
      REGION: location,
      ...(frontDoorId === undefined ? {} : { FRONT_DOOR_ID: frontDoorId }),
    };
  }

  private createNetworkPolicy(name: string): networking.NetworkPolicy {
    const { egressPorts = [], privateEndpointCidr, delivery } = this.args;
    const scrapedFrom = delivery === undefined ? undefined : METRICS_NAMESPACE;
    const flows = { egressPorts, privateEndpoints: privateEndpointCidr, scrapedFrom };
    return new networking.NetworkPolicy(
      `${name}-flows`,
      { metadata: this.metadata, spec: apiNetworkPolicySpec(this.selector, flows) },
      this.options,
    );
  }

  /** How autoscalers name what has the pods. */
  private get target(): ScaleTarget {
    return this.args.delivery === undefined
      ? { apiVersion: "apps/v1", kind: "Deployment", name: NAME }
      : {
          apiVersion: ROLLOUTS_API,
          kind: "Rollout",
          name: rolloutNameOf(NAME, this.args.api.rollout.strategy),
        };
  }

  /** With one selector for either: each takes the other's place behind the Service without a gap. */
  private createWorkload(name: string, after: readonly pulumi.Resource[]): pulumi.Resource {
    const { delivery, api } = this.args;
    if (delivery === undefined) return this.createDeployment(name, after);
    const { rollout } = new ApiRollout(
      `${name}-rollout`,
      {
        ...{ api, delivery, metadata: this.metadata, selector: this.selector, template: this.pod },
        ...{ availability: this.availability, after },
      },
      { parent: this },
    );
    return rollout;
  }

  private get pod() {
    return apiPod({
      labels: this.selector,
      image: this.args.image.reference,
      commit: this.args.api.image.commit,
      serviceAccountName: this.args.serviceAccountName,
      resources: this.args.api.resources,
      availability: this.availability,
      versionLabel: this.args.delivery === undefined ? "pod-template-hash" : "rollouts-pod-template-hash",
      environment: this.environment,
    });
  }

  private createDeployment(name: string, after: readonly pulumi.Resource[]): apps.Deployment {
    const { fewestPods, rollingUpdate, autoscaling } = this.availability;
    return new apps.Deployment(
      `${name}-deployment`,
      {
        metadata: { ...this.metadata, annotations: replicasAnnotations(autoscaling) },
        spec: {
          replicas: fewestPods,
          revisionHistoryLimit: 5,
          progressDeadlineSeconds: 300,
          strategy: { type: "RollingUpdate", rollingUpdate },
          selector: { matchLabels: this.selector },
          template: this.pod,
        },
      },
      { ...this.options, dependsOn: [...after], ignoreChanges: ignoredReplicas(autoscaling) },
    );
  }

  /** For a blue-green switch, Argo Rollouts adds a version to the selector, and waits for the Service as that waits for it. */
  private createService(name: string, workload: pulumi.Resource): core.Service {
    const switches = this.args.api.rollout.strategy === "blueGreen";
    return new core.Service(
      `${name}-service`,
      {
        metadata: { ...this.metadata, annotations: exposureAnnotations(this.args.exposure) },
        spec: { ...exposureSpec(this.args.exposure), selector: this.selector },
      },
      { ...this.options, ...(switches ? { ignoreChanges: ["spec.selector"] } : { dependsOn: workload }) },
    );
  }

  private addressOf(service: core.Service): pulumi.Output<string> {
    if (this.args.exposure.kind === "clusterIp") {
      return pulumi.interpolate`http://${service.metadata.name}.${service.metadata.namespace}.svc.cluster.local`;
    }
    return service.status.loadBalancer.ingress.apply(([ingress]) => {
      if (!ingress) throw new pulumi.ResourceError("The load balancer has no address", service);
      return `http://${ingress.ip || ingress.hostname}`;
    });
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
}
