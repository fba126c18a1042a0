/** Sizes of virtual machines, from `tables/vm-sizes.json`. */
import table from "../tables/vm-sizes.json";

export interface VmSize {
  readonly name: string;
  readonly vcpus: number;
  /** Largest ephemeral OS disk, in GiB: the cache or the temporary disk, whichever is larger; 0: none. */
  readonly ephemeralOsDiskGib: number;
  readonly architecture: string;
  /** Day on which Azure retires the series, ISO 8601; undefined: not announced. */
  readonly endsOn: string | undefined;
}

interface Series {
  readonly architecture: string;
  readonly ephemeralOsDisk: boolean;
  readonly endsOn?: string;
  /** vCPUs, memory, cache and temporary disk in GiB, by name. */
  readonly sizes: Readonly<Record<string, readonly number[]>>;
}

const SIZES: ReadonlyMap<string, VmSize> = new Map(
  Object.values<Series>(table.series).flatMap(({ architecture, ephemeralOsDisk, endsOn, sizes }) =>
    Object.entries(sizes).map(([name, [vcpus = 0, , cacheGib = 0, temporaryGib = 0]]): [string, VmSize] => [
      name.toLowerCase(),
      {
        name,
        vcpus,
        ephemeralOsDiskGib: ephemeralOsDisk ? Math.max(cacheGib, temporaryGib) : 0,
        architecture,
        endsOn,
      },
    ]),
  ),
);

/** Undefined: the table has no such size. Azure compares names without regard to case. */
export function findVmSize(name: string): VmSize | undefined {
  return SIZES.get(name.toLowerCase());
}

/** Names of the table that look most like a name it lacks: the same family and vCPUs, newest series first. */
export function similarVmSizes(name: string): string[] {
  const start = /^standard_[a-z]+\d+/i.exec(name)?.[0].toLowerCase() ?? "";
  return [...SIZES.values()]
    .map((size) => size.name)
    .filter((known) => start !== "" && new RegExp(`^${start}(?!\\d)`, "i").test(known))
    .sort((one, other) => seriesOf(other) - seriesOf(one))
    .slice(0, 4);
}

function seriesOf(name: string): number {
  return Number(/_v(\d+)$/.exec(name)?.[1] ?? 1);
}
