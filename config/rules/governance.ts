import type { ConfigProblem } from "../errors";
import type { Settings } from "../schema";
import { offHoursRules } from "./offHours";
import { refuseWhere, type Rule } from "./rule";

export const governanceRules: readonly Rule[] = [
  checkBudget,
  ...offHoursRules,
  refuseWhere(
    ({ delivery, access }) => delivery.github !== null && access.clusterAdmins.length === 0,
    ({ access }) => ({
      path: "access.clusterAdmins",
      got: access.clusterAdmins,
      allowed:
        "at least one administrator where delivery.github is set: otherwise whoever deploys last, a person or the " +
        "workflow, takes the cluster from the other",
      fix: "name a group that holds the people and the workflow's principal",
    }),
  ),
];

/**
 * Azure takes a start in the current month or one of the next twelve, and never another one afterwards
 * (https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update).
 */
function checkBudget({ governance: { budget } }: Settings, today: Date): ConfigProblem[] {
  const startDate = budget?.startDate;
  if (!startDate) return [];
  const first = monthOf(today, 0);
  const last = monthOf(today, 12);
  if (startDate >= first && startDate <= last) return [];
  return [
    {
      path: "governance.budget.startDate",
      got: `${startDate}, today being ${today.toISOString().slice(0, 10)}`,
      allowed: `${first} to ${last}: Azure creates no budget that starts in the past or more than a year ahead`,
      fix: "set it to null: a new budget then starts this month, and one that exists keeps its start",
    },
  ];
}

function monthOf(today: Date, monthsAhead: number): string {
  const date = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + monthsAhead, 1));
  return date.toISOString().slice(0, 10);
}
