import { missingBinaries } from "../../../local/cluster/binaries";
import { missingDefinitions } from "../../../local/cluster/definitions";
import type { ClusterLayout } from "../../../local/cluster/layout";
import { missingPackages } from "../../../local/cluster/packages";
import { findProcesses } from "../../../local/cluster/processes";
import { whyImpossible } from "../../../local/cluster/requirements";

/** Why the tests cannot have a cluster for themselves here. They install and build nothing. */
export function whyNoClusterForTests(layout: ClusterLayout): string | undefined {
  const missing = [...missingPackages(), ...missingBinaries(layout), ...missingDefinitions(layout)];
  if (missing.length > 0) return `not installed or built: ${missing.join(", ")}. Fix: \`make cluster\` once.`;
  if (findProcesses(layout.folder).length > 0) {
    return "a cluster runs already and is left as it is. Fix: `make cluster-down`.";
  }
  return whyImpossible(layout);
}
