import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as core from "@pulumi/kubernetes/core/v1";
import type * as inputs from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import type { ApiSettings } from "../../config";
import type { Availability } from "./availability";
import { ignoredReplicas, replicasAnnotations } from "./podCount";
import type { ProgressiveDelivery } from "./progressiveDelivery";
import {
  type AnalysisArgs,
  firstSampleSeconds,
  judgementSeconds,
  judgementSpec,
  VERSION_ARGUMENT,
  watchSpec,
} from "./rolloutAnalysis";
import { awaited, fingerprint } from "./rolloutProgress";
import { servicePorts } from "./serviceExposure";

export interface ApiRolloutArgs {
  readonly api: Pick<ApiSettings, "resources" | "rollout">;
  readonly metadata: inputs.meta.v1.ObjectMeta & { readonly name: string };
  /** What selects the API's pods; it can never change. */
  readonly selector: Readonly<Record<string, string>>;
  readonly template: inputs.core.v1.PodTemplateSpec;
  readonly availability: Availability;
  readonly delivery: ProgressiveDelivery;
  /** What must exist before the pods, such as the policies for their connections. */
  readonly after: readonly pulumi.Resource[];
}

export const ROLLOUTS_API = "argoproj.io/v1alpha1";

/** Shares of the pods that a canary takes, one after the other, after the one at which it is judged. */
const LATER_WEIGHTS = [25, 50, 75, 100];
const FIRST_WEIGHT = 10;
/** Steps of a canary that lie behind it when it is watched in the background: its first weight and its judgement. */
const JUDGED_STEPS = 2;
const PROGRESS_DEADLINE_SECONDS = 300;
/** Seconds that one pod may take to come and another to go, at the most. */
const SECONDS_PER_POD = 60;
/** Seconds that a version's pods stay after it was given up, for those who look for the reason. */
const ABORTED_SECONDS = 30;
/**
 * Parts of the Rollout's name: one strategy is another object than the other. The controller takes fields of a strategy over,
 * so that an apply without them leaves them there, and a Rollout of two strategies is invalid.
 */
const ROLES = { rollingUpdate: "rolling-update", canary: "canary", blueGreen: "blue-green" };

/**
 * The API's pods under Argo Rollouts: a canary at 10, 25, 50, 75 and 100 % of the pods, or a blue-green switch. A version is
 * judged by its readiness, errors, 95th percentile and processor time; where it fails, the old one gets its pods back
 * without anybody's help, and the update fails with it.
 *
 * Costs what the second set of pods costs while a blue-green switch lasts. Refuses: what `config/` refuses.
 *
 * @example
 * const rollout = new ApiRollout("westus2-api-service-rollout", { api, metadata, selector, template, availability, delivery, after });
 */
export class ApiRollout extends pulumi.ComponentResource {
  public readonly rollout: CustomResource;

  private readonly options: pulumi.CustomResourceOptions;

  public constructor(
    private readonly name: string,
    private readonly args: ApiRolloutArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:workloads:ApiRollout", name, {}, opts);
    const { ready, provider } = args.delivery;
    this.options = { parent: this, provider, dependsOn: [ready, ...args.after] };
    const { api, delivery } = args;
    const analysis: AnalysisArgs = {
      limits: api.rollout.analysis,
      cpuLimitMillicores: api.resources.cpuLimitMillicores,
      measurements: delivery.measurements,
    };
    const judgement = this.createTemplate("judgement", judgementSpec(analysis));
    this.rollout =
      api.rollout.strategy === "blueGreen"
        ? this.createBlueGreen(judgement)
        : this.createCanary(judgement, this.createTemplate("watch", watchSpec(analysis)));
    this.registerOutputs({ rollout: this.rollout });
  }

  private get objectName(): string {
    return this.args.metadata.name;
  }

  private createTemplate(role: "judgement" | "watch", spec: object): CustomResource {
    const metadata = { ...this.args.metadata, name: `${this.objectName}-${role}` };
    return new CustomResource(
      `${this.name}-${role}`,
      { apiVersion: ROLLOUTS_API, kind: "AnalysisTemplate", metadata, spec },
      this.options,
    );
  }

  /** Where a version can be asked before it gets requests. Argo Rollouts owns what the selector says beyond the pods' name. */
  private createPreview(): core.Service {
    return new core.Service(
      `${this.name}-preview`,
      {
        metadata: { ...this.args.metadata, name: previewName(this.objectName) },
        spec: { type: "ClusterIP", ports: servicePorts(), selector: this.args.selector },
      },
      { ...this.options, ignoreChanges: ["spec.selector"] },
    );
  }

