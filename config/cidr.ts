/** An IPv4 network: its first address and the one after its last, as numbers. */
export interface Network {
  readonly first: number;
  readonly end: number;
  readonly prefixLength: number;
}

/**
 * Reads IPv4 CIDR notation.
 * @throws Error where the text is not a network address with a prefix length (`10.0.0.1/16` has host bits set).
 */
export function parseCidr(text: string): Network {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) throw new Error(`"${text}" is not an IPv4 network in CIDR notation`);
  const [a, b, c, d, prefixLength] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((octet) => octet > 255) || prefixLength > 32) {
    throw new Error(`"${text}" is not an IPv4 network in CIDR notation`);
  }
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefixLength);
  if (first % size !== 0) throw new Error(`"${text}" has host bits set beyond /${prefixLength}`);
  return { first, end: first + size, prefixLength };
}

/** True where the two networks share an address. */
export function overlap(a: Network, b: Network): boolean {
  return a.first < b.end && b.first < a.end;
}

/** The address `offset` places after the network's first. */
export function addressAt(network: Network, offset: number): string {
  const address = network.first + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
