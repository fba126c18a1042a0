/**
 * Azure's public regions: which have availability zones, which region each is paired with, and its geography
 * (https://learn.microsoft.com/azure/reliability/regions-list).
 */
export interface Region {
  /** Short name, such as `westus2`. */
  readonly name: string;
  readonly geography: string;
  /** Availability zones; empty where the region has none. */
  readonly zones: readonly string[];
  /** Where geo-redundant storage keeps its copies; undefined for a region without a pair. */
  readonly pair: string | undefined;
}

/** By geography: `name`, with `*` where there are zones and `>pair` where there is a pair. */
const GEOGRAPHIES: Readonly<Record<string, string>> = {
  Australia:
    "australiacentral>australiacentral2 australiacentral2>australiacentral australiaeast*>australiasoutheast " +
    "australiasoutheast>australiaeast",
  Austria: "austriaeast*",
  Belgium: "belgiumcentral*",
  Brazil: "brazilsouth*>southcentralus brazilsoutheast>brazilsouth",
  Canada: "canadacentral*>canadaeast canadaeast>canadacentral",
  Chile: "chilecentral*",
  "Asia Pacific": "eastasia*>southeastasia southeastasia*>eastasia",
  Europe: "northeurope*>westeurope westeurope*>northeurope",
  France: "francecentral*>francesouth francesouth>francecentral",
  Germany: "germanynorth>germanywestcentral germanywestcentral*>germanynorth",
  India: "centralindia*>southindia southindia>centralindia westindia>southindia",
  Indonesia: "indonesiacentral*",
  Israel: "israelcentral*",
  Italy: "italynorth*",
  Japan: "japaneast*>japanwest japanwest*>japaneast",
  Korea: "koreacentral*>koreasouth koreasouth>koreacentral",
  Malaysia: "malaysiawest*",
  Mexico: "mexicocentral*",
  "New Zealand": "newzealandnorth*",
  Norway: "norwayeast*>norwaywest norwaywest>norwayeast",
  Poland: "polandcentral*",
  Qatar: "qatarcentral*",
  "South Africa": "southafricanorth*>southafricawest southafricawest>southafricanorth",
  Spain: "spaincentral*",
  Sweden: "swedencentral*>swedensouth swedensouth>swedencentral",
  Switzerland: "switzerlandnorth*>switzerlandwest switzerlandwest>switzerlandnorth",
  "United Arab Emirates": "uaecentral>uaenorth uaenorth*>uaecentral",
  "United Kingdom": "uksouth*>ukwest ukwest>uksouth",
  "United States":
    "centralus*>eastus2 eastus*>westus eastus2*>centralus northcentralus>southcentralus southcentralus*>northcentralus " +
    "westcentralus>westus2 westus>eastus westus2*>westcentralus westus3*>eastus",
};

const ZONES = ["1", "2", "3"] as const;

const REGIONS = new Map(
  Object.entries(GEOGRAPHIES).flatMap(([geography, list]) =>
    list.split(" ").map((entry): [string, Region] => {
      const [, name = "", zonal, pair] = /^(\w+)(\*)?(?:>(\w+))?$/.exec(entry) ?? [];
      return [name, { name, geography, zones: zonal === undefined ? [] : ZONES, pair }];
    }),
  ),
);

/** @param name short name. @returns undefined for no region of Azure. */
export function regionOf(name: string): Region | undefined {
  return REGIONS.get(name);
}

/** Zones of a region by its short name (`westus2`), or undefined for no region of Azure. */
export function zonesOf(region: string): readonly string[] | undefined {
  return regionOf(region)?.zones;
}

export function knownRegions(): string[] {
  return [...REGIONS.keys()].sort();
}

/** "West US 2" and "westus2" are one region. */
export function normalizeRegion(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}