  private createCanary(judgement: CustomResource, watch: CustomResource): CustomResource {
    const { stepSeconds } = this.args.api.rollout;
    const hold = { pause: { duration: `${stepSeconds}s` } };
    const [last, ...held] = LATER_WEIGHTS.toReversed();
    const steps = [
      { setWeight: FIRST_WEIGHT },
      { analysis: analysisOf(judgement) },
      ...held.toReversed().flatMap((setWeight) => [{ setWeight }, hold]),
      { setWeight: last },
    ];
    const canary = {
      ...this.args.availability.rollingUpdate,
      steps,
      analysis: { ...analysisOf(watch), startingStep: JUDGED_STEPS },
    };
    return this.createRollout({ canary }, [judgement, watch]);
  }

  /**
   * The old pods stay until the new ones have answered the users' requests for as long as they were judged before. The
   * Services wait for its pods and it waits for them, so that neither may come first.
   */
  private createBlueGreen(judgement: CustomResource): CustomResource {
    this.createPreview();
    const { limits, delay } = this.judged();
    const blueGreen = {
      activeService: this.objectName,
      previewService: previewName(this.objectName),
      autoPromotionEnabled: true,
      prePromotionAnalysis: analysisOf(judgement),
      postPromotionAnalysis: analysisOf(judgement),
      scaleDownDelaySeconds: judgementSeconds(limits, delay),
      abortScaleDownDelaySeconds: ABORTED_SECONDS,
    };
    return this.createRollout({ blueGreen }, [judgement]);
  }

  private judged() {
    const { api, delivery } = this.args;
    return { limits: api.rollout.analysis, delay: firstSampleSeconds(delivery.measurements) };
  }

  private createRollout(strategy: object, dependsOn: readonly pulumi.Resource[]): CustomResource {
    const { availability, selector, template, metadata, api } = this.args;
    const { fewestPods, autoscaling } = availability;
    const spec = {
      replicas: fewestPods,
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
      progressDeadlineAbort: true,
      strategy,
      selector: { matchLabels: selector },
      template,
    };
    const annotations = replicasAnnotations(autoscaling);
    const seen = fingerprint({
      ...spec,
      ...annotations,
      replicas: autoscaling === undefined ? fewestPods : 0,
    });
    const timeout = `${this.patienceSeconds()}s`;
    return new CustomResource(
      `${this.name}-${ROLES[api.rollout.strategy]}`,
      {
        apiVersion: ROLLOUTS_API,
        kind: "Rollout",
        metadata: {
          ...metadata,
          name: rolloutNameOf(this.objectName, api.rollout.strategy),
          annotations: { ...awaited(seen), ...annotations, ...WHEN_DELETED },
        },
        spec: { ...spec, restartAt: seen },
      },
      {
        ...this.options,
        dependsOn: [this.args.delivery.ready, ...this.args.after, ...dependsOn],
        customTimeouts: { create: timeout, update: timeout },
        ignoreChanges: ignoredReplicas(autoscaling),
      },
    );
  }

  /** Seconds after which an update that has not ended is given up. */
  private patienceSeconds(): number {
    const { availability, api } = this.args;
    const { limits, delay } = this.judged();
    const shifting =
      api.rollout.strategy === "blueGreen"
        ? judgementSeconds(limits, delay)
        : (LATER_WEIGHTS.length - 1) * api.rollout.stepSeconds;
    return (
      judgementSeconds(limits, delay) +
      shifting +
      availability.mostPods * SECONDS_PER_POD +
      2 * PROGRESS_DEADLINE_SECONDS
    );
  }
}

/**
 * Its pods go on answering for as long as they drain, while the controller gives the Service back its plain selector; it would
 * not as long as the Rollout waits for its pods to be gone.
 */
const WHEN_DELETED = { "pulumi.com/deletionPropagationPolicy": "background" };

/** What the cluster calls the Rollout of a strategy. */
export function rolloutNameOf(name: string, strategy: ApiSettings["rollout"]["strategy"]): string {
  return `${name}-${ROLES[strategy]}`;
}

function previewName(name: string): string {
  return `${name}-preview`;
}

function analysisOf(template: CustomResource) {
  return {
    templates: [{ templateName: template.metadata.name }],
    args: [{ name: VERSION_ARGUMENT, valueFrom: { podTemplateHashValue: "Latest" } }],
  };
}
