import type { JsonObject, ProviderError } from "../../provider/backend";
import { list, number, object, strings, text } from "../../provider/values";
import { onScope } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

/** https://learn.microsoft.com/azure/cost-management-billing/costs/tutorial-acm-create-budgets */
const MAX_NOTIFICATIONS = 5;
const MAX_THRESHOLD_PERCENT = 1000;
/** Budgets before that day are refused (REST reference of Microsoft.Consumption/budgets). */
const FIRST_START = Date.UTC(2017, 5, 1);

export const consumption = describeTypes({
  token: "consumption:Budget",
  shape: onScope("scope", "Microsoft.Consumption/budgets", "budgetName"),
  apiVersion: "2024-08-01",
  autoName: "random",
  name: { pattern: /^[A-Za-z0-9_-]*$/, minLength: 1, maxLength: 63 },
  located: false,
  required: ["amount", "category", "timeGrain", "timePeriod"],
  computed: ["currentSpend"],
  compute: ({ keep }) => ({
    currentSpend: { amount: keep("currentSpend.amount", () => 0), unit: "USD" },
  }),
  seconds: { create: 4, update: 3, delete: 2 },
  // The path has a slash before the scope, so that programs give the scope with or without one.
  returnedId: (id) => `/${id.replace(/^\/+/, "")}`,
  refuse: [refuseAmount, refuseStart, refuseEnd, refuseNotifications],
});

function invalidBudget(message: string): ProviderError {
  return refusal("400", message);
}

function refuseAmount({ inputs }: Operation): ProviderError | undefined {
  const amount = number(inputs, "amount") ?? 0;
  return amount > 0 ? undefined : invalidBudget(`Budget amount should be greater than 0, got ${amount}.`);
}

/**
 * REST reference of Microsoft.Consumption/budgets ("must be first of the month", "on or after June 1, 2017"),
 * hashicorp/terraform-provider-azurerm#12121 (neither a past month nor more than a year ahead) and
 * Azure/CanadaPubSecALZ#317 (never changed afterwards).
 */
function refuseStart({ cloud, inputs, existing }: Operation): ProviderError | undefined {
  const given = text(inputs, "timePeriod.startDate") ?? "";
  const start = new Date(given);
  if (Number.isNaN(start.getTime())) {
    return invalidBudget(
      `Start date of the budget should be a date such as 2027-01-01T00:00:00Z, got '${given}'.`,
    );
  }
  if (existing !== undefined) {
    const before = Date.parse(text(existing.properties, "timePeriod.startDate") ?? "");
    return before === start.getTime()
      ? undefined
      : invalidBudget("Start date of budgets cannot be updated. Please delete and create a new budget.");
  }
  if (start.getUTCDate() !== 1) {
    return invalidBudget(`Start date for the budget should be the first day of a month, got '${given}'.`);
  }
  const now = cloud.now();
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  if (start.getTime() < FIRST_START || (isMonthly(inputs) && start.getTime() < month)) {
    return invalidBudget(
      `Start date for monthly time grain should not be prior to the current month, got '${given}'.`,
    );
  }
  const yearAhead = Date.UTC(now.getUTCFullYear() + 1, now.getUTCMonth(), now.getUTCDate());
  return start.getTime() <= yearAhead
    ? undefined
    : invalidBudget(`Start date of the budget cannot be more than 1 year into the future, got '${given}'.`);
}

function isMonthly(inputs: JsonObject): boolean {
  return ["Monthly", "BillingMonth"].includes(text(inputs, "timeGrain") ?? "");
}

function refuseEnd({ inputs }: Operation): ProviderError | undefined {
  const end = text(inputs, "timePeriod.endDate");
  if (end === undefined || Date.parse(end) > Date.parse(text(inputs, "timePeriod.startDate") ?? "")) {
    return undefined;
  }
  return invalidBudget(`End date of the budget should be after its start date, got '${end}'.`);
}

/** Each notification reaches somebody, at a threshold in percent of the amount. */
function refuseNotifications({ cloud, inputs }: Operation): ProviderError | undefined {
  const notifications = Object.entries(object(inputs, "notifications"));
  if (notifications.length > MAX_NOTIFICATIONS) {
    return invalidBudget(
      `A budget can have at most ${MAX_NOTIFICATIONS} notifications, got ${notifications.length}.`,
    );
  }
  for (const [key, notification] of notifications) {
    const threshold = number(notification, "threshold");
    if (threshold === undefined || threshold <= 0 || threshold > MAX_THRESHOLD_PERCENT) {
      return invalidBudget(
        `Threshold of notification '${key}' must be between 0 and ${MAX_THRESHOLD_PERCENT}, got ${threshold ?? "(null)"}.`,
      );
    }
    const receivers = ["contactEmails", "contactGroups", "contactRoles"].flatMap((path) =>
      list(notification, path),
    );
    if (receivers.length === 0) {
      return invalidBudget(
        `Notification '${key}' must have at least one of contactEmails, contactGroups and contactRoles.`,
      );
    }
    const missing = strings(notification, "contactGroups").find((id) => cloud.store.get(id) === undefined);
    if (missing !== undefined) {
      return refusal(
        "ResourceNotFound",
        `The action group '${missing}' of notification '${key}' was not found.`,
      );
    }
  }
  return undefined;
}
