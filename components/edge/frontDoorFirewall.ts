import * as frontdoor from "@pulumi/azure-native/frontdoor";
import type * as resources from "@pulumi/azure-native/resources";
import type * as inputs from "@pulumi/azure-native/types/input";
import type * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings, Tags } from "../../config";
import { BOT_RULE_SET, DEFAULT_RULE_SET, REQUESTS_PER_MINUTE } from "./firewallRules";

export interface FrontDoorFirewallArgs {
  /** Letters and digits, a letter first. */
  readonly policyName: pulumi.Input<string>;
  readonly tags: Tags;
  readonly edge: Pick<EdgeSettings, "wafMode">;
  readonly resourceGroup: resources.ResourceGroup;
}

/** A Premium web application firewall policy: Microsoft's rules, its bot rules and a rate limit for each client. */
export function createFrontDoorFirewall(
  name: string,
  { policyName, tags, edge, resourceGroup }: FrontDoorFirewallArgs,
  opts: pulumi.CustomResourceOptions,
): frontdoor.Policy {
  return new frontdoor.Policy(
    `${name}-waf`,
    {
      resourceGroupName: resourceGroup.name,
      policyName,
      location: "Global",
      tags,
      sku: { name: "Premium_AzureFrontDoor" },
      policySettings: {
        enabledState: "Enabled",
        mode: edge.wafMode,
        requestBodyCheck: "Enabled",
        customBlockResponseStatusCode: 403,
      },
      customRules: { rules: [rateLimit] },
      managedRules: {
        managedRuleSets: [
          { ...DEFAULT_RULE_SET, ruleSetAction: "Block" },
          // Each bot rule has an action of its own: known good bots pass, bad ones are blocked.
          BOT_RULE_SET,
        ],
      },
    },
    opts,
  );
}

const rateLimit: inputs.frontdoor.CustomRuleArgs = {
  name: "LimitRequestsOfClient",
  priority: 100,
  enabledState: "Enabled",
  ruleType: "RateLimitRule",
  rateLimitDurationInMinutes: 1,
  rateLimitThreshold: REQUESTS_PER_MINUTE,
  action: "Block",
  // Counted for each address of a connection, whatever it asks for.
  matchConditions: [
    {
      matchVariable: "SocketAddr",
      operator: "IPMatch",
      negateCondition: false,
      matchValue: ["0.0.0.0/0", "::/0"],
    },
  ],
};
