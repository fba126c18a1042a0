import * as containerservice from "@pulumi/azure-native/containerservice";
import type * as resources from "@pulumi/azure-native/resources";

import type { ClusterSettings, MaintenanceWindow } from "../../config";

/**
 * Weekly windows for both upgrade channels, one after the other. No start date is sent: Azure takes the day of
 * creation, and refuses a later update of one that has passed.
 */
export function createMaintenanceWindows(
  name: string,
  resourceGroup: resources.ResourceGroup,
  cluster: containerservice.ManagedCluster,
  windows: ClusterSettings["maintenance"],
): containerservice.MaintenanceConfiguration[] {
  const create = (
    role: string,
    configName: "aksManagedAutoUpgradeSchedule" | "aksManagedNodeOSUpgradeSchedule",
    { dayOfWeek, durationHours, startTime, utcOffset }: MaintenanceWindow,
    dependsOn: containerservice.MaintenanceConfiguration[],
  ): containerservice.MaintenanceConfiguration =>
    new containerservice.MaintenanceConfiguration(
      `${name}-maintenance-${role}`,
      {
        resourceGroupName: resourceGroup.name,
        resourceName: cluster.name,
        configName,
        maintenanceWindow: {
          durationHours,
          startTime,
          utcOffset,
          schedule: { weekly: { dayOfWeek, intervalWeeks: 1 } },
        },
      },
      { parent: cluster, dependsOn },
    );
  const upgrade = create("cluster", "aksManagedAutoUpgradeSchedule", windows.cluster, []);
  return [upgrade, create("node-os", "aksManagedNodeOSUpgradeSchedule", windows.nodeOs, [upgrade])];
}
