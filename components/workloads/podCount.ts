/** Who decides how many pods the API has, and how that is handed over. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as autoscaling from "@pulumi/kubernetes/autoscaling/v2";
import type * as inputs from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";

import type { Availability } from "./availability";

/** What an autoscaler acts on. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export interface ScalerArgs {
  readonly metadata: inputs.meta.v1.ObjectMeta;
  readonly target: ScaleTarget;
  readonly availability: Availability;
}

/**
 * The autoscaler is there with a fixed number too, which is then its least and its most. It is changed before the workload
 * (a deletion would come last), so that it never scales back what the program sets, and nothing else that scales the
 * workload lasts.
 */
export function createAutoscaler(
  name: string,
  { metadata, target, availability }: ScalerArgs,
  options: pulumi.CustomResourceOptions,
): autoscaling.HorizontalPodAutoscaler {
  const { fewestPods, mostPods, autoscaling: scaling } = availability;
  // Kubernetes looks at processor time where nothing is named; between two equal bounds it decides nothing.
  const metrics = scaling && [
    utilization("cpu", scaling.cpuPercent),
    utilization("memory", scaling.memoryPercent),
  ];
  return new autoscaling.HorizontalPodAutoscaler(
    name,
    {
      metadata,
      spec: {
        scaleTargetRef: target,
        minReplicas: fewestPods,
        maxReplicas: mostPods,
        ...(metrics && { metrics }),
      },
    },
    options,
  );
}

/** With a fixed number, a vertical autoscaler recommends requests; beside one that goes by use, both would move. */
export function createRecommender(
  name: string,
  { metadata, target, availability }: ScalerArgs,
  options: pulumi.CustomResourceOptions,
): void {
  if (availability.autoscaling !== undefined) return;
  new CustomResource(
    name,
    {
      apiVersion: "autoscaling.k8s.io/v1",
      kind: "VerticalPodAutoscaler",
      metadata,
      spec: { targetRef: target, updatePolicy: { updateMode: "Off" } },
    },
    options,
  );
}

/**
 * Annotations of a workload whose `spec.replicas` the program and an autoscaler hand to each other. `set-by` makes each
 * handover a change of the workload. `patchForce` lets server-side apply take fields back that others have changed; it does
 * not concern what `ignoredReplicas` names, which the provider leaves out while it is the autoscaler's
 * (pulumi-kubernetes, provider/pkg/await/await.go: handleSSAIgnoreFields).
 */
export function replicasAnnotations(scaling: Availability["autoscaling"]): Record<string, string> {
  return {
    "platform/replicas-set-by": scaling === undefined ? "program" : "autoscaler",
    "pulumi.com/patchForce": "true",
  };
}

/** The manifest keeps `spec.replicas`: server-side apply would set a field that its owner leaves out to its default, 1. */
export function ignoredReplicas(scaling: Availability["autoscaling"]): string[] {
  return scaling === undefined ? [] : ["spec.replicas"];
}

function utilization(name: string, averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}
