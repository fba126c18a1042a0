/** What Azure refuses about firewalls and their policies. */
import type { JsonObject, ProviderError } from "../provider/backend";
import { flag, list, number, objects, strings, text } from "../provider/values";
import { parseAddress, parseCidr } from "./cidr";
import { nameOf, ownerIdOf, sameId } from "./ids";
import { badRequest, refuseDuplicateNames, refuseSpecialSubnet } from "./networkParts";
import { refusal, type Operation } from "./resourceType";

const TIERS = ["Basic", "Standard", "Premium"] as const;

/** https://learn.microsoft.com/azure/firewall/firewall-faq and firewall-known-issues */
export function refuseFirewall(operation: Operation): ProviderError | undefined {
  const { inputs, id } = operation;
  const configurations = objects(inputs, "ipConfigurations");
  const subnets = configurations.flatMap((configuration) => text(configuration, "subnet.id") ?? []);
  const hub = text(inputs, "sku.name") === "AZFW_Hub";
  if (!hub && subnets.length !== 1) {
    return badRequest(
      `Azure Firewall ${id} must have exactly one IP configuration with a subnet, got ${subnets.length}.`,
    );
  }
  for (const subnet of subnets) {
    const found = refuseSpecialSubnet(operation, subnet, "AzureFirewallSubnet", 26);
    if (found !== undefined) return found;
  }
  return refuseManagement(operation) ?? refusePolicyOfFirewall(operation);
}

