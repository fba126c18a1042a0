import type { JsonObject, ResourceState } from "../../local/provider/backend";
import { each } from "../../local/provider/values";
import { Azure, principalOf } from "./azure-support";
import { edgeSubnet } from "./support/edge";
import { make, rule, STANDARD } from "./support/networks";

type Made = ResourceState & { inputs: JsonObject };

const SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6";
const BLOCKED = "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup";
const DELEGATED = "Microsoft.Network/applicationGateways";
const MANAGERS = rule({
  name: "managers",
  sourceAddressPrefix: "GatewayManager",
  destinationPortRange: "65200-65535",
});

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

const subnet = (prefix: string, service: string | undefined, more: JsonObject = {}): Promise<string> =>
  edgeSubnet(azure, prefix, service, more);

describe("application gateways", () => {
  const firewall = (managedRuleSets: JsonObject[], more: JsonObject = {}): Promise<Made> =>
    azure.create("network:WebApplicationFirewallPolicy", {
      ...{ resourceGroupName: "rg", policyName: "waf", managedRules: { managedRuleSets }, ...more },
    });
  const DRS = { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" };

  /** Inputs that Azure takes, with a public frontend; `changes` are laid over them. */
  async function inputs(subnetId: string, changes: JsonObject = {}): Promise<JsonObject> {
    const address = await make(azure, "PublicIPAddress", "pip", STANDARD);
    return {
      ...{ resourceGroupName: "rg", applicationGatewayName: "gateway" },
      sku: { name: "Standard_v2", tier: "Standard_v2" },
      autoscaleConfiguration: { minCapacity: 0, maxCapacity: 10 },
      gatewayIPConfigurations: [{ name: "subnet", subnet: { id: subnetId } }],
      frontendIPConfigurations: [{ name: "public", publicIPAddress: { id: address.id } }],
      frontendPorts: [{ name: "http", port: 80 }],
      backendAddressPools: [{ name: "api" }],
      backendHttpSettingsCollection: [{ name: "api", port: 80, protocol: "Http" }],
      httpListeners: [listener()],
      requestRoutingRules: [routing()],
      ...changes,
    };
  }

  const listener = (changes: JsonObject = {}): JsonObject => ({
    ...{ name: "http", protocol: "Http" },
    frontendIPConfiguration: { id: "$self/frontendIPConfigurations/public" },
    frontendPort: { id: "$self/frontendPorts/http" },
    ...changes,
  });

  const routing = (changes: JsonObject = {}): JsonObject => ({
    ...{ name: "api", priority: 100, ruleType: "Basic" },
    httpListener: { id: "$self/httpListeners/http" },
    backendAddressPool: { id: "$self/backendAddressPools/api" },
    backendHttpSettings: { id: "$self/backendHttpSettingsCollection/api" },
    ...changes,
  });

  const create = (given: JsonObject): Promise<Made> => azure.create("network:ApplicationGateway", given);

  test("have parts with ids, and hold their subnet and their address", async () => {
    const subnetId = await subnet("10.8.1.0/24", DELEGATED);
    const made = await create(await inputs(subnetId));
    expect(each(made.outputs, "requestRoutingRules[].httpListener.id")).toEqual([
      `${made.id}/httpListeners/http`,
    ]);
    expect(each(made.outputs, "httpListeners[].id")).toEqual([`${made.id}/httpListeners/http`]);
    await expect(azure.delete("network:Subnet", subnetId)).rejects.toThrow("InUseSubnetCannotBeDeleted");
    const [address] = azure.store.list({ type: "Microsoft.Network/publicIPAddresses" });
    await expect(azure.delete("network:PublicIPAddress", address?.id ?? "")).rejects.toThrow(
      "PublicIPAddressCannotBeDeleted",
    );
    await expect(
      azure.update("network:ApplicationGateway", made, { ...made.inputs, zones: ["1"] }),
    ).rejects.toThrow("ResourceAvailabilityZonesCannotBeModified");
  });

  test.each<[what: string, changes: JsonObject, message: string]>([
    ["the first version", { sku: { name: "WAF_Medium", tier: "WAF" } }, "take no new gateways"],
    [
      "two sizes",
      { sku: { name: "Standard_v2", tier: "Standard_v2", capacity: 2 } },
      "either sku.capacity or",
    ],
    ["too many instances", { autoscaleConfiguration: { minCapacity: 0, maxCapacity: 200 } }, "out of range"],
    ["no rule", { requestRoutingRules: [] }, "at least one request routing rule"],
    [
      "a rule without a priority",
      { requestRoutingRules: [routing({ priority: null })] },
      "PriorityCannotBeEmpty",
    ],
    [
      "two rules of one priority",
      { requestRoutingRules: [routing(), routing({ name: "b" })] },
      "have the same priority 100",
    ],
    [
      "two rules of one listener",
      { requestRoutingRules: [routing(), routing({ name: "b", priority: 200 })] },
      "have the same listener",
    ],
    [
      "a listener that is not there",
      { requestRoutingRules: [routing({ httpListener: { id: "$self/httpListeners/https" } })] },
      "InvalidResourceReference",
    ],
    [
      "HTTPS without a certificate",
      { httpListeners: [listener({ protocol: "Https" })] },
      "must reference an SslCertificate",
    ],
    ["a probe of nobody", { probes: [{ name: "readyz", protocol: "Http", path: "/" }] }, "must have a host"],
    [
      "old TLS",
      { sslPolicy: { policyType: "Predefined", policyName: "AppGwSslPolicy20170401" } },
      "are retired",
    ],
    [
      "a firewall's tier without a policy",
      { sku: { name: "WAF_v2", tier: "WAF_v2" } },
      "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
    ],
    [
      "an identity of its own",
      { identity: { type: "SystemAssigned" } },
      "takes user-assigned identities alone",
    ],
    [
      "a certificate that nobody reads",
      { sslCertificates: [{ name: "api", keyVaultSecretId: "https://kv.vault.azure.net/secrets/api" }] },
      "no user-assigned identity",
    ],
    [
      "no frontend",
      { frontendIPConfigurations: [], httpListeners: [], requestRoutingRules: [] },
      "at least one frontend IP configuration",
    ],
  ])("are refused with %s", async (_what, changes, message) => {
    await expect(create(await inputs(await subnet("10.8.1.0/24", DELEGATED), changes))).rejects.toThrow(
      message,
    );
  });

  test.each<[what: string, prefix: string, service: string | undefined, message: string]>([
    [
      "that is not delegated",
      "10.8.1.0/24",
      undefined,
      "ApplicationGatewayNetworkIsolationRequiresSubnetDelegation",
    ],
    ["that is too small", "10.8.1.0/29", DELEGATED, "15 are needed for 10 instances"],
  ])("are refused in a subnet %s", async (_what, prefix, service, message) => {
    await expect(create(await inputs(await subnet(prefix, service)))).rejects.toThrow(message);
  });

  test.each<[what: string, rules: JsonObject[], outcome: string]>([
    ["no rule for Azure's managers", [rule({})], BLOCKED],
    ["a part of the ports", [{ ...MANAGERS, destinationPortRange: "65200-65300" }], BLOCKED],
    [
      "a denial before",
      [{ ...MANAGERS, priority: 200 }, rule({ name: "no", access: "Deny", destinationPortRange: "*" })],
      BLOCKED,
    ],
    ["the rule", [MANAGERS], "taken"],
  ])("behind a security group with %s", async (_what, securityRules, outcome) => {
    const group = await make(azure, "NetworkSecurityGroup", "nsg", { securityRules });
    const subnetId = await subnet("10.8.1.0/24", DELEGATED, { networkSecurityGroup: { id: group.id } });
    const failure = await create(await inputs(subnetId)).then(
      () => "taken",
      (error: unknown) => String(error),
    );
    expect(failure).toContain(outcome);
  });

  test("read their certificate with an identity that may", async () => {
    const vault = await azure.create("keyvault:Vault", {
      ...{ resourceGroupName: "rg", vaultName: "edge-vault" },
      properties: {
        ...{ tenantId: "22222222-2222-4222-8222-222222222222", enableRbacAuthorization: true },
        sku: { family: "A", name: "standard" },
      },
    });
    const identity = await azure.identity("gateway");
    const keyVaultSecretId = "https://edge-vault.vault.azure.net/secrets/api";
    const given = await inputs(await subnet("10.8.1.0/24", DELEGATED), {
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      sslCertificates: [{ name: "api", keyVaultSecretId }],
      httpListeners: [listener({ protocol: "Https", sslCertificate: { id: "$self/sslCertificates/api" } })],
    });
    await expect(create(given)).rejects.toThrow("ApplicationGatewayKeyVaultSecretException");
    await azure.grant(principalOf(identity), SECRETS_USER, vault.id);
    await expect(create(given)).resolves.toHaveProperty("id");
  });

  test("keep their firewall, which needs one core rule set", async () => {
    await expect(firewall([])).rejects.toThrow("exactly one of the managed rule sets");
    await expect(firewall([{ ...DRS, ruleSetVersion: "9" }])).rejects.toThrow("is not supported");
    const large = { policySettings: { maxRequestBodySizeInKb: 9000 } };
    await expect(firewall([DRS], large)).rejects.toThrow("between 8 and 2000");
    const unlimited = { name: "rate", priority: 1, ruleType: "RateLimitRule", action: "Block" };
    const customRules = [{ ...unlimited, matchConditions: [{ operator: "IPMatch" }] }];
    await expect(firewall([DRS], { customRules })).rejects.toThrow("groupByUserSession");

    const policy = await firewall([DRS]);
    const subnetId = await subnet("10.8.1.0/24", DELEGATED);
    const given = await inputs(subnetId, { firewallPolicy: { id: policy.id } });
    await expect(create(given)).rejects.toThrow("ApplicationGatewayFirewallCannotBeEnabledForSelectedSku");
    const gateway = await create({ ...given, sku: { name: "WAF_v2", tier: "WAF_v2" } });
    await expect(azure.delete("network:WebApplicationFirewallPolicy", policy.id)).rejects.toThrow(
      "is in use by",
    );
    await azure.delete("network:ApplicationGateway", gateway.id);
    await azure.delete("network:WebApplicationFirewallPolicy", policy.id);
    expect(azure.store.get(policy.id)).toBeUndefined();
  });
});
