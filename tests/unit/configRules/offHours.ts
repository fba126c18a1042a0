import { type Row } from "./row";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
const DAY = { stopAt: "19:00", startAt: "07:00", days: WEEKDAYS, timeZone: "UTC" };
const window = (dayOfWeek: string, startTime: string, utcOffset = "+00:00", durationHours = 4) => ({
  dayOfWeek,
  startTime,
  utcOffset,
  durationHours,
});
const WORKING = { maintenance: { cluster: window("Monday", "08:00"), nodeOs: window("Tuesday", "08:00") } };

/** Schedules, and what AKS does in the meantime. */
export const offHoursRows: Readonly<Record<string, Row>> = {
  "a cluster that stops and starts at once": {
    change: { governance: { offHours: { ...DAY, startAt: "19:00" } }, cluster: WORKING },
    path: "governance.offHours.startAt",
    names: ["19:00 with stopAt 19:00", "at least 60 minutes"],
    mend: { governance: { offHours: { startAt: "07:00" } } },
  },
  "a cluster that starts minutes after it stopped, over midnight": {
    change: { governance: { offHours: { ...DAY, stopAt: "23:50", startAt: "00:10" } }, cluster: WORKING },
    path: "governance.offHours.startAt",
    names: ["00:10 with stopAt 23:50", "at least 60 minutes"],
    mend: { governance: { offHours: { startAt: "07:00" } } },
  },
  "a time zone that Windows does not know": {
    change: { governance: { offHours: { ...DAY, timeZone: "Europe" } }, cluster: WORKING },
    path: "governance.offHours.timeZone",
    names: ["Europe", "Windows"],
    mend: { governance: { offHours: { timeZone: "UTC" } } },
  },
  "a maintenance window in which the cluster is stopped": {
    change: {
      governance: { offHours: DAY },
      cluster: { maintenance: { nodeOs: WORKING.maintenance.nodeOs } },
    },
    path: "cluster.maintenance.cluster",
    names: [
      "Sunday 01:00 (+00:00) for 4 hours with governance.offHours",
      "no stopped cluster",
      "Monday",
      '"07:00"',
    ],
    mend: { cluster: { maintenance: { cluster: window("Monday", "07:00") } } },
  },
  "a maintenance window that the cluster runs in summer only": {
    change: {
      governance: { offHours: { ...DAY, timeZone: "W. Europe Standard Time" } },
      cluster: { maintenance: { cluster: window("Monday", "05:00"), nodeOs: window("Tuesday", "08:00") } },
    },
    path: "cluster.maintenance.cluster",
    names: ["Monday 05:00", "summer and winter", '"06:00"'],
    mend: { cluster: { maintenance: { cluster: window("Monday", "06:00") } } },
  },
  "a working night that a window outlasts": {
    change: {
      governance: { offHours: { ...DAY, startAt: "22:00", stopAt: "02:00", days: ["Saturday"] } },
      cluster: {
        maintenance: {
          cluster: window("Saturday", "22:00", "+00:00", 5),
          nodeOs: window("Saturday", "22:00"),
        },
      },
    },
    path: "cluster.maintenance.cluster",
    names: ["Saturday 22:00 (+00:00) for 5 hours", "durationHours: 4"],
    mend: { cluster: { maintenance: { cluster: window("Saturday", "22:00") } } },
  },
};
