import * as alertsmanagement from "@pulumi/azure-native/alertsmanagement";
import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

import type { Observed } from "./observed";

const CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters";

/** Alerts on each node's CPU, memory and disk, from the platform metrics that AKS emits without an agent. */
export function createNodeAlerts(
  name: string,
  { names, tags, location, observability, resourceGroup, cluster }: Observed,
  actionGroup: monitor.ActionGroup,
  parent: pulumi.Resource,
): void {
  const { thresholds } = observability;
  const alerts = [
    { role: "cpu", metricName: "node_cpu_usage_percentage", threshold: thresholds.nodeCpuPercent },
    {
      role: "memory",
      metricName: "node_memory_working_set_percentage",
      threshold: thresholds.nodeMemoryPercent,
    },
    { role: "disk", metricName: "node_disk_usage_percentage", threshold: thresholds.nodeDiskPercent },
  ];
  for (const { role, metricName, threshold } of alerts) {
    new monitor.MetricAlert(
      `${name}-node-${role}`,
      {
        resourceGroupName: resourceGroup.name,
        ruleName: names.of(`node-${role}`),
        location: "global",
        tags,
        description: `A node's ${role} was above ${threshold} % for 15 minutes.`,
        enabled: true,
        severity: 2,
        autoMitigate: true,
        evaluationFrequency: "PT5M",
        windowSize: "PT15M",
        scopes: [cluster.id],
        targetResourceType: CLUSTER_TYPE,
        targetResourceRegion: location,
        criteria: {
          odataType: "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
          allOf: [
            {
              criterionType: "StaticThresholdCriterion",
              name: role,
              metricNamespace: CLUSTER_TYPE,
              metricName,
              timeAggregation: "Average",
              operator: "GreaterThan",
              threshold,
              dimensions: [{ name: "node", operator: "Include", values: ["*"] }],
            },
          ],
        },
        actions: [{ actionGroupId: actionGroup.id }],
      },
      { parent },
    );
  }
}

/** Alerts on a pod that keeps restarting, from the metrics that managed Prometheus collects. */
export function createPodRestartAlert(
  name: string,
  { names, tags, location, observability, resourceGroup, cluster }: Observed,
  prometheus: monitor.AzureMonitorWorkspace,
  actionGroup: monitor.ActionGroup,
  parent: pulumi.Resource,
): void {
  const restarts = observability.thresholds.podRestartsPerHour;
  new alertsmanagement.PrometheusRuleGroup(
    `${name}-pod-restarts`,
    {
      resourceGroupName: resourceGroup.name,
      ruleGroupName: names.of("pod-restarts"),
      location,
      tags,
      description: "Pods that keep restarting",
      enabled: true,
      interval: "PT1M",
      clusterName: names.of("aks"),
      scopes: [prometheus.id, cluster.id],
      rules: [
        {
          alert: "PodRestarts",
          enabled: true,
          severity: 2,
          for: "PT5M",
          expression: `sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[1h])) >= ${restarts}`,
          labels: { severity: "warning" },
          annotations: {
            summary:
              "{{ $labels.namespace }}/{{ $labels.pod }} restarted {{ $value | humanize }} times in an hour",
          },
          actions: [{ actionGroupId: actionGroup.id }],
          resolveConfiguration: { autoResolved: true, timeToResolve: "PT10M" },
        },
      ],
    },
    { parent },
  );
}
