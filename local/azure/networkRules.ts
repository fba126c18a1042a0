/** Rules of network security groups. */
import type { CloudRecord } from "../cloud/store";
import type { JsonObject, ProviderError } from "../provider/backend";
import { number, objects, strings, text } from "../provider/values";
import { parseAddress, parseCidr } from "./cidr";
import { badRequest, refuseDuplicateNames } from "./networkParts";
import { refusal, type Operation } from "./resourceType";

/** https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules */
export function refuseRules({ id, inputs }: Operation): ProviderError | undefined {
  const rules = objects(inputs, "securityRules");
  const taken = new Map<string, string>();
  for (const rule of rules) {
    const found = refuseRule(rule) ?? refuseConflict(rule, taken);
    if (found !== undefined) return found;
  }
  return refuseDuplicateNames(id, rules);
}

function refuseConflict(rule: JsonObject, taken: Map<string, string>): ProviderError | undefined {
  const name = text(rule, "name") ?? "";
  const place = `${text(rule, "direction") ?? ""}/${number(rule, "priority") ?? ""}`.toLowerCase();
  const other = taken.get(place);
  taken.set(place, name);
  if (other === undefined) return undefined;
  return refusal(
    "SecurityRuleConflict",
    `Security rule ${name} conflicts with rule ${other}. Rules cannot have the same Priority and Direction. To ` +
      "learn more about security rules, see aka.ms/nsgrules.",
  );
}

function refuseRule(rule: JsonObject): ProviderError | undefined {
  const name = text(rule, "name") ?? "";
  const priority = number(rule, "priority");
  if (priority === undefined || priority < 100 || priority > 4096) {
    return refusal(
      "SecurityRuleInvalidPriority",
      `Security rule has invalid Priority. Value provided: ${priority ?? "(null)"} Allowed range 100-4096. (${name})`,
    );
  }
  const port = portsOf(rule).find((range) => !isPortRange(range));
  if (port !== undefined) {
    return refusal(
      "SecurityRuleInvalidPortRange",
      `Security rule has invalid Port range. Value provided: ${port}. Value should be an integer OR integer range ` +
        `with '-' delimiter. Valid range 0-65535. (${name})`,
    );
  }
  const address = ["source", "destination"]
    .flatMap((side) => addressesOf(rule, side))
    .find((prefix) => !isAddressPrefix(prefix));
  if (address !== undefined) {
    return refusal(
      "SecurityRuleInvalidAddressPrefix",
      `Security rule has invalid Address prefix. Value provided: ${address} (${name})`,
    );
  }
  return refuseOpenEnds(name, rule);
}

/** Each end of a rule names addresses or application security groups, and ports. */
function refuseOpenEnds(name: string, rule: JsonObject): ProviderError | undefined {
  for (const side of ["source", "destination"] as const) {
    const groups = objects(rule, `${side}ApplicationSecurityGroups`).length;
    if (addressesOf(rule, side).length === 0 && groups === 0) {
      return badRequest(`Security rule ${name} has no ${side} address prefix.`);
    }
    const ports = [...strings(rule, `${side}PortRanges`), text(rule, `${side}PortRange`) ?? ""].filter(
      Boolean,
    );
    if (ports.length === 0) return badRequest(`Security rule ${name} has no ${side} port range.`);
  }
  return undefined;
}

function portsOf(rule: JsonObject): string[] {
  return ["source", "destination"].flatMap((side) => [
    ...strings(rule, `${side}PortRanges`),
    ...[text(rule, `${side}PortRange`)].filter((range) => range !== undefined),
  ]);
}

function addressesOf(rule: JsonObject, side: string): string[] {
  const single = text(rule, `${side}AddressPrefix`);
  return [...strings(rule, `${side}AddressPrefixes`), ...(single === undefined ? [] : [single])];
}

function isPortRange(range: string): boolean {
  if (range === "*") return true;
  const [low, high = low] = range.split("-").map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  return low !== undefined && high !== undefined && low <= high && high <= 65535;
}

/** An address, a range, or a service tag such as `AzureCloud.WestUS2`. */
function isAddressPrefix(prefix: string): boolean {
  if (prefix === "*" || prefix.includes(":")) return true;
  if (/^\d/.test(prefix)) return parseCidr(prefix) !== undefined || parseAddress(prefix) !== undefined;
  return /^[A-Za-z][\w.]*$/.test(prefix);
}

interface NeededRule {
  readonly direction: "Inbound" | "Outbound";
  readonly tag: string;
  readonly ports: readonly string[];
}

/** https://learn.microsoft.com/azure/bastion/bastion-nsg: what Azure checks before it takes the group. */
const BASTION_RULES: readonly NeededRule[] = [
  { direction: "Inbound", tag: "Internet", ports: ["443"] },
  { direction: "Inbound", tag: "GatewayManager", ports: ["443"] },
  { direction: "Outbound", tag: "VirtualNetwork", ports: ["22", "3389"] },
  { direction: "Outbound", tag: "AzureCloud", ports: ["443"] },
];

/** The first rule that a bastion's subnet needs and the group lacks, in words. */
export function missingBastionRule(group: CloudRecord): string | undefined {
  const allowed = objects(group.properties, "securityRules").filter(
    (rule) => text(rule, "access") === "Allow",
  );
  const missing = BASTION_RULES.find(
    (needed) => !needed.ports.every((port) => allowed.some((rule) => covers(rule, needed, port))),
  );
  return missing === undefined
    ? undefined
    : `${missing.direction} ${missing.tag} ${missing.ports.join(" and ")}`;
}

function covers(rule: JsonObject, { direction, tag }: NeededRule, port: string): boolean {
  if (text(rule, "direction") !== direction) return false;
  const addresses = addressesOf(rule, direction === "Inbound" ? "source" : "destination");
  const ports = [...strings(rule, "destinationPortRanges"), text(rule, "destinationPortRange") ?? ""];
  return (
    addresses.some((address) => address === "*" || address.toLowerCase() === tag.toLowerCase()) &&
    ports.some((range) => range === "*" || within(Number(port), range))
  );
}

function within(port: number, range: string): boolean {
  const [low = NaN, high = low] = range.split("-").map(Number);
  return port >= low && port <= high;
}
