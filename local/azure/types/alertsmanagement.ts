import type { ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { inGroup } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

export const alertsmanagement = describeTypes({
  token: "alertsmanagement:PrometheusRuleGroup",
  shape: inGroup("Microsoft.AlertsManagement/prometheusRuleGroups", "ruleGroupName"),
  apiVersion: "2023-03-01",
  autoName: "random",
  name: { pattern: /^[^<>*%&:\\?+/;]+$/, minLength: 1, maxLength: 260 },
  required: ["rules", "scopes"],
  references: ["scopes[]", "rules[].actions[].actionGroupId"],
  defaults: () => ({ enabled: true, interval: "PT1M" }),
  seconds: { create: 4, update: 4, delete: 3 },
  refuse: [refuseRules],
});

/** https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-rule-groups: a rule either records or alerts. */
function refuseRules({ inputs }: Operation): ProviderError | undefined {
  const bad = objects(inputs, "rules").find(
    (rule) => (text(rule, "record") === undefined) === (text(rule, "alert") === undefined),
  );
  if (bad !== undefined) {
    return refusal("BadRequest", `A rule must have either 'record' or 'alert', got ${JSON.stringify(bad)}.`);
  }
  const isWorkspace = (scope: string): boolean => /\/providers\/Microsoft\.Monitor\/accounts\//i.test(scope);
  if (strings(inputs, "scopes").some(isWorkspace)) return undefined;
  return refusal(
    "BadRequest",
    "The scopes of a Prometheus rule group must contain an Azure Monitor workspace.",
  );
}
