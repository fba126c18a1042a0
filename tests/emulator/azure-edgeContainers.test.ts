import type { JsonObject } from "../../local/provider/backend";
import { Azure } from "./azure-support";
import { edgeSubnet, type Made } from "./support/edge";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("application gateways for containers", () => {
  const SERVICE = "Microsoft.ServiceNetworking/trafficControllers";
  const part = (token: string, more: JsonObject): Promise<Made> =>
    azure.create(`servicenetworking:${token}Interface`, {
      ...{ resourceGroupName: "rg", trafficControllerName: "agc", ...more },
    });
  const associate = (id: string, associationName = "a"): Promise<Made> =>
    part("Associations", { associationName, associationType: "subnets", subnet: { id } });

  test.each<[what: string, prefix: string, service: string | undefined, code: string]>([
    [
      "is not delegated",
      "10.8.1.0/24",
      undefined,
      "AppGwForContainersAssociationSubnetNotDelegatedToTrafficController",
    ],
    [
      "is too small",
      "10.8.1.0/25",
      SERVICE,
      "AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet",
    ],
  ])("are not associated with a subnet that %s", async (_what, prefix, service, code) => {
    await part("TrafficController", { location: "eastus" });
    await expect(associate(await edgeSubnet(azure, prefix, service))).rejects.toThrow(code);
  });

  test("go after their parts, and have one association", async () => {
    const made = await part("TrafficController", { location: "eastus" });
    const subnetId = await edgeSubnet(azure, "10.8.0.0/22", SERVICE);
    const association = await associate(subnetId);
    await expect(associate(subnetId, "b")).rejects.toThrow("at most 1 are allowed");
    await expect(azure.delete("network:Subnet", subnetId)).rejects.toThrow("InUseSubnetCannotBeDeleted");
    const token = "servicenetworking:TrafficControllerInterface";
    await expect(azure.delete(token, made.id)).rejects.toThrow("CannotDeleteResource");
    expect((await azure.read(token, made))?.outputs["associations"]).toEqual([{ id: association.id }]);
    await azure.delete("servicenetworking:AssociationsInterface", association.id);
    await azure.delete(token, made.id);
    expect(azure.store.get(made.id)).toBeUndefined();
  });

  test("take no firewall with the rules of OWASP", async () => {
    await part("TrafficController", { location: "eastus" });
    const policy = await azure.create("network:WebApplicationFirewallPolicy", {
      ...{ resourceGroupName: "rg", policyName: "waf" },
      managedRules: { managedRuleSets: [{ ruleSetType: "OWASP", ruleSetVersion: "3.2" }] },
    });
    const guarded = part("SecurityPolicies", { securityPolicyName: "waf", wafPolicy: { id: policy.id } });
    await expect(guarded).rejects.toThrow("use Microsoft_DefaultRuleSet 2.1");
  });
});
