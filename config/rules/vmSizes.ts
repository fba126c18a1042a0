/** VM sizes of node pools: that they exist, run the API's image, and hold an ephemeral disk. */
import { assumption } from "../availability";
import type { ConfigProblem } from "../errors";
import type { NodePool, Settings } from "../schema";
import { findVmSize, similarVmSizes, type VmSize } from "../vmSizes";
import type { Rule } from "./rule";

export const vmSizeRules: readonly Rule[] = [checkKnownSizes, checkSizes, checkEphemeralDisks];

/** The architecture of the API's image (`components/workloads/apiImage.ts` builds no other). */
const IMAGE_ARCHITECTURE = "x64";
/** https://learn.microsoft.com/azure/aks/quotas-skus-regions#supported-vm-sizes */
const LEAST_VCPUS = 2;

function checkKnownSizes({ cluster, azure }: Settings): ConfigProblem[] {
  return cluster.nodePools.flatMap(({ vmSize }, index) => {
    const assumed = assumption("vm-size", vmSize);
    if (findVmSize(vmSize) || azure.assumeAvailable.includes(assumed)) return [];
    const similar = similarVmSizes(vmSize);
    return [
      {
        path: `cluster.nodePools[${index}].vmSize`,
        got: vmSize,
        allowed: `a size of tables/vm-sizes.json${similar.length > 0 ? `, such as ${similar.join(", ")}` : ""}`,
        fix: `correct the name; if Azure has the size, add ${assumed} to azure.assumeAvailable`,
      },
    ];
  });
}

/** Rules that need one size of the table only. */
function checkSizes({ cluster }: Settings, today: Date): ConfigProblem[] {
  return knownSizes(cluster.nodePools).flatMap(({ size, path }) => {
    const { name, vcpus, architecture, endsOn } = size;
    const refuse = (got: string, allowed: string, fix: string) => [
      { path: `${path}.vmSize`, got, allowed, fix },
    ];
    if (architecture !== IMAGE_ARCHITECTURE) {
      return refuse(
        `${name} (${architecture})`,
        "an x64 size: the API's image is built for amd64, and its pods select no architecture",
        "take an x64 size such as Standard_D4ds_v5",
      );
    }
    if (vcpus < LEAST_VCPUS) {
      return refuse(
        `${name} (${vcpus} vCPUs)`,
        `at least ${LEAST_VCPUS} vCPUs: AKS takes no smaller nodes, whatever cluster.allowSmallSystemPool says`,
        "use Standard_D2s_v3 or larger",
      );
    }
    if (endsOn !== undefined && endsOn <= today.toISOString().slice(0, 10)) {
      return refuse(`${name}, retired on ${endsOn}`, "a size that Azure still offers", "take a newer series");
    }
    return [];
  });
}

/** An ephemeral disk lies in the node's cache or on its temporary disk, and must fit there. */
function checkEphemeralDisks({ cluster }: Settings): ConfigProblem[] {
  return knownSizes(cluster.nodePools).flatMap(({ size, pool, path }) => {
    if (pool.osDiskType === "Managed" || pool.osDiskSizeGb <= size.ephemeralOsDiskGib) return [];
    const room = size.ephemeralOsDiskGib;
    if (room === 0) {
      return [
        {
          path: `${path}.osDiskType`,
          got: `Ephemeral with vmSize ${size.name}`,
          allowed: "Managed for a size without a cache or a temporary disk",
          fix: "take a size with d in its name, such as Standard_D4ds_v5, or set osDiskType to Managed",
        },
      ];
    }
    return [
      {
        path: `${path}.osDiskSizeGb`,
        got: `${pool.osDiskSizeGb} with osDiskType Ephemeral and vmSize ${size.name}`,
        allowed: `at most ${room}: the larger of the size's cache and temporary disk`,
        fix: `lower it to ${room}, take a larger size, or set osDiskType to Managed`,
      },
    ];
  });
}

function knownSizes(
  pools: readonly NodePool[],
): { readonly size: VmSize; readonly pool: NodePool; readonly path: string }[] {
  return pools.flatMap((pool, index) => {
    const size = findVmSize(pool.vmSize);
    return size ? [{ size, pool, path: `cluster.nodePools[${index}]` }] : [];
  });
}
