/** What Azure refuses in a region that a service is not offered in: the rows of `tables/regions.json`. */
import facts from "../../tables/regions.json";
import type { ProviderError } from "../provider/backend";
import { strings, text } from "../provider/values";
import { normalizeRegion } from "./regions";
import { refusal, type Operation } from "./resourceType";

type Service = keyof typeof facts.services;

/** The codes and words are Azure Resource Manager's for a type that a region lacks. */
export function refuseUnofferedRegion(service: Service): (operation: Operation) => ProviderError | undefined {
  return ({ inputs, type: { shape } }) => {
    const region = normalizeRegion(text(inputs, "location") ?? "");
    const offered: readonly string[] = facts.services[service].regions;
    if (region === "" || offered.includes(region)) return undefined;
    return refusal(
      "LocationNotAvailableForResourceType",
      `The provided location '${region}' is not available for resource type '${shape.armType}'. List of available ` +
        `regions for the resource type is '${offered.join(",")}'.`,
    );
  };
}

/** Zones that a service has in some regions only. */
export function refuseUnofferedZones(service: Service): (operation: Operation) => ProviderError | undefined {
  return ({ inputs, id }) => {
    const region = normalizeRegion(text(inputs, "location") ?? "");
    const zones = strings(inputs, "zones");
    if (zones.length === 0 || facts.services[service].regions.includes(region)) return undefined;
    return refusal(
      "AvailabilityZonesNotSupportedInRegion",
      `Availability zones '${zones.join(",")}' are not supported for resource '${id}' in region '${region}'.`,
    );
  };
}
