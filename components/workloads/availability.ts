import type { ApiSettings } from "../../config";

/** Seconds that Kubernetes waits before it asks the pod to stop, so that load balancers have stopped sending to it. */
const PRE_STOP_SECONDS = 5;
/** Seconds between readiness probes; the service keeps answering that long after it is told to stop. */
const READINESS_PERIOD_SECONDS = 10;
/** Seconds that the service gives its last requests. */
const DRAIN_SECONDS = 15;

/**
 * How many pods there are and how they come and go. Computed together, because only together do they promise
 * that a node can always drain and that a rollout drops no request.
 */
export interface Availability {
  /** What the autoscaler goes by; undefined where the number of pods is fixed. */
  readonly autoscaling: NonNullable<ApiSettings["autoscaling"]> | undefined;
  readonly rollingUpdate: { readonly maxSurge: number; readonly maxUnavailable: number };
  /** One pod may always be evicted; with two or more running, another serves meanwhile. */
  readonly disruptionBudget: {
    readonly maxUnavailable: number;
    /** A pod that is not ready may be evicted at any time: a release that crashes blocks no drain of a node. */
    readonly unhealthyPodEvictionPolicy: "AlwaysAllow";
  };
  readonly preStopSeconds: number;
  readonly readinessPeriodSeconds: number;
  /** What the service is told: how long to go on serving, and when to give up on its last requests. */
  readonly shutdown: { readonly delaySeconds: number; readonly timeoutSeconds: number };
  readonly terminationGracePeriodSeconds: number;
  /** Pods that a version starts with, and has at the most. */
  readonly fewestPods: number;
  readonly mostPods: number;
  /** Pods that may exist at one time, while they come and go too. */
  readonly maxPods: number;
}

/**
 * Full sets of pods that may exist at once: one that stops and one that starts; with blue-green the one before them too, which
 * waits to be needed again.
 */
const FULL_SETS = { rollingUpdate: 2, canary: 2, blueGreen: 3 };

export function planAvailability({ replicas, autoscaling, rollout }: ApiSettings): Availability {
  const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
  const mostPods = autoscaling?.maxReplicas ?? replicas;
  const timeoutSeconds = READINESS_PERIOD_SECONDS + DRAIN_SECONDS;
  return {
    autoscaling: autoscaling ?? undefined,
    rollingUpdate,
    disruptionBudget: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    preStopSeconds: PRE_STOP_SECONDS,
    readinessPeriodSeconds: READINESS_PERIOD_SECONDS,
    shutdown: { delaySeconds: READINESS_PERIOD_SECONDS, timeoutSeconds },
    // A margin over the service's own limit, so that Kubernetes never kills what is still draining.
    terminationGracePeriodSeconds: PRE_STOP_SECONDS + timeoutSeconds + 5,
    fewestPods: autoscaling?.minReplicas ?? replicas,
    mostPods,
    maxPods: FULL_SETS[rollout.strategy] * mostPods + rollingUpdate.maxSurge,
  };
}
