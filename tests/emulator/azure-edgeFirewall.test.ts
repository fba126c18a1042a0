import type { JsonObject } from "../../local/provider/backend";
import { at, text } from "../../local/provider/values";
import type { Azure } from "./azure-support";
import { FrontDoor, STANDARD_TIER, type Made } from "./support/edge";

let door: FrontDoor;
let azure: Azure;

beforeEach(async () => {
  door = await FrontDoor.start();
  ({ azure } = door);
});

const make = (token: string, inputs: JsonObject): Promise<Made> => door.make(token, inputs);
const route = (changes: JsonObject = {}): Promise<Made> => door.route(changes);
const policy = (name: string, changes: JsonObject = {}): Promise<Made> => door.policy(name, changes);

const ruleSet = (type: string, version: string, action?: string): JsonObject => ({
  managedRules: {
    managedRuleSets: [
      {
        ruleSetType: type,
        ruleSetVersion: version,
        ...(action === undefined ? {} : { ruleSetAction: action }),
      },
    ],
  },
});

test.each<[what: string, create: () => Promise<unknown>, message: string]>([
  [
    "a managed rule set in Standard",
    () => policy("a", { sku: STANDARD_TIER, ...ruleSet("Microsoft_DefaultRuleSet", "2.1", "Block") }),
    "only supported with the SKU Premium_AzureFrontDoor",
  ],
  [
    "a version that is not there",
    () => policy("a", ruleSet("Microsoft_DefaultRuleSet", "9.9", "Block")),
    "Managed rule set types or versions are not compatible",
  ],
  [
    "rules without an action",
    () => policy("a", ruleSet("Microsoft_DefaultRuleSet", "2.1")),
    "ruleSetAction is required",
  ],
  ["a policy with a dash", () => policy("a-b"), "'policyName' does not match"],
  [
    "a rate limit without a limit",
    () => policy("a", { customRules: { rules: [{ ...custom("rate", 1), ruleType: "RateLimitRule" }] } }),
    "needs rateLimitThreshold",
  ],
  [
    "two rules of one priority",
    () => policy("a", { customRules: { rules: [custom("one", 1), custom("two", 1)] } }),
    "Two custom rules have the priority 1",
  ],
])("a web application firewall refuses %s", async (_what, create, message) => {
  await expect(create()).rejects.toThrow(message);
});

describe("a web application firewall", () => {
  const guard = (name: string, wafPolicy: Made, domain = door.parts.endpoint.id): Promise<Made> =>
    make("SecurityPolicy", {
      securityPolicyName: name,
      parameters: {
        ...{ type: "WebApplicationFirewall", wafPolicy: { id: wafPolicy.id } },
        associations: [{ domains: [{ id: domain }], patternsToMatch: ["/*"] }],
      },
    });

  test("guards a domain once, and stays while it does", async () => {
    const firewall = await policy("waf");
    const security = await guard("waf", firewall);
    expect(at((await azure.read("frontdoor:Policy", firewall))?.outputs, "securityPolicyLinks")).toEqual([
      { id: security.id },
    ]);
    await expect(guard("second", firewall)).rejects.toThrow(
      "already associated with the security policy 'waf'",
    );
    await expect(azure.delete("frontdoor:Policy", firewall.id)).rejects.toThrow(
      "is linked to the security policy",
    );
    await azure.delete("cdn:SecurityPolicy", security.id);
    await azure.delete("frontdoor:Policy", firewall.id);
    expect(azure.store.get(firewall.id)).toBeUndefined();
  });

  test("is of the tier of its profile", async () => {
    const firewall = await policy("std", { sku: STANDARD_TIER });
    await expect(guard("waf", firewall)).rejects.toThrow("does not match the SKU Premium_AzureFrontDoor");
  });
});

test("a domain is proven by its token in DNS, taken once, and stays while a route has it", async () => {
  const domain = await make("AFDCustomDomain", { customDomainName: "api", hostName: "api.example.com" });
  expect(domain.outputs["domainValidationState"]).toBe("Pending");
  await azure.create("dns:Zone", { resourceGroupName: "rg", zoneName: "example.com", location: "global" });
  await azure.create("dns:RecordSet", {
    ...{ resourceGroupName: "rg", zoneName: "example.com", recordType: "TXT", ttl: 300 },
    relativeRecordSetName: "_dnsauth.api",
    txtRecords: [{ value: [text(domain.outputs, "validationProperties.validationToken") ?? ""] }],
  });
  const read = await azure.read("cdn:AFDCustomDomain", domain);
  expect(read?.outputs["domainValidationState"]).toBe("Approved");
  const twin = make("AFDCustomDomain", { customDomainName: "twin", hostName: "API.example.com" });
  await expect(twin).rejects.toThrow("is already in use by profile 'fd'");
  await route({ customDomains: [{ id: domain.id }] });
  await expect(azure.delete("cdn:AFDCustomDomain", domain.id)).rejects.toThrow("still associated with");
});

function custom(name: string, priority: number): JsonObject {
  const matchConditions = [{ matchVariable: "RequestUri", operator: "Contains", matchValue: ["a"] }];
  return { name, priority, ruleType: "MatchRule", action: "Block", matchConditions };
}
