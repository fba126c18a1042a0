import * as network from "@pulumi/azure-native/network";
import type * as resources from "@pulumi/azure-native/resources";
import type * as inputs from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings, Tags } from "../../config";
import { BOT_RULE_SET, FRONT_DOOR_ID_HEADER, REQUESTS_PER_MINUTE } from "./firewallRules";

export interface RegionalFirewallArgs {
  readonly policyName: string;
  readonly tags: Tags;
  /** Azure region. */
  readonly location: string;
  readonly edge: Pick<EdgeSettings, "wafMode">;
  /** Microsoft's rules, in a version that the gateway takes. */
  readonly ruleSet: inputs.network.ManagedRuleSetArgs;
  readonly resourceGroup: resources.ResourceGroup;
  /** The only Front Door that requests may come through. @default requests come from the clients themselves */
  readonly frontDoorId: pulumi.Input<string> | undefined;
}

/**
 * A web application firewall policy for a region's gateway: Microsoft's rules, its bot rules, and either a check that
 * requests came through the platform's Front Door or, without one, a rate limit for each client.
 */
export function createRegionalFirewall(
  name: string,
  { policyName, tags, location, edge, ruleSet, resourceGroup, frontDoorId }: RegionalFirewallArgs,
  opts: pulumi.CustomResourceOptions,
): network.WebApplicationFirewallPolicy {
  return new network.WebApplicationFirewallPolicy(
    `${name}-waf`,
    {
      resourceGroupName: resourceGroup.name,
      policyName,
      location,
      tags,
      policySettings: {
        state: "Enabled",
        mode: edge.wafMode,
        requestBodyCheck: true,
        requestBodyEnforcement: true,
        requestBodyInspectLimitInKB: 128,
        maxRequestBodySizeInKb: 128,
        fileUploadEnforcement: true,
        fileUploadLimitInMb: 100,
      },
      customRules: frontDoorId === undefined ? [rateLimit] : onlyThrough(frontDoorId),
      managedRules: { managedRuleSets: [ruleSet, BOT_RULE_SET] },
    },
    opts,
  );
}

/** Two rules: one that compares a header takes no notice of a request that lacks it. */
function onlyThrough(
  frontDoorId: pulumi.Input<string>,
): inputs.network.WebApplicationFirewallCustomRuleArgs[] {
  const header = [{ variableName: "RequestHeaders", selector: FRONT_DOOR_ID_HEADER }];
  const block = { ruleType: "MatchRule", action: "Block", state: "Enabled" };
  return [
    {
      ...block,
      name: "BlockWithoutFrontDoor",
      priority: 1,
      matchConditions: [
        { matchVariables: header, operator: "Any", negationConditon: true, matchValues: [], transforms: [] },
      ],
    },
    {
      ...block,
      name: "BlockOtherFrontDoors",
      priority: 2,
      matchConditions: [
        {
          matchVariables: header,
          operator: "Equal",
          negationConditon: true,
          matchValues: [frontDoorId],
          transforms: [],
        },
      ],
    },
  ];
}

const rateLimit: inputs.network.WebApplicationFirewallCustomRuleArgs = {
  name: "LimitRequestsOfClient",
  priority: 1,
  state: "Enabled",
  ruleType: "RateLimitRule",
  rateLimitDuration: "OneMin",
  rateLimitThreshold: REQUESTS_PER_MINUTE,
  groupByUserSession: [{ groupByVariables: [{ variableName: "ClientAddr" }] }],
  action: "Block",
  matchConditions: [
    {
      matchVariables: [{ variableName: "RemoteAddr" }],
      operator: "IPMatch",
      negationConditon: false,
      matchValues: ["0.0.0.0/0", "::/0"],
      transforms: [],
    },
  ],
};
