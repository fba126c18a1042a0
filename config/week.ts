/** Times of a week, for schedules in different time zones. */
import { findIana, type WindowsZoneName } from "windows-iana";

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
export type Day = (typeof DAYS)[number];

export const MINUTES_OF_DAY = 24 * 60;
const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;

/** A stretch of the week in minutes from Sunday 00:00 UTC. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/** Minutes from midnight of a time such as `07:30`. */
export function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(":").map(Number);
  return hours * 60 + minutes;
}

/** Minutes from Sunday 00:00 UTC of a local time; `offset` is what local clocks are ahead of UTC, in minutes. */
export function minuteOfWeek(day: Day, timeOfDay: string, offset: number): number {
  return inWeek(DAYS.indexOf(day) * MINUTES_OF_DAY + minutesOf(timeOfDay) - offset);
}

/** The day and the local time of a minute of the week. */
export function timeInWeek(minute: number, offset: number): { readonly day: Day; readonly time: string } {
  const local = inWeek(minute + offset);
  const [hours, minutes] = [Math.floor((local % MINUTES_OF_DAY) / 60), local % 60];
  return {
    day: DAYS[Math.floor(local / MINUTES_OF_DAY)] ?? "Sunday",
    time: `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`,
  };
}

export function contains(outer: Stretch, inner: Stretch): boolean {
  return inWeek(inner.start - outer.start) + inner.length <= outer.length;
}

function inWeek(minute: number): number {
  return ((minute % MINUTES_OF_WEEK) + MINUTES_OF_WEEK) % MINUTES_OF_WEEK;
}

/** Minutes of an offset such as `-08:00`. */
export function parseOffset(utcOffset: string): number {
  const sign = utcOffset.startsWith("-") ? -1 : 1;
  return sign * minutesOf(utcOffset.slice(1));
}

/** Whether it is a time zone as Windows names it, such as `Pacific Standard Time`. */
export function isWindowsTimeZone(name: string): name is WindowsZoneName {
  return findIana(name as WindowsZoneName).length > 0;
}

/** Minutes that local clocks are ahead of UTC in winter and in summer of `year`; one entry where they never change. */
export function offsetsOf(windowsTimeZone: WindowsZoneName, year: number): number[] {
  const [timeZone = "Etc/UTC"] = findIana(windowsTimeZone);
  const offsets = [0, 6].map((month) => offsetAt(timeZone, new Date(Date.UTC(year, month, 15))));
  return [...new Set(offsets)];
}

function offsetAt(timeZone: string, date: Date): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const name = format.formatToParts(date).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  return name === "GMT" ? 0 : parseOffset(name.slice("GMT".length));
}
