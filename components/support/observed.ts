import type * as containerservice from "@pulumi/azure-native/containerservice";
import type * as resources from "@pulumi/azure-native/resources";

import type { Names, ObservabilitySettings, Tags } from "../../config";

/** A cluster that is observed, and how. */
export interface Observed {
  readonly names: Names;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly observability: ObservabilitySettings;
  readonly resourceGroup: resources.ResourceGroup;
  readonly cluster: containerservice.ManagedCluster;
}
