import { z } from "zod";

import { timeOfDay } from "./values";

const dayOfWeek = z.enum(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);

export const governanceSchema = z.strictObject({
  /** Monthly budget of the stack's resource groups; null: none. Its people are `observability.alertEmails`. */
  budget: z
    .strictObject({
      /** In the currency of the billing account. */
      monthlyAmount: z.number().int().min(1).max(10_000_000),
      /** First day of a month to come; null: the month in which the budget is created. Azure never changes it. */
      startDate: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])-01$/, "the first day of a month, such as 2027-01-01")
        .nullable()
        .default(null),
    })
    .nullable(),
  /** AKS Backup of the API's namespace; null: none. */
  backup: z
    .strictObject({
      retentionDays: z.number().int().min(1).max(360),
      /** Hours from one backup to the next. */
      intervalHours: z.union([4, 6, 8, 12, 24].map((hours) => z.literal(hours))),
    })
    .nullable(),
  /** When the cluster stops and starts again; null: it always runs. */
  offHours: z
    .strictObject({
      stopAt: timeOfDay,
      startAt: timeOfDay,
      /** Days of both; on the others the cluster stays stopped. */
      days: z.array(dayOfWeek).min(1),
      /** As Windows names it, which Azure Logic Apps want. */
      timeZone: z
        .string()
        .regex(/^[A-Z][A-Za-z0-9 .()+-]+$/, "a time zone such as Pacific Standard Time or UTC"),
    })
    .nullable(),
});

export type GovernanceSettings = z.infer<typeof governanceSchema>;
