/** The charts that the emulated cluster knows: what each of them makes, as its public description says. */
import type { JsonObject } from "../../provider/backend";
import { ProviderError } from "../../provider/backend";
import { isObject } from "../../provider/values";
import { albController } from "./albController";
import { argoRollouts } from "./argoRollouts";
import { prometheus } from "./prometheus";
import type { ReleaseRecord } from "./record";

/** Where a release is: its name, and its namespace. */
export type ReleasePlace = Pick<ReleaseRecord, "name" | "namespace">;

export interface Chart {
  /** Address of the chart, as a Release names it. */
  readonly source: string;
  readonly name: string;
  /** Version that is installed where the program names none: the newest one that is known here. */
  readonly version: string;
  /** Places of the values, dotted; what lies below the last key is free. */
  readonly values: readonly string[];
  /** The objects of a release. A Deployment of them is taken to run as soon as its pods have a node. */
  readonly render: (values: JsonObject, release: ReleasePlace) => readonly JsonObject[];
  /** Kinds of its objects that stay when the release goes. */
  readonly kept: (values: JsonObject) => readonly string[];
  /** What the chart's pods make once they run; it outlives the release. */
  readonly bootstrap: (values: JsonObject) => readonly JsonObject[];
}

const CHARTS: readonly Chart[] = [albController, argoRollouts, prometheus];

/** @throws for a chart that is not in the table: nobody would know what it makes. */
export function findChart(source: string): Chart {
  const found = CHARTS.find((chart) => chart.source === source);
  if (found !== undefined) return found;
  throw new ProviderError(
    "ChartNotEmulated",
    `the emulated cluster does not know the chart "${source}". Allowed: ${CHARTS.map((chart) => chart.source).join(", ")}. ` +
      "Describe it: an entry of type Chart in local/kubernetes/helm/charts.ts; or install it in a real cluster (make cluster)",
  );
}

/** Values that the chart does not read, by their places. Helm takes them without a word. */
export function unknownValues(chart: Chart, values: JsonObject, prefix = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const place = prefix === "" ? key : `${prefix}.${key}`;
    if (chart.values.includes(place)) return [];
    const isBranch = chart.values.some((known) => known.startsWith(`${place}.`));
    return isBranch && isObject(value) ? unknownValues(chart, value, place) : [place];
  });
}