/** https://learn.microsoft.com/azure/firewall/management-nic: Basic has no way to its control plane without it. */
function refuseManagement(operation: Operation): ProviderError | undefined {
  const { inputs, id } = operation;
  const subnet = text(inputs, "managementIpConfiguration.subnet.id");
  if (subnet !== undefined)
    return refuseSpecialSubnet(operation, subnet, "AzureFirewallManagementSubnet", 26);
  return text(inputs, "sku.tier") === "Basic"
    ? badRequest(
        `Azure Firewall ${id} of the Basic tier must have a managementIpConfiguration with a subnet.`,
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/firewall-manager/policy-overview: a policy serves its own tier and those above. */
function refusePolicyOfFirewall({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const policyId = text(inputs, "firewallPolicy.id");
  if (policyId === undefined) return undefined;
  const classic = ["applicationRuleCollections", "natRuleCollections", "networkRuleCollections"].find(
    (key) => list(inputs, key).length > 0,
  );
  if (classic !== undefined) {
    return badRequest(
      `Azure Firewall ${id} has a firewallPolicy and ${classic}; only one of them is allowed.`,
    );
  }
  const own = tierOf(inputs);
  const policy = tierOf(cloud.store.get(policyId)?.properties ?? {});
  return TIERS.indexOf(policy) <= TIERS.indexOf(own)
    ? undefined
    : badRequest(
        `Firewall policy ${policyId} of the ${policy} tier cannot be attached to Azure Firewall ${id} of the ${own} tier.`,
      );
}

function tierOf(properties: JsonObject): (typeof TIERS)[number] {
  const tier = text(properties, "sku.tier");
  return TIERS.find((known) => known === tier) ?? "Standard";
}

/** Azure/missionlz#736 and https://learn.microsoft.com/azure/firewall/choose-firewall-sku */
export function refusePolicyTier({ inputs, id }: Operation): ProviderError | undefined {
  const tier = tierOf(inputs);
  const used: readonly (readonly [what: string, least: (typeof TIERS)[number], used: boolean])[] = [
    ["Intrusion Detection", "Premium", inputs["intrusionDetection"] !== undefined],
    ["Transport Security", "Premium", inputs["transportSecurity"] !== undefined],
    ["DNS Proxy", "Standard", flag(inputs, "dnsSettings.enableProxy")],
    ["Threat Intelligence mode Deny", "Standard", text(inputs, "threatIntelMode") === "Deny"],
  ];
  const tooHigh = used
    .filter(([, least, isUsed]) => isUsed && TIERS.indexOf(least) > TIERS.indexOf(tier))
    .map(([what]) => what);
  return tooHigh.length === 0
    ? undefined
    : refusal(
        "FirewallPolicyHigherTierOnlyProperties",
        `Firewall Policy ${nameOf(id)} contains higher tier only properties - ${tooHigh.join(", ")}`,
      );
}

/**
 * The rules: https://learn.microsoft.com/azure/firewall/policy-rule-sets. The codes are formed as those of the rules
 * below are (`FirewallPolicyRuleConditionInvalid…`, Azure/azure-rest-api-specs#11831): no public thread shows them.
 */
export function refuseRuleCollections({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const policyId = ownerIdOf(id) ?? "";
  const priority = number(inputs, "priority");
  if (priority === undefined || priority < 100 || priority > 65000) {
    return refusal(
      "FirewallPolicyRuleCollectionGroupInvalidPriorityValue",
      `Invalid Rule Collection Group ${nameOf(id)}. Invalid priority value ${priority ?? "(null)"}, must be between ` +
        "100 and 65000",
    );
  }
  const other = cloud.store
    .list({ type: "Microsoft.Network/firewallPolicies/ruleCollectionGroups", under: policyId })
    .find((group) => !sameId(group.id, id) && number(group.properties, "priority") === priority);
  if (other !== undefined) {
    return refusal(
      "FirewallPolicyRuleCollectionGroupPrioritiesMustBeUnique",
      `Invalid Firewall Policy ${nameOf(policyId)}. Priority ${priority} used for more than one rule collection ` +
        `group. (${nameOf(other.id)} and ${nameOf(id)})`,
    );
  }
  const collections = objects(inputs, "ruleCollections");
  const policy = cloud.store.get(policyId)?.properties ?? {};
  return (
    refuseCollectionPriorities(id, collections) ??
    refuseDuplicateNames(id, collections) ??
    refuseRuleTier(id, collections, tierOf(policy))
  );
}

function refuseCollectionPriorities(
  id: string,
  collections: readonly JsonObject[],
): ProviderError | undefined {
  const priorities = collections.map((collection) => number(collection, "priority"));
  const twice = priorities.find((priority, index) => priorities.indexOf(priority) < index);
  return twice === undefined
    ? undefined
    : refusal(
        "FirewallPolicyRuleCollectionGroupRuleCollectionPrioritiesMustBeUnique",
        `Invalid Rule Collection Group ${nameOf(id)}. Priority ${twice} used for more than one rule collection.`,
      );
}

/** URLs and TLS inspection are for the Premium tier (https://learn.microsoft.com/azure/firewall/premium-features). */
function refuseRuleTier(
  id: string,
  collections: readonly JsonObject[],
  tier: string,
): ProviderError | undefined {
  if (tier === "Premium") return undefined;
  const rules = collections.flatMap((collection) => objects(collection, "rules"));
  const rule = rules.find((item) => flag(item, "terminateTLS") || strings(item, "targetUrls").length > 0);
  return rule === undefined
    ? undefined
    : refusal(
        "FirewallPolicyHigherTierOnlyProperties",
        `Firewall Policy rule ${text(rule, "name") ?? ""} of ${nameOf(id)} contains higher tier only properties - ` +
          "TerminateTLS or TargetUrls",
      );
}

/** https://learn.microsoft.com/azure/firewall/ip-groups */
export function refuseIpGroup({ inputs, id }: Operation): ProviderError | undefined {
  const addresses = strings(inputs, "ipAddresses");
  const bad = addresses.find((address) => !isRange(address));
  if (bad !== undefined) return refusal("InvalidAddressPrefixFormat", `IP Prefix ${bad} is invalid.`);
  return addresses.length <= 5000
    ? undefined
    : badRequest(`IpGroup ${nameOf(id)} has ${addresses.length} addresses, at most 5000 are allowed.`);
}

/** An address, a range in CIDR notation, or `first-last`. */
function isRange(value: string): boolean {
  const [first = "", last = first] = value.split("-");
  return parseCidr(value) !== undefined || [first, last].every((part) => parseAddress(part) !== undefined);
}
