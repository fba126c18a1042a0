/**
 * Azure's public regions and which of them have availability zones
 * (https://learn.microsoft.com/azure/reliability/regions-list).
 */
const WITH_ZONES =
  "australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral eastasia " +
  "eastus eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest " +
  "koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral " +
  "southafricanorth southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth " +
  "westeurope westus2 westus3";
const WITHOUT_ZONES =
  "australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth " +
  "koreasouth northcentralus norwaywest southafricawest southindia switzerlandwest uaecentral ukwest " +
  "westcentralus westindia westus";

const ZONES = new Map<string, readonly string[]>([
  ...WITH_ZONES.split(" ").map((region): [string, readonly string[]] => [region, ["1", "2", "3"]]),
  ...WITHOUT_ZONES.split(" ").map((region): [string, readonly string[]] => [region, []]),
]);

/** Zones of a region by its short name (`westus2`), or undefined for no region of Azure. */
export function zonesOf(region: string): readonly string[] | undefined {
  return ZONES.get(region);
}

export function knownRegions(): string[] {
  return [...ZONES.keys()].sort();
}

/** "West US 2" and "westus2" are one region. */
export function normalizeRegion(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}
