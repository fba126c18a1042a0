/** Off-hours: that the cluster runs long enough, rests long enough, and runs while AKS maintains it. */
import type { ConfigProblem } from "../errors";
import type { MaintenanceWindow, Settings } from "../schema";
import {
  contains,
  isWindowsTimeZone,
  MINUTES_OF_DAY,
  minuteOfWeek,
  minutesOf,
  offsetsOf,
  parseOffset,
  type Stretch,
  timeInWeek,
} from "../week";
import type { Rule } from "./rule";

export const offHoursRules: readonly Rule[] = [checkTimeZone, checkRest, checkMaintenance];

type OffHours = NonNullable<Settings["governance"]["offHours"]>;

/**
 * AKS wants 15 to 30 minutes between a stop and the next start
 * (https://learn.microsoft.com/azure/aks/start-stop-cluster); less than an hour, either way, saves nothing.
 */
const LEAST_MINUTES = 60;
/** AKS's shortest maintenance window. */
const WINDOW_HOURS = 4;

function checkTimeZone({ governance: { offHours } }: Settings): ConfigProblem[] {
  if (!offHours || isWindowsTimeZone(offHours.timeZone)) return [];
  return [
    {
      path: "governance.offHours.timeZone",
      got: offHours.timeZone,
      allowed:
        "a time zone as Windows names it, such as UTC, Pacific Standard Time or W. Europe Standard Time",
      fix: "look the name up at https://learn.microsoft.com/windows-hardware/manufacture/desktop/default-time-zones",
    },
  ];
}

function checkRest({ governance: { offHours } }: Settings): ConfigProblem[] {
  if (!offHours) return [];
  const { stopAt, startAt } = offHours;
  const between = Math.abs(minutesOf(stopAt) - minutesOf(startAt));
  if (Math.min(between, MINUTES_OF_DAY - between) >= LEAST_MINUTES) return [];
  return [
    {
      path: "governance.offHours.startAt",
      got: `${startAt} with stopAt ${stopAt}`,
      allowed: `at least ${LEAST_MINUTES} minutes from stopAt: AKS needs up to 30 to stop before it can start again`,
      fix: "set startAt to when the working day begins and stopAt to when it ends",
    },
  ];
}

/** AKS maintains no stopped cluster: a window in the off-hours would leave it without upgrades. */
function checkMaintenance({ governance: { offHours }, cluster }: Settings, today: Date): ConfigProblem[] {
  if (!offHours || !isWindowsTimeZone(offHours.timeZone)) return [];
  const seasons = offsetsOf(offHours.timeZone, today.getUTCFullYear()).map((offset) =>
    runningStretches(offHours, offset),
  );
  return (["cluster", "nodeOs"] as const).flatMap((name) => {
    const window = cluster.maintenance[name];
    const meets = seasons.every((running) => running.some((stretch) => contains(stretch, stretchOf(window))));
    if (meets) return [];
    const { dayOfWeek, startTime, utcOffset, durationHours } = window;
    return [
      {
        path: `cluster.maintenance.${name}`,
        got: `${dayOfWeek} ${startTime} (${utcOffset}) for ${durationHours} hours with governance.offHours`,
        allowed: "a window in which the cluster runs, in summer and winter: AKS upgrades no stopped cluster",
        fix: suggestion(seasons, window),
      },
    ];
  });
}

function stretchOf({ dayOfWeek, startTime, utcOffset, durationHours }: MaintenanceWindow): Stretch {
  return { start: minuteOfWeek(dayOfWeek, startTime, parseOffset(utcOffset)), length: durationHours * 60 };
}

/** A working day that ends after midnight ends on the next day (`components/governance/offHours.ts`). */
function runningStretches({ days, startAt, stopAt }: OffHours, offset: number): Stretch[] {
  const length = (minutesOf(stopAt) - minutesOf(startAt) + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  return days.map((day) => ({ start: minuteOfWeek(day, startAt, offset), length }));
}

/** A window that begins when the cluster has just started, late enough for both seasons. */
function suggestion(seasons: readonly (readonly Stretch[])[], { utcOffset }: MaintenanceWindow): string {
  const starts = seasons.flat().map(({ start }) => start);
  const window = starts
    .map((start): Stretch => ({ start, length: WINDOW_HOURS * 60 }))
    .find((candidate) => seasons.every((running) => running.some((stretch) => contains(stretch, candidate))));
  if (!window) return `let the cluster run for ${WINDOW_HOURS} hours on one day at least`;
  const { day, time } = timeInWeek(window.start, parseOffset(utcOffset));
  return `set it to { dayOfWeek: ${day}, startTime: "${time}", utcOffset: "${utcOffset}", durationHours: ${WINDOW_HOURS} }`;
}
