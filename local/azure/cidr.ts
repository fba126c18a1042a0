/** IPv4 ranges. */

export interface Cidr {
  readonly text: string;
  /** First and last address, as 32-bit numbers. */
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

/** @returns undefined for anything but an IPv4 range such as `10.0.0.0/16`. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text);
  const address = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  const prefixLength = Number(match?.[2]);
  if (address === undefined || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(address / size) * size;
  return { text, first, last: first + size - 1, prefixLength };
}

export function parseAddress(text: string): number | undefined {
  const octets = text.split(".").map(Number);
  if (octets.length !== 4 || octets.some((octet) => !Number.isInteger(octet) || octet < 0 || octet > 255)) {
    return undefined;
  }
  return octets.reduce((address, octet) => address * 256 + octet, 0);
}

export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.first <= right.last && right.first <= left.last;
}

export function includes(outer: Cidr, inner: Cidr): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Addresses that Azure leaves to a subnet's users: it keeps the first four and the last. */
export function usableAddresses(subnet: Cidr): number {
  return Math.max(0, subnet.last - subnet.first + 1 - 5);
}
