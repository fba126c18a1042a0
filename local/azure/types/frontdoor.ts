import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { number, objects, text } from "../../provider/values";
import { inGroup, nameOf, sameId } from "../ids";
import { describeTypes, type AzureCloud, type Deletion, type Operation } from "../resourceType";
import { badRequest, refuseRange, refuseRegion, SECURITY_POLICY } from "./cdnParts";
import { refuseCustomRules } from "./firewallRules";

/** https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs#drs-rule-groups-and-rules */
const RULE_SETS: Readonly<Record<string, readonly string[]>> = {
  Microsoft_DefaultRuleSet: ["1.1", "2.0", "2.1", "2.2"],
  DefaultRuleSet: ["1.0", "preview-0.1"],
  Microsoft_BotManagerRuleSet: ["1.0", "1.1"],
  BotProtection: ["preview-0.1"],
};

const SKUS = ["Standard_AzureFrontDoor", "Premium_AzureFrontDoor"];

export const frontdoor = describeTypes({
  token: "frontdoor:Policy",
  shape: inGroup("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", "policyName"),
  apiVersion: "2025-11-01",
  autoName: "random",
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork
  name: { pattern: /^[A-Za-z][A-Za-z0-9]*$/, minLength: 1, maxLength: 128 },
  defaults: () => ({
    customRules: { rules: [] },
    managedRules: { managedRuleSets: [] },
    policySettings: { enabledState: "Enabled", mode: "Detection", requestBodyCheck: "Enabled" },
  }),
  computed: [
    "etag",
    "frontendEndpointLinks",
    "provisioningState",
    "resourceState",
    "routingRuleLinks",
    "securityPolicyLinks",
  ],
  compute: () => ({
    etag: `"${randomUUID()}"`,
    frontendEndpointLinks: [],
    provisioningState: "Succeeded",
    resourceState: "Enabled",
    routingRuleLinks: [],
    securityPolicyLinks: [],
  }),
  seconds: { create: 8, update: 8, delete: 8 },
  refuse: [refuseRegion, refuseSku, refuseManagedRules, refuseCustom, refuseSettings],
  refuseDelete: [refuseLinked],
  live: (cloud, record) => ({ securityPolicyLinks: linksOf(cloud, record).map(({ id }) => ({ id })) }),
});

function linksOf(cloud: AzureCloud, policy: CloudRecord): CloudRecord[] {
  return cloud.store
    .list({ type: SECURITY_POLICY })
    .filter(({ properties }) => sameId(text(properties, "parameters.wafPolicy.id") ?? "", policy.id));
}

function invalid(reason: string): ProviderError {
  return badRequest(`WebApplicationFirewallPolicy validation failed. More information "${reason}".`);
}

/** The classic tier takes nothing new since 2025-04-01 (https://learn.microsoft.com/azure/frontdoor/classic-retirement-faq). */
function refuseSku({ inputs, existing }: Operation): ProviderError | undefined {
  const sku = text(inputs, "sku.name") ?? "Classic_AzureFrontDoor";
  if (!SKUS.includes(sku))
    return invalid(`The SKU ${sku} takes no new policies. Allowed: ${SKUS.join(", ")}.`);
  const before = text(existing?.properties, "sku.name");
  return before === undefined || before === sku
    ? undefined
    : invalid(`The SKU of a policy cannot be changed from ${before} to ${sku}.`);
}

/** Azure/azure-cli#24148 for the text; MicrosoftDocs/azure-docs#97170: Standard has no managed rules. */
function refuseManagedRules({ inputs }: Operation): ProviderError | undefined {
  const sets = objects(inputs, "managedRules.managedRuleSets");
  if (sets.length > 0 && text(inputs, "sku.name") !== "Premium_AzureFrontDoor") {
    return invalid("Managed rule sets are only supported with the SKU Premium_AzureFrontDoor.");
  }
  const isUnknown = (set: JsonObject): boolean =>
    !(RULE_SETS[text(set, "ruleSetType") ?? ""] ?? []).includes(text(set, "ruleSetVersion") ?? "");
  const defaults = sets.filter((set) => /DefaultRuleSet$/.test(text(set, "ruleSetType") ?? ""));
  if (sets.some(isUnknown) || defaults.length > 1) {
    return invalid("Managed rule set types or versions are not compatible.");
  }
  // Azure/azure-cli-extensions#9049: from 2.0 on the set counts a score, and an action is said for the whole set.
  const silent = defaults.find(
    (set) => text(set, "ruleSetVersion")?.startsWith("2.") && text(set, "ruleSetAction") === undefined,
  );
  return silent === undefined
    ? undefined
    : invalid(
        `ruleSetAction is required for ${text(silent, "ruleSetType") ?? ""} ${text(silent, "ruleSetVersion") ?? ""}.`,
      );
}

function refuseCustom({ inputs }: Operation): ProviderError | undefined {
  const rules = objects(inputs, "customRules.rules");
  return refuseCustomRules(rules, invalid, {
    isUnlimited: (rule) => number(rule, "rateLimitThreshold") === undefined,
    needs: "rateLimitThreshold",
    mostPriority: 1000,
  });
}

/** https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-configure-custom-response-code */
function refuseSettings({ inputs }: Operation): ProviderError | undefined {
  const path = "policySettings.customBlockResponseStatusCode";
  const status = number(inputs, path);
  const isAllowed =
    status === undefined || [200, 403, 405, 406, 429].includes(status) || (status >= 990 && status <= 999);
  if (!isAllowed)
    return invalid(
      `customBlockResponseStatusCode must be 200, 403, 405, 406, 429 or 990 to 999, got ${status}.`,
    );
  const expiry = "policySettings.javascriptChallengeExpirationInMinutes";
  return refuseRange(expiry, number(inputs, expiry), 5, 1440);
}

/** https://learn.microsoft.com/azure/web-application-firewall/afds/waf-faq: an associated policy cannot be deleted. */
function refuseLinked({ cloud, record }: Deletion): ProviderError | undefined {
  const [link] = linksOf(cloud, record);
  return link === undefined
    ? undefined
    : badRequest(
        `The web application firewall policy '${nameOf(record.id)}' cannot be deleted because it is linked to the ` +
          `security policy ${link.id}.`,
      );
}
