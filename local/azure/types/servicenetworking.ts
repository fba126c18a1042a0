import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { usableAddresses } from "../cidr";
import { inGroup, nameOf, ownerIdOf, sameId } from "../ids";
import { rangeOf } from "../networkParts";
import { refuseOtherRegion } from "../networkUsage";
import { delegationsOf } from "../networkSubnets";
import { normalizeRegion } from "../regions";
import { refuseUnofferedRegion } from "../regionalServices";
import {
  describeTypes,
  refusal,
  type AzureCloud,
  type Deletion,
  type NameRule,
  type Operation,
} from "../resourceType";
import { badRequest, hashLabel } from "./cdnParts";

export const TRAFFIC_CONTROLLER = "Microsoft.ServiceNetworking/trafficControllers";
export const ASSOCIATION = `${TRAFFIC_CONTROLLER}/associations`;
export const FRONTEND = `${TRAFFIC_CONTROLLER}/frontends`;
const SECURITY_POLICY = `${TRAFFIC_CONTROLLER}/securityPolicies`;
const API = "2025-01-01";

/** The spec's pattern for the name of a controller and of what belongs to it. */
const NAME: NameRule = { pattern: /^[A-Za-z0-9]([A-Za-z0-9-_.]*[A-Za-z0-9])?$/, minLength: 1, maxLength: 64 };

/** https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#application-gateway-for-containers-limits */
const MOST = { [ASSOCIATION]: 1, [FRONTEND]: 5, [SECURITY_POLICY]: 100 } as const;

/** Addresses that one association takes from its subnet (Azure/AKS#5170: 500 are asked for the second one). */
const ADDRESSES = 250;

const succeeded = (): JsonObject => ({ provisioningState: "Succeeded" });

export const servicenetworking = describeTypes(
  {
    token: "servicenetworking:TrafficControllerInterface",
    shape: inGroup(TRAFFIC_CONTROLLER, "trafficControllerName"),
    apiVersion: API,
    autoName: "random",
    name: NAME,
    references: ["securityPolicyConfigurations.wafSecurityPolicy.id"],
    computed: [
      "associations",
      "configurationEndpoints",
      "frontends",
      "provisioningState",
      "securityPolicies",
    ],
    compute: ({ id, inputs }) => ({
      ...succeeded(),
      associations: [],
      configurationEndpoints: [
        `${hashLabel(id, 16)}.${normalizeRegion(text(inputs, "location") ?? "")}.trafficcontroller.azure.net`,
      ],
      frontends: [],
      securityPolicies: [],
    }),
    seconds: { create: 20, update: 10, delete: 20 },
    refuse: [refuseUnofferedRegion("application-gateway-for-containers")],
    refuseDelete: [refuseChildren],
    live: (cloud, { id }) => ({
      associations: idsOf(cloud, id, ASSOCIATION),
      frontends: idsOf(cloud, id, FRONTEND),
      securityPolicies: idsOf(cloud, id, SECURITY_POLICY),
    }),
  },
  {
    token: "servicenetworking:AssociationsInterface",
    shape: inGroup(ASSOCIATION, "trafficControllerName", "associationName"),
    apiVersion: API,
    autoName: "copy",
    name: NAME,
    required: ["associationType"],
    references: ["subnet.id"],
    computed: ["provisioningState"],
    compute: succeeded,
    // Of Azure/AKS#5123 and the quickstart: five to six minutes.
    seconds: { create: 330, update: 60, delete: 200 },
    refuse: [refuseMany, refuseOtherRegion("subnet.id"), refuseSubnet],
  },
  {
    token: "servicenetworking:FrontendsInterface",
    shape: inGroup(FRONTEND, "trafficControllerName", "frontendName"),
    apiVersion: API,
    autoName: "copy",
    name: NAME,
    computed: ["fqdn", "provisioningState"],
    compute: ({ id, keep }) => ({
      ...succeeded(),
      // As the quickstart shows one: a hash and the number of a DNS zone.
      fqdn: keep("fqdn", () => `${hashLabel(id, 16)}.fz${10 + (id.length % 90)}.alb.azure.com`),
    }),
    seconds: { create: 15, update: 8, delete: 15 },
    refuse: [refuseMany],
  },
  {
    token: "servicenetworking:SecurityPoliciesInterface",
    shape: inGroup(SECURITY_POLICY, "trafficControllerName", "securityPolicyName"),
    apiVersion: API,
    autoName: "copy",
    name: NAME,
    references: ["wafPolicy.id"],
    computed: ["policyType", "provisioningState"],
    compute: () => ({ ...succeeded(), policyType: "waf" }),
    seconds: { create: 15, update: 10, delete: 15 },
    refuse: [refuseMany, refuseOtherRegion("wafPolicy.id"), refuseRuleSets],
  },
);

