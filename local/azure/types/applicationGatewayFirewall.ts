import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { each, number, objects, text } from "../../provider/values";
import { inGroup, nameOf, sameId } from "../ids";
import { badRequest, NETWORK_API, stateOutputs } from "../networkParts";
import { describeTypes, type AzureCloud, type Deletion, type Operation } from "../resourceType";
import { refuseCustomRules } from "./firewallRules";

const POLICY = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies";
const GATEWAY = "Microsoft.Network/applicationGateways";
const AGC_POLICY = "Microsoft.ServiceNetworking/trafficControllers/securityPolicies";

/** https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules */
const CORE: Readonly<Record<string, readonly string[]>> = {
  OWASP: ["2.2.9", "3.0", "3.1", "3.2"],
  Microsoft_DefaultRuleSet: ["2.1", "2.2"],
};
const ADDITIONAL: Readonly<Record<string, readonly string[]>> = {
  Microsoft_BotManagerRuleSet: ["0.1", "1.0", "1.1"],
  Microsoft_HTTPDDoSRuleSet: ["1.0"],
};

export const firewallPolicies = describeTypes({
  token: "network:WebApplicationFirewallPolicy",
  shape: inGroup(POLICY, "policyName"),
  apiVersion: NETWORK_API,
  autoName: "random",
  // The spec's maxLength; the rule of Microsoft.Network for the rest.
  name: { pattern: /^[A-Za-z0-9]([-\w.]*\w)?$/, minLength: 1, maxLength: 128 },
  required: ["managedRules"],
  defaults: () => ({
    customRules: [],
    policySettings: {
      fileUploadLimitInMb: 100,
      maxRequestBodySizeInKb: 128,
      mode: "Detection",
      requestBodyCheck: true,
      requestBodyInspectLimitInKB: 128,
      state: "Disabled",
    },
  }),
  computed: [
    "applicationGatewayForContainers",
    "applicationGateways",
    "etag",
    "httpListeners",
    "pathBasedRules",
    "provisioningState",
    "resourceState",
  ],
  compute: () => ({
    ...stateOutputs(),
    applicationGatewayForContainers: [],
    applicationGateways: [],
    httpListeners: [],
    pathBasedRules: [],
    resourceState: "Enabled",
  }),
  seconds: { create: 5, update: 20, delete: 10 },
  refuse: [refuseManagedRules, refuseCustom, refuseSettings],
  refuseDelete: [refuseInUse],
  live: (cloud, record) => ({
    applicationGateways: idsOf(gatewaysOf(cloud, record)),
    applicationGatewayForContainers: idsOf(containersOf(cloud, record)),
    httpListeners: listenersOf(cloud, record),
  }),
});

interface Reference extends JsonObject {
  id: string;
}

const idsOf = (records: readonly CloudRecord[]): Reference[] => records.map(({ id }) => ({ id }));

function gatewaysOf(cloud: AzureCloud, { id }: CloudRecord): CloudRecord[] {
  return cloud.store
    .list({ type: GATEWAY })
    .filter(({ properties }) => sameId(text(properties, "firewallPolicy.id") ?? "", id));
}

function containersOf(cloud: AzureCloud, { id }: CloudRecord): CloudRecord[] {
  return cloud.store
    .list({ type: AGC_POLICY })
    .filter(({ properties }) => sameId(text(properties, "wafPolicy.id") ?? "", id));
}

function listenersOf(cloud: AzureCloud, { id }: CloudRecord): Reference[] {
  return cloud.store
    .list({ type: GATEWAY })
    .flatMap(({ properties }) => objects(properties, "httpListeners"))
    .filter((listener) => sameId(text(listener, "firewallPolicy.id") ?? "", id))
    .map((listener) => ({ id: text(listener, "id") ?? "" }));
}

function invalid(reason: string): ProviderError {
  return badRequest(reason);
}

function refuseManagedRules({ inputs, id }: Operation): ProviderError | undefined {
  const sets = objects(inputs, "managedRules.managedRuleSets");
  const typeOf = (set: JsonObject): string => text(set, "ruleSetType") ?? "";
  const cores = sets.filter((set) => CORE[typeOf(set)] !== undefined);
  if (cores.length !== 1) {
    return invalid(
      `Policy ${id} must have exactly one of the managed rule sets ${Object.keys(CORE).join(" and ")}, got ` +
        `[${sets.map(typeOf).join(", ")}].`,
    );
  }
  const unknown = sets.find((set) => {
    const versions = CORE[typeOf(set)] ?? ADDITIONAL[typeOf(set)];
    return !(versions ?? []).includes(text(set, "ruleSetVersion") ?? "");
  });
  return unknown === undefined
    ? undefined
    : invalid(
        `The managed rule set ${typeOf(unknown)} ${text(unknown, "ruleSetVersion") ?? ""} of ${id} is not supported.`,
      );
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/rate-limiting-overview */
function refuseCustom({ inputs }: Operation): ProviderError | undefined {
  return refuseCustomRules(objects(inputs, "customRules"), invalid, {
    isUnlimited: (rule) =>
      number(rule, "rateLimitThreshold") === undefined ||
      text(rule, "rateLimitDuration") === undefined ||
      each(rule, "groupByUserSession[]").length === 0,
    needs: "rateLimitThreshold, rateLimitDuration and groupByUserSession",
    mostPriority: 100,
  });
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-request-size-limits */
function refuseSettings({ inputs }: Operation): ProviderError | undefined {
  const limits: readonly (readonly [path: string, least: number, most: number])[] = [
    ["policySettings.maxRequestBodySizeInKb", 8, 2000],
    ["policySettings.fileUploadLimitInMb", 1, 4000],
  ];
  for (const [path, least, most] of limits) {
    const value = number(inputs, path);
    if (value !== undefined && (value < least || value > most)) {
      return invalid(`${path} must be between ${least} and ${most}, got ${value}.`);
    }
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview: an associated policy stays. */
function refuseInUse({ cloud, record }: Deletion): ProviderError | undefined {
  const users = [
    ...idsOf(gatewaysOf(cloud, record)),
    ...listenersOf(cloud, record),
    ...idsOf(containersOf(cloud, record)),
  ];
  const [user] = users;
  return user === undefined
    ? undefined
    : badRequest(
        `Web application firewall policy ${nameOf(record.id)} cannot be deleted because it is in use by ${user.id}.`,
      );
}
