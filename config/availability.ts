/** Which regions offer a service, from `tables/regions.json`, and how far apart regions lie. */
import table from "../tables/regions.json";
import { REGIONS } from "./regions";

export type RegionalService = keyof typeof table.services;

/** An entry of `azure.assumeAvailable`: `acr-agent-pools/southeastasia`, `vm-size/Standard_D4ds_v9`. */
export function assumption(kind: RegionalService | "vm-size" | "postgresql-size", what: string): string {
  return `${kind}/${what}`;
}

export function isOffered(service: RegionalService, region: string, assumed: readonly string[]): boolean {
  return table.services[service].regions.includes(region) || assumed.includes(assumption(service, region));
}

/** What the service is called, and the page that lists its regions with the page's date. */
export function describeService(service: RegionalService): {
  readonly title: string;
  readonly source: string;
} {
  const { title, source, asOf } = table.services[service];
  return { title, source: `${source}, of ${asOf}` };
}

/** Regions of the platform that offer the service, the nearest to `region` first. */
export function nearestRegions(service: RegionalService, region: string, count = 3): string[] {
  return table.services[service].regions
    .filter((name) => name in REGIONS)
    .sort((one, other) => milesBetween(region, one) - milesBetween(region, other))
    .slice(0, count);
}

const EARTH_RADIUS_MILES = 3958.8;

/** Great-circle distance in miles; 0 where a region's place is unknown. */
export function milesBetween(one: string, other: string): number {
  const places: Readonly<Record<string, readonly number[]>> = table.coordinates;
  const [from, to] = [places[one], places[other]];
  if (!from || !to) return 0;
  const [latitude, longitude] = from.map(toRadians);
  const [otherLatitude, otherLongitude] = to.map(toRadians);
  const haversine =
    Math.sin(((otherLatitude ?? 0) - (latitude ?? 0)) / 2) ** 2 +
    Math.cos(latitude ?? 0) *
      Math.cos(otherLatitude ?? 0) *
      Math.sin(((otherLongitude ?? 0) - (longitude ?? 0)) / 2) ** 2;
  return 2 * EARTH_RADIUS_MILES * Math.asin(Math.sqrt(haversine));
}

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
