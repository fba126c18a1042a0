/** IP addresses and networks as older fields take them (k8s.io/apimachinery, pkg/util/validation/ip.go). */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

import type { Field } from "./field";

export function validateAddress(field: Field): void {
  if (isAddress(field.text)) return;
  field.invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)", field.text);
}

export function validateNetwork(field: Field, text = field.text): void {
  if (parseNetwork(text) !== undefined) return;
  field.invalid("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)", text);
}

/** Older fields take leading zeros, which Node's parser does not. */
export function isAddress(text: string): boolean {
  return isIP(plain(text)) !== 0;
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

export function parseNetwork(text: string): Network | undefined {
  const [address = "", bits = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d+$/.test(bits)) return undefined;
  const host = plain(address);
  if (isIPv4(host) && Number(bits) <= 32) return { address: host, bits: Number(bits), family: "ipv4" };
  return isIPv6(host) && Number(bits) <= 128
    ? { address: host, bits: Number(bits), family: "ipv6" }
    : undefined;
}

export function isStrictlyWithin(inner: Network, outer: Network): boolean {
  if (inner.family !== outer.family || inner.bits <= outer.bits) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.bits, outer.family);
  return block.check(inner.address, inner.family);
}

const SPECIAL: readonly (readonly [string, number, string])[] = [
  ["127.0.0.0", 8, "may not be in the loopback range (127.0.0.0/8, ::1/128)"],
  ["::1", 128, "may not be in the loopback range (127.0.0.0/8, ::1/128)"],
  ["169.254.0.0", 16, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"],
  ["fe80::", 10, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"],
  ["224.0.0.0", 24, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"],
  ["ff02::", 16, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"],
];

/** Addresses that traffic from outside may have (pkg/apis/core/validation: ValidateEndpointIP). */
export function validateReachable(field: Field): void {
  const text = plain(field.text);
  if (text === "0.0.0.0" || text === "::") field.invalid(`may not be unspecified (${field.text})`);
  const family = isIPv4(text) ? "ipv4" : "ipv6";
  for (const [address, bits, message] of SPECIAL) {
    if ((isIPv4(address) ? "ipv4" : "ipv6") !== family) continue;
    const block = new BlockList();
    block.addSubnet(address, bits, family);
    if (block.check(text, family)) field.invalid(message);
  }
}

function plain(address: string): string {
  return address.includes(":") ? address : address.replace(/(^|\.)0+(?=\d)/g, "$1");
}
