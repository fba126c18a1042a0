/**
 * What a VM size's name says (https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions):
 * `Standard_D4ds_v5` is family D, 4 vCPUs, with a temporary disk (d) and premium storage (s), version 5.
 */
export interface VmSize {
  /** The family that the quota counts, such as `standardDDSv5Family`. */
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGB: number;
  /** Room for an ephemeral operating system disk: the larger of cache and temporary disk; 0: there is none. */
  readonly localDiskGB: number;
}

/** GiB of memory for each vCPU, by family letter (the series' own pages). */
const MEMORY_PER_VCPU: Readonly<Record<string, number>> = {
  A: 2,
  B: 4,
  D: 4,
  E: 8,
  F: 2,
  L: 8,
  M: 28,
  N: 14,
};

/**
 * GB of cache or temporary disk for each vCPU. Sizes with a local disk (`d` in the name) have 37.5 GB, those of
 * version 3 and older have a cache of 25 GB (D2s_v3: 50 GB), newer ones without `d` have neither
 * (https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/ddsv5-series, …/dsv3-series,
 * …/dsv5-series).
 */
const LOCAL_DISK_PER_VCPU = { temporary: 37.5, cache: 25, none: 0 } as const;

/** @returns undefined for a name that is no VM size. */
export function parseVmSize(name: string): VmSize | undefined {
  const match = /^standard_([a-z])([a-z]*?)(\d+)(?:-\d+)?([a-z]*)(?:_v(\d+))?$/i.exec(name);
  const [, letter = "", subfamily = "", count = "", features = "", version = "1"] = match ?? [];
  const memoryPerVcpu = MEMORY_PER_VCPU[letter.toUpperCase()];
  const vcpus = Number(count);
  if (memoryPerVcpu === undefined || vcpus === 0) return undefined;
  const has = (feature: string): boolean => features.toLowerCase().includes(feature);
  const disk = has("d") ? "temporary" : Number(version) <= 3 && has("s") ? "cache" : "none";
  const suffix = version === "1" ? "" : `v${version}`;
  return {
    family: `standard${`${letter}${subfamily}${features}`.toUpperCase()}${suffix}Family`,
    vcpus,
    memoryGB: vcpus * memoryPerVcpu * (has("l") ? 0.5 : 1),
    localDiskGB: Math.floor(vcpus * LOCAL_DISK_PER_VCPU[disk]),
  };
}

/** Size of an operating system disk where the pool names none (https://learn.microsoft.com/azure/aks/concepts-storage). */
export function defaultOsDiskGB(vcpus: number): number {
  if (vcpus < 8) return 128;
  if (vcpus < 16) return 256;
  return vcpus < 64 ? 512 : 1024;
}
