import * as core from "@pulumi/kubernetes/core/v1";
import * as helm from "@pulumi/kubernetes/helm/v3";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import type * as inputs from "@pulumi/kubernetes/types/input";
import * as pulumi from "@pulumi/pulumi";

import { ARGO_ROLLOUTS, PROMETHEUS } from "../../config/versions";
import {
  CONTROLLER_NAMESPACE,
  controllerFlows,
  controllerValues,
  METRICS_NAMESPACE,
  METRICS_PORT,
  metricsFlows,
  metricsValues,
} from "./deliveryCharts";
import { restrictedLabels } from "./guardedNamespace";
import type { Measurements } from "./rolloutAnalysis";

export interface ProgressiveDeliveryArgs {
  readonly labels: Readonly<Record<string, string>>;
  readonly provider: Provider;
  /** Namespace of the pods that are measured. */
  readonly namespaceName: string;
  /** What must exist before the pods, such as the policies that they are held to. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

interface Part {
  readonly role: "controller" | "metrics";
  readonly namespace: string;
  readonly flows: inputs.networking.v1.NetworkPolicySpec;
  readonly chart: string;
  readonly version: string;
  /** Name of the release, after which its objects are called. */
  readonly release: string;
  readonly values: Record<string, unknown>;
}

/** Seconds that a chart's pods have to come. */
const TIMEOUT_SECONDS = 600;
const SCRAPE_SECONDS = 5;

/**
 * Argo Rollouts, and a small Prometheus that it asks about the pods every few seconds, each in a closed namespace of its own.
 * The first chart brings custom resources, which must outlast its other objects; that is why they are Helm releases.
 *
 * Azure's managed Prometheus cannot stand in: see docs/adr/0016-progressive-delivery.md.
 *
 * Costs the share of the nodes of three pods. Refuses: nothing.
 *
 * @example
 * const delivery = new ProgressiveDelivery("westus2-api-delivery", { labels, provider, namespaceName: "api" });
 */
export class ProgressiveDelivery extends pulumi.ComponentResource {
  public readonly provider: Provider;
  public readonly measurements: Measurements;
  /** Rollouts are served, and somebody works on them, once this is there. */
  public readonly ready: pulumi.Resource;

  public constructor(
    private readonly name: string,
    private readonly args: ProgressiveDeliveryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:workloads:ProgressiveDelivery", name, {}, opts);
    this.provider = args.provider;
    const release = "prometheus";
    this.measurements = {
      url: `http://${release}-server.${METRICS_NAMESPACE}.svc.cluster.local:${METRICS_PORT}`,
      scrapeSeconds: SCRAPE_SECONDS,
    };
    const metrics = this.install({
      role: "metrics",
      namespace: METRICS_NAMESPACE,
      flows: metricsFlows(args.namespaceName),
      chart: "oci://ghcr.io/prometheus-community/charts/prometheus",
      version: PROMETHEUS.version,
      release,
      values: metricsValues(args.namespaceName, SCRAPE_SECONDS),
    });
    this.ready = this.install(
      {
        role: "controller",
        namespace: CONTROLLER_NAMESPACE,
        flows: controllerFlows(),
        chart: "oci://ghcr.io/argoproj/argo-helm/argo-rollouts",
        version: ARGO_ROLLOUTS.version,
        release: "argo-rollouts",
        values: controllerValues(),
      },
      metrics,
    );
    this.registerOutputs({ measurements: this.measurements, ready: this.ready });
  }

  private install(part: Part, ...after: readonly pulumi.Resource[]): helm.Release {
    const { role, namespace, chart, version, release, values } = part;
    const options = { parent: this, provider: this.args.provider };
    const home = new core.Namespace(
      `${this.name}-${role}-ns`,
      { metadata: { name: namespace, labels: { ...this.args.labels, ...restrictedLabels() } } },
      options,
    );
    const flows = new networking.NetworkPolicy(
      `${this.name}-${role}-flows`,
      {
        metadata: { name: "flows", namespace: home.metadata.name, labels: this.args.labels },
        spec: part.flows,
      },
      options,
    );
    return new helm.Release(
      `${this.name}-${role}-chart`,
      {
        ...{ chart, version, name: release, namespace: home.metadata.name, values },
        skipAwait: false,
        timeout: TIMEOUT_SECONDS,
      },
      { ...options, dependsOn: [flows, ...(this.args.after ?? []), ...after] },
    );
  }
}
