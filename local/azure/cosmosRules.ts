/** What Azure Cosmos DB refuses of an account's regions, consistency and updates. */
import type { JsonObject, ProviderError } from "../provider/backend";
import { at, flag, number, objects, text } from "../provider/values";
import { normalizeRegion, zonesOf } from "./regions";
import { refusal, type Operation, type Serial } from "./resourceType";

const LEVELS = ["Eventual", "Session", "BoundedStaleness", "Strong", "ConsistentPrefix"];

/** Id of the account that a resource belongs to, or is. */
export function accountOf(id: string): string {
  return /^.*\/databaseAccounts\/[^/]+/i.exec(id)?.[0] ?? id;
}

/** An account takes one write of its control plane at a time (hashicorp/terraform-provider-azurerm#6610). */
export const oneWriteAtATime: Serial = {
  key: accountOf,
  conflict: () =>
    refusal(
      "PreconditionFailed",
      "There is already an operation in progress which requires exclusive lock on this account. Please retry the " +
        "operation after sometime.",
    ),
};

function badRequest(message: string): ProviderError {
  return refusal("BadRequest", message);
}

/** https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/create-or-update#location */
export function refuseLocations({ inputs, existing }: Operation): ProviderError | undefined {
  const locations = objects(inputs, "locations");
  const names = locations.map((entry) => normalizeRegion(text(entry, "locationName") ?? ""));
  const unknown = names.find((name) => zonesOf(name) === undefined);
  if (locations.length === 0)
    return badRequest("List of supplied locations is invalid: at least one is needed.");
  if (unknown !== undefined)
    return badRequest(`List of supplied locations is invalid: '${unknown}' is no region.`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return badRequest(`List of supplied locations is invalid: '${twice}' is there twice.`);
  const priorities = locations.map((entry, index) => number(entry, "failoverPriority") ?? index);
  const isGapless = [...priorities]
    .sort((left, right) => left - right)
    .every((priority, index) => priority === index);
  if (!isGapless) {
    return badRequest(
      `Failover priority value ${priorities.join(", ")} supplied is invalid: the priorities of ${names.length} regions are ` +
        `0 to ${names.length - 1}, each once.`,
    );
  }
  return refuseRegionSwap(names, priorities, existing?.properties);
}

/** Regions are added or removed at a time; the region that takes writes changes by a failover. */
function refuseRegionSwap(
  names: readonly string[],
  priorities: readonly number[],
  before: JsonObject | undefined,
): ProviderError | undefined {
  if (before === undefined) return undefined;
  const earlier = objects(before, "locations");
  const home = earlier.find((entry, index) => (number(entry, "failoverPriority") ?? index) === 0);
  const homeName = normalizeRegion(text(home, "locationName") ?? "");
  if (!names.includes(homeName)) {
    return badRequest(`The write region '${homeName}' cannot be removed: fail over to another region first.`);
  }
  const same = earlier.length === names.length;
  const moved = names[priorities.indexOf(0)] !== homeName;
  return moved && !same
    ? badRequest("Changing the write region and adding or removing regions must be separate operations.")
    : undefined;
}

/** https://learn.microsoft.com/azure/cosmos-db/consistency-levels#strong-consistency-and-multiple-write-regions */
export function refuseConsistency({ inputs }: Operation): ProviderError | undefined {
  const level = text(inputs, "consistencyPolicy.defaultConsistencyLevel");
  if (level === undefined) return undefined;
  if (!LEVELS.includes(level)) {
    return badRequest(`Consistency level '${level}' is invalid: allowed are ${LEVELS.join(", ")}.`);
  }
  const regions = objects(inputs, "locations").length;
  if (level === "Strong" && flag(inputs, "enableMultipleWriteLocations") && regions > 1) {
    return badRequest("Strong consistency is not supported for accounts with multiple write locations.");
  }
  if (level !== "BoundedStaleness") return undefined;
  // https://learn.microsoft.com/azure/cosmos-db/consistency-levels#bounded-staleness-consistency
  const [prefix, seconds] = regions > 1 ? [100_000, 300] : [10, 5];
  const givenPrefix = number(inputs, "consistencyPolicy.maxStalenessPrefix") ?? 100;
  const givenSeconds = number(inputs, "consistencyPolicy.maxIntervalInSeconds") ?? 5;
  return givenPrefix < prefix || givenSeconds < seconds
    ? badRequest(
        `Bounded staleness of an account with ${regions} region(s) needs maxStalenessPrefix >= ${prefix} and ` +
          `maxIntervalInSeconds >= ${seconds}, got ${givenPrefix} and ${givenSeconds}.`,
      )
    : undefined;
}

/** Properties that are neither regions, backup nor envelope. */
function settingsOf(properties: JsonObject, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => properties[key] ?? null));
}

/**
 * "You can't simultaneously add or remove locations and change other properties"
 * (https://learn.microsoft.com/azure/cosmos-db/nosql/manage-with-powershell#update-account), and the same goes for the
 * move to continuous backup (Azure/bicep-types-az#1940). Tags are no properties.
 */
export function refuseMixedUpdate({ inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const before = existing.properties;
  const envelope = [
    "tags",
    "identity",
    "location",
    "locations",
    "backupPolicy",
    "accountName",
    "resourceGroupName",
    "createMode",
  ];
  const keys = Object.keys(inputs).filter((key) => !envelope.includes(key) && !key.startsWith("__"));
  const others = keys.filter(
    (key) => settingsOf(inputs, [key]) !== settingsOf(before, [key]) && !covers(before[key], inputs[key]),
  );
  const names = (values: JsonObject): string =>
    objects(values, "locations")
      .map((entry) => normalizeRegion(text(entry, "locationName") ?? ""))
      .sort()
      .join();
  const [other] = others;
  if (other === undefined) return undefined;
  if (names(inputs) !== names(before)) {
    return badRequest(
      `Adding or removing regions and updating other properties (${others.join(", ")}) of an account at the same time is ` +
        "not supported: make them two updates.",
    );
  }
  const continuous =
    text(inputs, "backupPolicy.type") === "Continuous" && text(before, "backupPolicy.type") === "Periodic";
  return continuous
    ? badRequest("Cannot update continuous backup mode and other properties at the same time.")
    : undefined;
}

/** Azure fills in what an input leaves out: that is no change. */
function covers(before: unknown, wanted: unknown): boolean {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return false;
  return Object.entries(wanted).every(
    ([key, value]) => JSON.stringify(at(before as JsonObject, key) ?? null) === JSON.stringify(value),
  );
}
