import type { ProviderError } from "../../provider/backend";
import { number, objects, text } from "../../provider/values";
import { inGroup, nameOf } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

/** https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure */
const ANALYTICS_DAYS = { least: 4, most: 730 } as const;
const TOTAL_DAYS = { least: 4, most: 4383 } as const;
/** https://learn.microsoft.com/azure/azure-monitor/logs/logs-table-plans: a table changes its plan once a week. */
const PLAN_PERIOD_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

export const tables = describeTypes({
  token: "operationalinsights:Table",
  shape: inGroup("Microsoft.OperationalInsights/workspaces/tables", "workspaceName", "tableName"),
  apiVersion: "2023-09-01",
  autoName: "copy",
  name: { pattern: /^[A-Za-z][A-Za-z0-9_]*$/, minLength: 4, maxLength: 63 },
  located: false,
  defaults: () => ({ plan: "Analytics" }),
  computed: ["archiveRetentionInDays", "provisioningState"],
  compute: (operation) => {
    const days = number(operation.inputs, "retentionInDays") ?? 30;
    const total = number(operation.inputs, "totalRetentionInDays") ?? days;
    return {
      archiveRetentionInDays: Math.max(0, total - days),
      provisioningState: "Succeeded",
      ...(changesPlan(operation) ? { lastPlanModifiedDate: operation.cloud.now().toISOString() } : {}),
    };
  },
  seconds: { create: 10, update: 8, delete: 8 },
  refuse: [refuseBuiltIn, refuseSchema, refuseRetention, refusePlanChange],
});

function planOf({ inputs }: Pick<Operation, "inputs">): string {
  return text(inputs, "plan") ?? "Analytics";
}

function changesPlan({ inputs, existing }: Operation): boolean {
  return existing !== undefined && text(existing.properties, "plan") !== planOf({ inputs });
}

/**
 * A workspace comes with Azure's own tables, which are never made (Azure/azure-rest-api-specs#7519); azure-native asks
 * before it creates, finds them, and refuses: they have to be imported.
 */
function refuseBuiltIn({ id, existing }: Operation): ProviderError | undefined {
  if (existing !== undefined || /_(CL|SRCH|RST)$/.test(nameOf(id))) return undefined;
  return refusal("ResourceExists", `cannot create already existing resource '${id}'`);
}

function refuseSchema({ id, inputs }: Operation): ProviderError | undefined {
  if (!nameOf(id).endsWith("_CL")) return undefined;
  const columns = objects(inputs, "schema.columns");
  if (
    !columns.some((column) => text(column, "name") === "TimeGenerated" && text(column, "type") === "dateTime")
  ) {
    return refusal(
      "InvalidParameter",
      `The schema of table '${nameOf(id)}' must have the column TimeGenerated of type dateTime.`,
    );
  }
  return text(inputs, "schema.name") === nameOf(id)
    ? undefined
    : refusal(
        "InvalidParameter",
        `The schema's name '${text(inputs, "schema.name") ?? ""}' must be the table's, '${nameOf(id)}'.`,
      );
}

function refuseRetention(operation: Operation): ProviderError | undefined {
  const days = number(operation.inputs, "retentionInDays");
  const total = number(operation.inputs, "totalRetentionInDays");
  const outside = (value: number, { least, most }: { least: number; most: number }): boolean =>
    value !== -1 && (value < least || value > most);
  if (days !== undefined && planOf(operation) !== "Analytics" && days !== -1 && days !== 30) {
    return refusal(
      "InvalidParameter",
      `retentionInDays of a table with plan '${planOf(operation)}' is fixed at 30, got ${days}.`,
    );
  }
  if (days !== undefined && outside(days, ANALYTICS_DAYS)) {
    return refusal("InvalidParameter", `retentionInDays must be between 4 and 730, got ${days}.`);
  }
  if (total !== undefined && outside(total, TOTAL_DAYS)) {
    return refusal("InvalidParameter", `totalRetentionInDays must be between 4 and 4383, got ${total}.`);
  }
  return undefined;
}

function refusePlanChange(operation: Operation): ProviderError | undefined {
  const last = Date.parse(text(operation.existing?.properties, "lastPlanModifiedDate") ?? "");
  if (!changesPlan(operation) || Number.isNaN(last)) return undefined;
  if (operation.cloud.now().getTime() - last >= PLAN_PERIOD_MILLISECONDS) return undefined;
  return refusal("BadRequest", "The plan of a table can be changed once a week.");
}
