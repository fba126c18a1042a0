import type { ProviderError } from "../../provider/backend";
import { inGroup } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { number, text } from "../values";

const RULE_NAME = { pattern: /^[^*#&+:<>?@%{}\\/|]+$/, minLength: 1, maxLength: 260 } as const;

export const alerts = describeTypes(
  {
    token: "monitor:ActionGroup",
    shape: inGroup("Microsoft.Insights/actionGroups", "actionGroupName"),
    apiVersion: "2024-10-01-preview",
    autoName: "random",
    name: RULE_NAME,
    required: ["groupShortName"],
    defaults: () => ({ enabled: true }),
    seconds: { create: 3, update: 3, delete: 2 },
    refuse: [refuseShortName],
  },
  {
    token: "monitor:MetricAlert",
    shape: inGroup("Microsoft.Insights/metricAlerts", "ruleName"),
    apiVersion: "2018-03-01",
    autoName: "random",
    name: RULE_NAME,
    required: ["criteria", "evaluationFrequency", "scopes", "severity", "windowSize"],
    references: ["scopes[]", "actions[].actionGroupId"],
    defaults: () => ({ autoMitigate: true }),
    computed: ["isMigrated", "lastUpdatedTime"],
    compute: ({ cloud }) => ({ isMigrated: false, lastUpdatedTime: cloud.now().toISOString() }),
    seconds: { create: 4, update: 4, delete: 2 },
    refuse: [refuseSeverity],
  },
  {
    token: "monitor:ScheduledQueryRule",
    shape: inGroup("Microsoft.Insights/scheduledQueryRules", "ruleName"),
    apiVersion: "2025-01-01-preview",
    autoName: "random",
    name: RULE_NAME,
    references: ["scopes[]", "actions.actionGroups[]"],
    defaults: () => ({ autoMitigate: true, enabled: true, kind: "LogAlert" }),
    computed: ["createdWithApiVersion", "etag", "isLegacyLogAnalyticsRule"],
    compute: () => ({
      createdWithApiVersion: "2025-01-01-preview",
      etag: '"1"',
      isLegacyLogAnalyticsRule: false,
    }),
    seconds: { create: 4, update: 4, delete: 2 },
    refuse: [refuseSeverity],
  },
);

/** https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups: 12 characters, for text messages. */
function refuseShortName({ inputs }: Operation): ProviderError | undefined {
  const name = text(inputs, "groupShortName") ?? "";
  return name.length <= 12
    ? undefined
    : refusal(
        "BadRequest",
        `The 'groupShortName' '${name}' is too long (${name.length}): the maximum length is 12.`,
      );
}

function refuseSeverity({ inputs }: Operation): ProviderError | undefined {
  const severity = number(inputs, "severity");
  if (severity === undefined || (Number.isInteger(severity) && severity >= 0 && severity <= 4))
    return undefined;
  return refusal("BadRequest", `The severity must be between 0 and 4, got ${severity}.`);
}
