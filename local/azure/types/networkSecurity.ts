import type { ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { parseAddress, parseCidr } from "../cidr";
import { inGroup, nameOf } from "../ids";
import {
  badRequest,
  NETWORK_API,
  NETWORK_COMPUTED,
  NETWORK_NAME,
  networkOutputs,
  refuseDuplicateNames,
} from "../networkParts";
import { refuseRules } from "../networkRules";
import { refuseWhileNamed } from "../networkUsage";
import { describeTypes, refusal, type AzureType, type Operation } from "../resourceType";

/** What the four types have in common. */
const COMMON = {
  apiVersion: NETWORK_API,
  autoName: "random",
  name: NETWORK_NAME,
  computed: NETWORK_COMPUTED,
  compute: networkOutputs,
} as const satisfies Partial<AzureType>;

export const networkSecurity = describeTypes(
  {
    ...COMMON,
    token: "network:NetworkSecurityGroup",
    shape: inGroup("Microsoft.Network/networkSecurityGroups", "networkSecurityGroupName"),
    references: [
      "securityRules[].sourceApplicationSecurityGroups[].id",
      "securityRules[].destinationApplicationSecurityGroups[].id",
    ],
    defaults: () => ({ securityRules: [] }),
    subResources: ["securityRules"],
    seconds: { create: 4, update: 4, delete: 11 },
    refuse: [refuseRules],
    refuseDelete: [
      // https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/inusenetworksecuritygroupcannotbedeleted-error
      refuseWhileNamed(
        "InUseNetworkSecurityGroupCannotBeDeleted",
        ["networkSecurityGroup.id", "subnets[].networkSecurityGroup.id"],
        (group, user) =>
          `Network security group ${group.id} cannot be deleted because it is in use by the following resources: ` +
          `${user.id}. In order to delete the Network security group, remove the association with the ` +
          "resource(s). To learn how to do this, see aka.ms/deletensg.",
      ),
    ],
  },
  {
    ...COMMON,
    token: "network:ApplicationSecurityGroup",
    shape: inGroup("Microsoft.Network/applicationSecurityGroups", "applicationSecurityGroupName"),
    seconds: { create: 4, update: 4, delete: 11 },
    refuseDelete: [
      // The words are those of Azure/azure-cli#12591. The code is formed as for other groups: no public thread shows it.
      refuseWhileNamed(
        "InUseApplicationSecurityGroupCannotBeDeleted",
        [
          "applicationSecurityGroups[].id",
          "securityRules[].sourceApplicationSecurityGroups[].id",
          "securityRules[].destinationApplicationSecurityGroups[].id",
        ],
        (group, user) =>
          `Application Security Group ${nameOf(group.id)} cannot be deleted because it is referenced by ${user.id}.`,
      ),
    ],
  },
  {
    ...COMMON,
    token: "network:RouteTable",
    shape: inGroup("Microsoft.Network/routeTables", "routeTableName"),
    defaults: () => ({ disableBgpRoutePropagation: false, routes: [] }),
    subResources: ["routes"],
    seconds: { create: 4, update: 4, delete: 11 },
    refuse: [refuseRoutes],
    refuseDelete: [
      // https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/inuseroutetablecannotbedeleted-error
      refuseWhileNamed(
        "InUseRouteTableCannotBeDeleted",
        ["routeTable.id", "subnets[].routeTable.id"],
        (table) => `Route table ${nameOf(table.id)} is in use and cannot be deleted.`,
      ),
    ],
  },
  {
    ...COMMON,
    token: "network:DdosProtectionPlan",
    shape: inGroup("Microsoft.Network/ddosProtectionPlans", "ddosProtectionPlanName"),
    seconds: { create: 5, update: 5, delete: 11 },
    refuseDelete: [
      // Azure/Azure-Landing-Zones#389 and #3645
      refuseWhileNamed(
        "InUseDdosProtectionPlanCannotBeDeleted",
        ["ddosProtectionPlan.id", "ddosSettings.ddosProtectionPlan.id"],
        (plan, user) =>
          `DDoS Protection Plan ${plan.id} cannot be deleted because it is in use with virtual networks ${user.id}.`,
      ),
    ],
  },
);

/** https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#user-defined */
function refuseRoutes({ id, inputs }: Operation): ProviderError | undefined {
  const routes = objects(inputs, "routes");
  const seen = new Map<string, string>();
  for (const route of routes) {
    const name = text(route, "name") ?? "";
    const prefix = text(route, "addressPrefix") ?? "";
    if (/^\d/.test(prefix) && parseCidr(prefix) === undefined) {
      return refusal(
        "InvalidAddressPrefixFormat",
        `Address prefix ${prefix} of resource ${id}/routes/${name} is not formatted correctly.`,
      );
    }
    const other = seen.get(prefix);
    if (other !== undefined) {
      return refusal(
        "RouteConflict",
        `Route ${name} conflicts with route ${other}. Routes cannot have the same AddressPrefix.`,
      );
    }
    seen.set(prefix, name);
    const hop = text(route, "nextHopIpAddress");
    const needsHop = text(route, "nextHopType") === "VirtualAppliance";
    if (needsHop !== (hop !== undefined) || (hop !== undefined && parseAddress(hop) === undefined)) {
      return badRequest(
        `Route ${name} of ${id} has nextHopType '${text(route, "nextHopType") ?? ""}' and nextHopIpAddress ` +
          `'${hop ?? ""}': the address is needed with VirtualAppliance, and allowed with no other type.`,
      );
    }
  }
  return refuseDuplicateNames(id, routes);
}
