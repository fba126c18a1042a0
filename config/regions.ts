/**
 * Azure regions that the platform can run in. Zones as of
 * https://learn.microsoft.com/azure/reliability/regions-list; the other columns are the platform's own and never change:
 * `code` is part of names, `network` the second octet of the region's address space.
 */
export interface Region {
  readonly code: string;
  readonly network: number;
  readonly zones: boolean;
}

export const REGIONS: Readonly<Record<string, Region>> = {
  westus2: { code: "wus2", network: 16, zones: true },
  eastus: { code: "eus", network: 17, zones: true },
  eastus2: { code: "eus2", network: 18, zones: true },
  centralus: { code: "cus", network: 19, zones: true },
  southcentralus: { code: "scus", network: 20, zones: true },
  westus3: { code: "wus3", network: 21, zones: true },
  canadacentral: { code: "cac", network: 22, zones: true },
  brazilsouth: { code: "brs", network: 23, zones: true },
  northeurope: { code: "ne", network: 24, zones: true },
  westeurope: { code: "we", network: 25, zones: true },
  uksouth: { code: "uks", network: 26, zones: true },
  francecentral: { code: "frc", network: 27, zones: true },
  germanywestcentral: { code: "gwc", network: 28, zones: true },
  swedencentral: { code: "sec", network: 29, zones: true },
  switzerlandnorth: { code: "chn", network: 30, zones: true },
  norwayeast: { code: "noe", network: 31, zones: true },
  italynorth: { code: "itn", network: 32, zones: true },
  spaincentral: { code: "spc", network: 33, zones: true },
  polandcentral: { code: "plc", network: 34, zones: true },
  japaneast: { code: "jpe", network: 35, zones: true },
  southeastasia: { code: "sea", network: 36, zones: true },
  eastasia: { code: "ea", network: 37, zones: true },
  australiaeast: { code: "aue", network: 38, zones: true },
  centralindia: { code: "inc", network: 39, zones: true },
  koreacentral: { code: "krc", network: 40, zones: true },
  southafricanorth: { code: "san", network: 41, zones: true },
  uaenorth: { code: "uan", network: 42, zones: true },
  westus: { code: "wus", network: 43, zones: false },
  northcentralus: { code: "ncus", network: 44, zones: false },
  westcentralus: { code: "wcus", network: 45, zones: false },
  canadaeast: { code: "cae", network: 46, zones: false },
  ukwest: { code: "ukw", network: 47, zones: false },
  australiasoutheast: { code: "ause", network: 48, zones: false },
  southindia: { code: "ins", network: 49, zones: false },
};
