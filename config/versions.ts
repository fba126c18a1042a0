/** A pinned thing and the day its maker stops supporting it. */
export interface Pin {
  readonly version: string;
  /** Last day of support, ISO 8601. */
  readonly endOfSupport: string;
}

/** A Kubernetes minor version of AKS. */
export interface KubernetesPin extends Pin {
  /** Last day of long-term support, which the Premium tier buys, ISO 8601. */
  readonly endOfLongTermSupport: string;
}

/**
 * Kubernetes minor versions of AKS, newest last. Only the minor is ever configured: the `patch` upgrade channel moves the
 * patch. AKS supports a minor for 12 months from its general availability, and for 24 with long-term support
 * (https://learn.microsoft.com/azure/aks/supported-kubernetes-versions, tables of 2026-08).
 */
export const KUBERNETES_VERSIONS: readonly KubernetesPin[] = [
  { version: "1.33", endOfSupport: "2026-07-31", endOfLongTermSupport: "2027-07-31" },
  { version: "1.34", endOfSupport: "2026-11-30", endOfLongTermSupport: "2027-11-30" },
  { version: "1.35", endOfSupport: "2027-03-31", endOfLongTermSupport: "2028-03-31" },
  { version: "1.36", endOfSupport: "2027-06-30", endOfLongTermSupport: "2028-06-30" },
  { version: "1.37", endOfSupport: "2027-10-31", endOfLongTermSupport: "2028-10-31" },
];

/** The minor that both profiles run. */
export const DEFAULT_KUBERNETES_VERSION = "1.35";

/** Node operating systems (AKS release notes: Azure Linux 2 images were removed on 2026-03-31). */
export const NODE_OS: Pin = { version: "AzureLinux3", endOfSupport: "2028-07-31" };

/** Node.js of the API's image (https://github.com/nodejs/release#release-schedule). */
export const NODE_JS: Pin = { version: "24", endOfSupport: "2028-04-30" };

/**
 * The ALB controller's chart (release notes at
 * https://learn.microsoft.com/azure/application-gateway/for-containers/alb-controller-release-notes). Its maker publishes no end of
 * support, so the day is derived: AKS's own add-on runs 1.10 on clusters up to Kubernetes 1.35, which AKS supports until then.
 * Pinned on 2026-11-21 to the newest patch of that line, instead of 1.11 to 1.13, which bring a newer Gateway API.
 */
export const ALB_CONTROLLER: Pin = { version: "1.10.27", endOfSupport: "2027-03-31" };

/**
 * The chart of Argo Rollouts (controller 1.9.0; https://github.com/argoproj/argo-helm). Its project supports the two newest
 * minors, of which there are three or four a year, so the day is derived: a year after 1.9.0 of 2026-03.
 */
export const ARGO_ROLLOUTS: Pin = { version: "2.41.0", endOfSupport: "2027-03-31" };

/**
 * The chart of Prometheus (server 3.14.0; https://github.com/prometheus-community/helm-charts). The project supports a minor
 * until the next one but for long-term ones, so the day is derived: half a year after 3.14.0 of 2026-08.
 */
export const PROMETHEUS: Pin = { version: "29.27.0", endOfSupport: "2027-02-28" };

/** Minors that may be configured on `today`, with long-term support or without. */
export function supportedKubernetesVersions(today: Date, longTermSupport: boolean): string[] {
  return KUBERNETES_VERSIONS.filter((pin) => {
    const endOfSupport = longTermSupport ? pin.endOfLongTermSupport : pin.endOfSupport;
    return isSupported({ ...pin, endOfSupport }, today);
  }).map((pin) => pin.version);
}

/** True up to and including the last day of support, UTC. */
export function isSupported(pin: Pin, today: Date): boolean {
  return today.toISOString().slice(0, 10) <= pin.endOfSupport;
}
