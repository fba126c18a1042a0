import * as pulumi from "@pulumi/pulumi";

import { ContainerInsights } from "./containerInsights";
import type { ObservabilityStack } from "./observabilityStack";
import type { RegionalPrometheus } from "./regionalPrometheus";
import { createNodeAlerts, createPodRestartAlert } from "./support/alerts";
import { sendDiagnostics } from "./support/diagnostics";
import type { Observed } from "./support/observed";

export interface ClusterMonitoringArgs extends Observed {
  /** Where logs go, and who is told. */
  readonly stack: ObservabilityStack;
  /** Where metrics go. */
  readonly prometheus: RegionalPrometheus;
}

/** The control plane's logs that are worth their price; `kube-audit` would pay for `kube-audit-admin` twice. */
const CONTROL_PLANE_LOGS = ["kube-audit-admin", "guard", "cluster-autoscaler", "kube-controller-manager"];

/**
 * What is watched of one cluster: its control plane's logs, its metrics, alerts on nodes and pods, and, where the stack asks
 * for them, its containers' logs.
 *
 * Costs about $0.10 per alerted node and metric.
 *
 * @example
 * new ClusterMonitoring("westus2-monitoring", { ...config, ...stamp, resourceGroup, cluster, stack, prometheus });
 */
export class ClusterMonitoring extends pulumi.ComponentResource {
  public constructor(name: string, args: ClusterMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:azure:ClusterMonitoring", name, {}, opts);
    const { stack, cluster, prometheus } = args;
    sendDiagnostics(
      `${name}-control-plane`,
      { resourceUri: cluster.id, workspace: stack.workspace, logs: CONTROL_PLANE_LOGS },
      { parent: this },
    );
    const after = prometheus.collectFrom(cluster);
    if (args.observability.containerInsights) {
      new ContainerInsights(`${name}-insights`, { ...args, after }, { parent: this });
    }
    createNodeAlerts(name, args, stack.actionGroup, this);
    createPodRestartAlert(name, args, prometheus.workspace, stack.actionGroup, this);
    this.registerOutputs({});
  }
}