function childrenOf(cloud: AzureCloud, controllerId: string, type: string): CloudRecord[] {
  return cloud.store.list({ type, under: controllerId });
}

function idsOf(cloud: AzureCloud, controllerId: string, type: string): JsonObject[] {
  return childrenOf(cloud, controllerId, type).map(({ id }) => ({ id }));
}

function refuseMany({ cloud, id, type, existing }: Operation): ProviderError | undefined {
  const { armType } = type.shape;
  const most = MOST[armType as keyof typeof MOST];
  const siblings = childrenOf(cloud, ownerIdOf(id) ?? "", armType);
  if (existing !== undefined || siblings.length < most) return undefined;
  return badRequest(
    `${nameOf(ownerIdOf(id) ?? "")} has ${siblings.length} resources of type ${armType}: at most ${most} are allowed.`,
  );
}

/** Both codes from Azure/AKS#5170. */
function refuseSubnet({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const subnetId = text(inputs, "subnet.id");
  if (subnetId === undefined) return badRequest("The property 'subnet' of an association is required.");
  const subnet = cloud.store.get(subnetId)?.properties ?? {};
  if (!delegationsOf(subnet).toLowerCase().split(", ").includes(TRAFFIC_CONTROLLER.toLowerCase())) {
    return refusal(
      "AppGwForContainersAssociationSubnetNotDelegatedToTrafficController",
      `Subnet ${subnetId} of association ${nameOf(id)} must be delegated to ${TRAFFIC_CONTROLLER}.`,
    );
  }
  const others = cloud.store
    .list({ type: ASSOCIATION })
    .filter((other) => !sameId(other.id, id) && sameId(text(other.properties, "subnet.id") ?? "", subnetId));
  const needed = ADDRESSES * (others.length + 1);
  const range = rangeOf(cloud, subnetId);
  if (range === undefined || usableAddresses(range) >= needed) return undefined;
  return refusal(
    "AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet",
    `At least ${needed} addresses are required to create Association ${nameOf(id)} in subnet ${subnetId}, which has ` +
      `${usableAddresses(range)} (${range.text}). Use a /24 or larger.`,
  );
}

/** https://learn.microsoft.com/azure/application-gateway/for-containers/web-application-firewall#limitations */
function refuseRuleSets({ cloud, inputs }: Operation): ProviderError | undefined {
  const policyId = text(inputs, "wafPolicy.id");
  if (policyId === undefined) return badRequest("The property 'wafPolicy' of a security policy is required.");
  const old = objects(cloud.store.get(policyId)?.properties, "managedRules.managedRuleSets").find(
    (set) => text(set, "ruleSetType") === "OWASP",
  );
  return old === undefined
    ? undefined
    : badRequest(
        `The managed rule set OWASP ${text(old, "ruleSetVersion") ?? ""} of ${nameOf(policyId)} is not supported by ` +
          "Application Gateway for Containers: use Microsoft_DefaultRuleSet 2.1.",
      );
}

/** Azure Resource Manager keeps a resource as long as tracked ones are below it. */
function refuseChildren({ cloud, record }: Deletion): ProviderError | undefined {
  const child = [ASSOCIATION, FRONTEND, SECURITY_POLICY].flatMap((type) =>
    childrenOf(cloud, record.id, type),
  )[0];
  return child === undefined
    ? undefined
    : refusal(
        "CannotDeleteResource",
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: " +
          `'${child.id}'. Please delete all nested resources before deleting this resource.`,
      );
}
