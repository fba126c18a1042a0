/**
 * Azure regions that the platform can run in. Zones as of
 * https://learn.microsoft.com/azure/reliability/regions-list; the other columns are the platform's own and never change:
 * `code` is part of names, `network` the second octet of the region's address space.
 */
export interface Region {
  readonly code: string;
  readonly network: number;
  readonly zones: boolean;
  /** Azure pairs it with another region, into which it replicates storage and backups. */
  readonly paired: boolean;
}

export const REGIONS: Readonly<Record<string, Region>> = {
  westus2: { code: "wus2", network: 16, zones: true, paired: true },
  eastus: { code: "eus", network: 17, zones: true, paired: true },
  eastus2: { code: "eus2", network: 18, zones: true, paired: true },
  centralus: { code: "cus", network: 19, zones: true, paired: true },
  southcentralus: { code: "scus", network: 20, zones: true, paired: true },
  westus3: { code: "wus3", network: 21, zones: true, paired: true },
  canadacentral: { code: "cac", network: 22, zones: true, paired: true },
  brazilsouth: { code: "brs", network: 23, zones: true, paired: true },
  northeurope: { code: "ne", network: 24, zones: true, paired: true },
  westeurope: { code: "we", network: 25, zones: true, paired: true },
  uksouth: { code: "uks", network: 26, zones: true, paired: true },
  francecentral: { code: "frc", network: 27, zones: true, paired: true },
  germanywestcentral: { code: "gwc", network: 28, zones: true, paired: true },
  swedencentral: { code: "sec", network: 29, zones: true, paired: true },
  switzerlandnorth: { code: "chn", network: 30, zones: true, paired: true },
  norwayeast: { code: "noe", network: 31, zones: true, paired: true },
  italynorth: { code: "itn", network: 32, zones: true, paired: false },
  spaincentral: { code: "spc", network: 33, zones: true, paired: false },
  polandcentral: { code: "plc", network: 34, zones: true, paired: false },
  japaneast: { code: "jpe", network: 35, zones: true, paired: true },
  southeastasia: { code: "sea", network: 36, zones: true, paired: true },
  eastasia: { code: "ea", network: 37, zones: true, paired: true },
  australiaeast: { code: "aue", network: 38, zones: true, paired: true },
  centralindia: { code: "inc", network: 39, zones: true, paired: true },
  koreacentral: { code: "krc", network: 40, zones: true, paired: true },
  southafricanorth: { code: "san", network: 41, zones: true, paired: true },
  uaenorth: { code: "uan", network: 42, zones: true, paired: true },
  westus: { code: "wus", network: 43, zones: false, paired: true },
  northcentralus: { code: "ncus", network: 44, zones: false, paired: true },
  westcentralus: { code: "wcus", network: 45, zones: false, paired: true },
  canadaeast: { code: "cae", network: 46, zones: false, paired: true },
  ukwest: { code: "ukw", network: 47, zones: false, paired: true },
  australiasoutheast: { code: "ause", network: 48, zones: false, paired: true },
  southindia: { code: "ins", network: 49, zones: false, paired: true },
};
