/** Custom rules of web application firewalls, on Front Door and on Application Gateway. */
import type { JsonObject, ProviderError } from "../../provider/backend";
import { list, number, text } from "../../provider/values";

export interface CustomRuleLimits {
  /** True for a rate limit rule that does not say how much is too much. */
  readonly isUnlimited: (rule: JsonObject) => boolean;
  /** What such a rule lacks, for the message. */
  readonly needs: string;
  readonly mostPriority: number;
}

/** https://learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview: letters and digits. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;

/** @param invalid the service's error around a reason. */
export function refuseCustomRules(
  rules: readonly JsonObject[],
  invalid: (reason: string) => ProviderError,
  { isUnlimited, needs, mostPriority }: CustomRuleLimits,
): ProviderError | undefined {
  const priorities = new Set<number>();
  for (const rule of rules) {
    const name = text(rule, "name") ?? "";
    const priority = number(rule, "priority") ?? 0;
    if (!NAME.test(name)) return invalid(`The name '${name}' of a custom rule must be letters and digits.`);
    if (priority < 1 || priority > mostPriority) {
      return invalid(
        `The priority of custom rule ${name} must be between 1 and ${mostPriority}, got ${priority}.`,
      );
    }
    if (priorities.has(priority)) return invalid(`Two custom rules have the priority ${priority}.`);
    priorities.add(priority);
    if (list(rule, "matchConditions").length === 0) {
      return invalid(`Custom rule ${name} has no match condition.`);
    }
    if (text(rule, "ruleType") === "RateLimitRule" && isUnlimited(rule)) {
      return invalid(`Custom rule ${name} of type RateLimitRule needs ${needs}.`);
    }
  }
  return undefined;
}
