import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, list, number, objects, strings, text } from "../../provider/values";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import { describeTypes, type Deletion, type Operation } from "../resourceType";
import {
  badRequest,
  CDN_API,
  CHILD_COMPUTED,
  cdnName,
  childOutputs,
  PROFILE,
  profileOf,
  refuseOtherProfile,
  refuseRange,
  ROUTE,
  RULE,
  RULE_NAME,
  RULE_SET,
  SECURITY_POLICY,
  skuOf,
  usersOf,
} from "./cdnParts";

/** https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-front-door-standard-and-premium-service-limits */
const MOST = { conditions: 10, actions: 5, rules: 100 } as const;

const DOMAINS = "parameters.associations[].domains[].id";

export const rules = describeTypes(
  {
    token: "cdn:RuleSet",
    shape: inGroup(RULE_SET, "profileName", "ruleSetName"),
    apiVersion: CDN_API,
    autoName: "copy",
    name: RULE_NAME,
    located: false,
    computed: CHILD_COMPUTED,
    compute: childOutputs,
    seconds: { create: 8, update: 8, delete: 8 },
    refuseDelete: [refuseSetInUse],
  },
  {
    token: "cdn:Rule",
    shape: inGroup(RULE, "profileName", "ruleSetName", "ruleName"),
    apiVersion: CDN_API,
    autoName: "copy",
    name: RULE_NAME,
    located: false,
    references: [
      "actions[].parameters.originGroup.id",
      "actions[].parameters.originGroupOverride.originGroup.id",
    ],
    defaults: () => ({ conditions: [], matchProcessingBehavior: "Continue" }),
    computed: CHILD_COMPUTED,
    compute: childOutputs,
    seconds: { create: 10, update: 10, delete: 10 },
    refuse: [refuseRule],
  },
  {
    token: "cdn:SecurityPolicy",
    shape: inGroup(SECURITY_POLICY, "profileName", "securityPolicyName"),
    apiVersion: CDN_API,
    autoName: "copy",
    name: cdnName(260),
    located: false,
    references: ["parameters.wafPolicy.id", DOMAINS],
    computed: CHILD_COMPUTED,
    compute: childOutputs,
    seconds: { create: 20, update: 20, delete: 15 },
    refuse: [refuseFirewall, refuseOtherProfile(DOMAINS), refuseTakenDomains],
  },
  {
    token: "cdn:Secret",
    shape: inGroup(`${PROFILE}/secrets`, "profileName", "secretName"),
    apiVersion: CDN_API,
    autoName: "copy",
    name: cdnName(260),
    located: false,
    computed: CHILD_COMPUTED,
    compute: childOutputs,
    seconds: { create: 15, update: 15, delete: 10 },
  },
);

function refuseSetInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const [route] = usersOf(cloud, record.id, ROUTE, "ruleSets[].id");
  return route === undefined
    ? undefined
    : badRequest(
        `The rule set '${nameOf(record.id)}' cannot be deleted because it is associated with the route '${route.id}'.`,
      );
}

function refuseRule({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const actions = list(inputs, "actions").length;
  const siblings = cloud.store
    .list({ type: RULE, under: ownerIdOf(id) ?? "" })
    .filter((rule) => !sameId(rule.id, id));
  const order = number(inputs, "order") ?? 0;
  const twin = siblings.find(({ properties }) => (number(properties, "order") ?? 0) === order);
  if (twin !== undefined && order !== 0) {
    return badRequest(`The order ${order} of the rule is already used by the rule '${nameOf(twin.id)}'.`);
  }
  return (
    refuseRange("order", order, 0, Number.MAX_SAFE_INTEGER) ??
    refuseRange("the number of actions", actions, 1, MOST.actions) ??
    refuseRange("the number of conditions", list(inputs, "conditions").length, 0, MOST.conditions) ??
    refuseRange("the number of rules in a rule set", siblings.length + 1, 1, MOST.rules)
  );
}

/** https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-create-portal: the tiers must match. */
function refuseFirewall({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const policy = text(inputs, "parameters.wafPolicy.id");
  if (policy === undefined) return badRequest("The property 'parameters.wafPolicy' is required.");
  if (each(inputs, DOMAINS).length === 0) {
    return badRequest("A security policy must be associated with at least one domain.");
  }
  const [firewall, profile] = [text(cloud.store.get(policy)?.properties, "sku.name") ?? "", skuOf(cloud, id)];
  if (firewall !== profile) {
    return badRequest(
      `The SKU ${firewall} of the web application firewall policy ${nameOf(policy)} does not match the SKU ${profile} ` +
        `of the profile ${nameOf(profileOf(id))}.`,
    );
  }
  const pattern = objects(inputs, "parameters.associations")
    .flatMap((association) => strings(association, "patternsToMatch"))
    .find((found) => found !== "/*");
  return pattern === undefined
    ? undefined
    : badRequest(
        `The only pattern that an association of a security policy takes is '/*', got '${pattern}'.`,
      );
}

/** https://learn.microsoft.com/azure/frontdoor/how-to-configure-endpoints#add-security-policy: one policy a domain. */
function refuseTakenDomains({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const own = domainsOf(inputs);
  for (const other of cloud.store.list({ type: SECURITY_POLICY, under: profileOf(id) })) {
    const shared = domainsOf(other.properties).find((domain) => own.some((found) => sameId(found, domain)));
    if (shared !== undefined && !sameId(other.id, id)) {
      return badRequest(
        `The domain ${shared} is already associated with the security policy '${nameOf(other.id)}'.`,
      );
    }
  }
  return undefined;
}

function domainsOf(policy: JsonObject): string[] {
  return each(policy, DOMAINS).filter((domain) => typeof domain === "string");
}
