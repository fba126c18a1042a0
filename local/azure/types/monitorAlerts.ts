import type { ProviderError } from "../../provider/backend";
import { number, objects, text } from "../../provider/values";
import { inGroup } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { normalizeRegion } from "../regions";

const RULE_NAME = { pattern: /^[^*#&+:<>?@%{}\\/|]+$/, minLength: 1, maxLength: 260 } as const;

/** In ascending order (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-types#log-alerts). */
const QUERY_PERIODS = [
  ..."PT1M PT5M PT10M PT15M PT30M PT45M PT1H PT2H PT3H PT4H PT5H PT6H".split(" "),
  ..."P1D P2D".split(" "),
];

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
    refuse: [refuseSeverity, refuseQueryRule],
  },
  {
    token: "monitor:ActivityLogAlert",
    shape: inGroup("Microsoft.Insights/activityLogAlerts", "activityLogAlertName"),
    apiVersion: "2020-10-01",
    autoName: "random",
    name: RULE_NAME,
    required: ["actions", "condition", "scopes"],
    references: ["scopes[]", "actions.actionGroups[].actionGroupId"],
    defaults: () => ({ enabled: true }),
    seconds: { create: 4, update: 4, delete: 2 },
    refuse: [refuseCondition, refuseAlertLocation],
  },
);

/**
 * Specification of scheduledQueryRules ("Relevant and required only for rules of the kind LogAlert"), and
 * https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule: a muted rule does not resolve.
 */
function refuseQueryRule({ inputs }: Operation): ProviderError | undefined {
  if ((text(inputs, "kind") ?? "LogAlert") !== "LogAlert") return undefined;
  if (objects(inputs, "criteria.allOf").length !== 1) {
    return refusal("BadRequest", "The rule's criteria.allOf must have exactly one condition.");
  }
  const [frequency, period] = [text(inputs, "evaluationFrequency"), text(inputs, "windowSize")];
  if (frequency === undefined || !QUERY_PERIODS.includes(frequency)) {
    return refusal(
      "BadRequest",
      `Evaluation frequency '${frequency ?? "(null)"}' is not supported. Allowed: ${QUERY_PERIODS.join(", ")}.`,
    );
  }
  if (period === undefined || QUERY_PERIODS.indexOf(period) < QUERY_PERIODS.indexOf(frequency)) {
    return refusal(
      "BadRequest",
      `The window size '${period ?? "(null)"}' must be one of ${QUERY_PERIODS.join(", ")}, and at least the ` +
        `evaluation frequency '${frequency}'.`,
    );
  }
  return text(inputs, "muteActionsDuration") !== undefined && inputs["autoMitigate"] === true
    ? refusal(
        "BadRequest",
        "muteActionsDuration cannot be set for a rule that resolves itself (autoMitigate).",
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-activity-log-alert-rule */
function refuseCondition({ inputs }: Operation): ProviderError | undefined {
  const fields = objects(inputs, "condition.allOf").map((condition) => text(condition, "field"));
  return fields.includes("category")
    ? undefined
    : refusal(
        "BadRequest",
        "The condition of an activity log alert must have a leaf condition on 'category'.",
      );
}

/** Where the rule's definition is kept (specification: global, West Europe, North Europe). */
function refuseAlertLocation({ inputs }: Operation): ProviderError | undefined {
  const location = normalizeRegion(text(inputs, "location") ?? "");
  return ["global", "northeurope", "westeurope"].includes(location)
    ? undefined
    : refusal(
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type 'Microsoft.Insights/activityLogAlerts'. ` +
          "List of available regions for the resource type is 'global,northeurope,westeurope'.",
      );
}

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
