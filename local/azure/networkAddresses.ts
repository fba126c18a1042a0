/** Public addresses of the emulated Azure: ranges in which nothing on the Internet answers. */
import { parseAddress, parseCidr, type Cidr } from "./cidr";
import { formatAddress } from "./networkParts";
import type { AzureCloud } from "./resourceType";
import { text } from "../provider/values";

export const PUBLIC_ADDRESS = "Microsoft.Network/publicIPAddresses";
export const PUBLIC_PREFIX = "Microsoft.Network/publicIPPrefixes";

/** For documentation (RFC 5737), then for benchmarks (RFC 2544). A cluster's own load balancers have 203.0.113.0/24. */
const SINGLE = ["198.51.100.0/24", "198.18.0.0/16"];
const PREFIXES = ["192.0.2.0/24", "198.19.0.0/16"];

/** The lowest address that nobody has, inside of a prefix where the address comes from one. */
export function allocateAddress(cloud: AzureCloud, prefix: string | undefined): string | undefined {
  const taken = new Set(
    cloud.store.list({ type: PUBLIC_ADDRESS }).map(({ properties }) => text(properties, "ipAddress")),
  );
  for (const range of ranges(prefix === undefined ? SINGLE : [prefix])) {
    const first = prefix === undefined ? range.first + 4 : range.first;
    for (let address = first; address <= range.last; address++) {
      const found = formatAddress(address);
      if (!taken.has(found)) return found;
    }
  }
  return undefined;
}

/** The lowest range of a size that overlaps no other prefix. */
export function allocatePrefix(cloud: AzureCloud, prefixLength: number): string {
  const taken = cloud.store
    .list({ type: PUBLIC_PREFIX })
    .flatMap(({ properties }) => parseCidr(text(properties, "ipPrefix") ?? "") ?? []);
  const size = 2 ** (32 - prefixLength);
  for (const range of ranges(PREFIXES)) {
    for (let first = range.first; first + size - 1 <= range.last; first += size) {
      const isFree = taken.every((other) => first > other.last || first + size - 1 < other.first);
      if (isFree) return `${formatAddress(first)}/${prefixLength}`;
    }
  }
  throw new Error(
    `no public range of /${prefixLength} is left in ${PREFIXES.join(", ")}: delete a PublicIPPrefix`,
  );
}

/** A name in the public DNS for an address with a label. */
export function addressName(label: string, region: string): string {
  return `${label.toLowerCase()}.${region}.cloudapp.azure.com`;
}

export function isAddress(value: string): boolean {
  return parseAddress(value) !== undefined;
}

function ranges(prefixes: readonly string[]): Cidr[] {
  return prefixes.flatMap((prefix) => parseCidr(prefix) ?? []);
}
