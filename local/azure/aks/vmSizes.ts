/** VM sizes that the emulated Azure offers: the rows of `tables/vm-sizes.json`, by family. */
import facts from "../../../tables/vm-sizes.json";

export interface VmSize {
  /** The family that the quota counts, such as `standardDDSv5Family`. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGB: number;
  /** Room for an ephemeral operating system disk: the larger of cache and temporary disk; 0: there is none. */
  readonly localDiskGB: number;
}

interface Row {
  readonly family: string;
  readonly ephemeralOsDisk: boolean;
  readonly sizes: Readonly<Record<string, readonly number[]>>;
}

const OFFERED = new Map<string, VmSize>();
for (const { family, ephemeralOsDisk, sizes } of Object.values<Row>(facts.series)) {
  for (const [name, [vcpus = 0, memoryGB = 0, cacheGB = 0, temporaryGB = 0]] of Object.entries(sizes)) {
    const localDiskGB = ephemeralOsDisk ? Math.max(cacheGB, temporaryGB) : 0;
    OFFERED.set(name.toLowerCase(), { family, vcpus, memoryGB, localDiskGB });
  }
}

/** @returns undefined for a size that Azure does not offer. */
export function offeredVmSize(name: string): VmSize | undefined {
  return OFFERED.get(name.toLowerCase());
}

/** Size of an operating system disk where the pool names none (https://learn.microsoft.com/azure/aks/concepts-storage). */
export function defaultOsDiskGB(vcpus: number): number {
  if (vcpus < 8) return 128;
  if (vcpus < 16) return 256;
  return vcpus < 64 ? 512 : 1024;
}
