import type { JsonObject } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { inGroup, nameOf } from "../ids";
import {
  refuseFirewall,
  refuseIpGroup,
  refusePolicyTier,
  refuseRuleCollections,
} from "../networkFirewallRefusals";
import {
  addressIn,
  NETWORK_API,
  NETWORK_NAME,
  oneChildAtATime,
  refuseZones,
  stateOutputs,
} from "../networkParts";
import { refuseOtherRegion, refuseTakenAddress, refuseWhileNamed, userOf } from "../networkUsage";
import { describeTypes, type Operation } from "../resourceType";

const POLICY = "Microsoft.Network/firewallPolicies";
const SUBNETS = ["ipConfigurations[].subnet.id", "managementIpConfiguration.subnet.id"];
const ADDRESSES = ["ipConfigurations[].publicIPAddress.id", "managementIpConfiguration.publicIPAddress.id"];
const IP_GROUPS = ["sourceIpGroups", "destinationIpGroups"].map(
  (key) => `ruleCollections[].rules[].${key}[]`,
);

/** Durations of firewalls: hashicorp/terraform-provider-azurerm#15440 and others show five to ten minutes. */
export const firewalls = describeTypes(
  {
    token: "network:AzureFirewall",
    shape: inGroup("Microsoft.Network/azureFirewalls", "azureFirewallName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: { ...NETWORK_NAME, maxLength: 56 },
    references: [...SUBNETS, ...ADDRESSES, "firewallPolicy.id"],
    // https://learn.microsoft.com/azure/firewall/firewall-faq: zones and the kind of firewall are chosen once.
    replaceOn: ["sku.name"],
    defaults: () => ({ sku: { name: "AZFW_VNet", tier: "Standard" }, threatIntelMode: "Alert" }),
    computed: ["etag", "ipConfigurations", "provisioningState"],
    compute: (operation) => ({
      ...stateOutputs(),
      ipConfigurations: objects(operation.inputs, "ipConfigurations").map((configuration) =>
        withPrivateAddress(operation, configuration),
      ),
    }),
    seconds: { create: 420, update: 240, delete: 420 },
    refuse: [
      refuseFirewall,
      refuseZones,
      refuseOtherRegion(...SUBNETS, ...ADDRESSES),
      refuseTakenAddress(...ADDRESSES),
    ],
  },
  {
    token: "network:FirewallPolicy",
    shape: inGroup(POLICY, "firewallPolicyName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    references: ["basePolicy.id", "identity.userAssignedIdentities[]"],
    defaults: () => ({ sku: { tier: "Standard" }, threatIntelMode: "Alert" }),
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 12, update: 60, delete: 12 },
    refuse: [refusePolicyTier],
    refuseDelete: [
      // hashicorp/terraform-provider-azurerm#29114
      refuseWhileNamed(
        "FirewallPolicyHasAzureFirewallReferences",
        ["firewallPolicy.id"],
        (policy) =>
          `Firewall Policy '${policy.id}' cannot be deleted since there are Azure Firewalls using this policy.`,
      ),
      refuseWhileNamed(
        "FirewallPolicyHasChildPolicyReferences",
        ["basePolicy.id"],
        (policy) =>
          `Firewall Policy '${policy.id}' cannot be deleted since there are other policies that inherit from this policy.`,
      ),
    ],
  },
  {
    token: "network:FirewallPolicyRuleCollectionGroup",
    shape: inGroup(`${POLICY}/ruleCollectionGroups`, "firewallPolicyName", "ruleCollectionGroupName"),
    apiVersion: NETWORK_API,
    autoName: "copy",
    name: NETWORK_NAME,
    located: false,
    references: IP_GROUPS,
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 30, update: 30, delete: 15 },
    refuse: [refuseRuleCollections],
    // hashicorp/terraform-provider-azurerm#15440
    serial: oneChildAtATime,
  },
  {
    token: "network:IpGroup",
    shape: inGroup("Microsoft.Network/ipGroups", "ipGroupsName"),
    apiVersion: NETWORK_API,
    autoName: "random",
    name: NETWORK_NAME,
    defaults: () => ({ ipAddresses: [] }),
    computed: ["etag", "provisioningState"],
    compute: stateOutputs,
    seconds: { create: 6, update: 60, delete: 11 },
    refuse: [refuseIpGroup],
    // hashicorp/terraform-provider-azurerm#19843: a change goes on to the policy that uses the group.
    serial: {
      ...oneChildAtATime,
      key: (id, cloud) => {
        const rules = userOf(cloud, id, IP_GROUPS);
        return rules === undefined ? id : oneChildAtATime.key(rules.id, cloud);
      },
    },
    refuseDelete: [
      // Azure/azure-rest-api-specs#25739
      refuseWhileNamed(
        "IpGroupsHasFirewallPolicyReferences",
        IP_GROUPS,
        (group) =>
          `IpGroups '${group.id}' cannot be deleted since there are firewall policies using this resource.`,
      ),
    ],
  },
);

/** A firewall has the first address of its subnet that Azure leaves free, the fifth. */
function withPrivateAddress({ cloud, id }: Operation, configuration: JsonObject): JsonObject {
  const subnet = text(configuration, "subnet.id");
  const name = text(configuration, "name") ?? nameOf(id);
  return {
    ...configuration,
    id: `${id}/azureFirewallIpConfigurations/${name}`,
    provisioningState: "Succeeded",
    type: "Microsoft.Network/azureFirewalls/azureFirewallIpConfigurations",
    ...(subnet === undefined ? {} : { privateIPAddress: addressIn(cloud, subnet, 4) }),
  };
}
