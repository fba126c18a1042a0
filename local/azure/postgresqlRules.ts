/** What Azure Database for PostgreSQL (flexible server) refuses. */
import type { JsonObject, ProviderError } from "../provider/backend";
import { at, number, objects, text } from "../provider/values";
import { holderOfName } from "./globalNames";
import { nameOf, sameId } from "./ids";
import { normalizeRegion, regionOf, zonesOf } from "./regions";
import { refusal, type Operation, type Serial } from "./resourceType";

export const SERVER = "Microsoft.DBforPostgreSQL/flexibleServers";
/** https://learn.microsoft.com/azure/postgresql/configure-maintain/concepts-version-policy */
const VERSIONS = ["13", "14", "15", "16", "17", "18"];
/** https://learn.microsoft.com/azure/postgresql/compute-storage/concepts-storage: sizes of Premium SSD, in GiB. */
const SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384, 32767];
const TIERS: Readonly<Record<string, RegExp>> = {
  Burstable: /^Standard_B\d+m?s$|^Standard_B\d+m?s_v2$/,
  GeneralPurpose: /^Standard_D/,
  MemoryOptimized: /^Standard_E/,
};

export function serverOf(id: string): string {
  return /^.*\/flexibleServers\/[^/]+/i.exec(id)?.[0] ?? id;
}

/** Azure/azure-postgresql#134, Altinn/dialogporten#3663 */
export const oneWriteAtATime: Serial = {
  key: serverOf,
  conflict: ({ id }) =>
    refusal(
      "ServerIsBusy",
      `Cannot complete operation while server '${nameOf(serverOf(id))}' is busy processing another operation. Try again later.`,
    ),
};

function invalid(parameter: string, value: unknown, why: string): ProviderError {
  return refusal(
    "InvalidParameterValue",
    `Invalid value given for parameter ${parameter} ('${String(value)}'): ${why}`,
  );
}

export function refuseTakenName(operation: Operation): ProviderError | undefined {
  return holderOfName(operation) === undefined
    ? undefined
    : refusal("ServerNameAlreadyExists", `Specified server name '${nameOf(operation.id)}' is already used.`);
}

export function refuseVersion({ inputs, existing }: Operation): ProviderError | undefined {
  const version = text(inputs, "version");
  if (version === undefined) return undefined;
  if (!VERSIONS.includes(version)) return invalid("version", version, `allowed are ${VERSIONS.join(", ")}.`);
  const before = text(existing?.properties, "version");
  return before !== undefined && Number(version) < Number(before)
    ? invalid("version", version, `a server of version ${before} cannot be downgraded.`)
    : undefined;
}

export function refuseSku({ inputs }: Operation): ProviderError | undefined {
  const [name, tier] = [text(inputs, "sku.name"), text(inputs, "sku.tier")];
  if (name === undefined || tier === undefined) {
    const isCopy = ["Replica", "PointInTimeRestore", "GeoRestore"].includes(text(inputs, "createMode") ?? "");
    return isCopy ? undefined : invalid("sku", name ?? "", "a new server needs sku.name and sku.tier.");
  }
  return TIERS[tier]?.test(name) === true
    ? undefined
    : invalid(
        "sku.name",
        name,
        `it is no SKU of the tier ${tier} (tiers: ${Object.keys(TIERS).join(", ")}).`,
      );
}

/** https://learn.microsoft.com/azure/postgresql/scale/concepts-scaling-resources: storage only grows. */
export function refuseStorage({ inputs, existing }: Operation): ProviderError | undefined {
  const size = number(inputs, "storage.storageSizeGB");
  const isPremiumSsd = (text(inputs, "storage.type") ?? "Premium_LRS") === "Premium_LRS";
  if (size !== undefined && isPremiumSsd && !SIZES.includes(size)) {
    return invalid("storageSizeGB", size, `allowed are ${SIZES.join(", ")}.`);
  }
  const before = number(existing?.properties, "storage.storageSizeGB");
  if (size !== undefined && before !== undefined && size < before) {
    return invalid("storageSizeGB", size, `the storage of a server cannot be decreased, it has ${before}.`);
  }
  return refuseBackup(inputs);
}

/** https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-geo-disaster-recovery: copies are in the paired region. */
function refuseBackup(inputs: JsonObject): ProviderError | undefined {
  const region = regionOf(normalizeRegion(text(inputs, "location") ?? ""));
  if (text(inputs, "backup.geoRedundantBackup") === "Enabled" && region?.pair === undefined) {
    return invalid("geoRedundantBackup", "Enabled", `${region?.name ?? "the region"} has no paired region.`);
  }
  const days = number(inputs, "backup.backupRetentionDays");
  return days !== undefined && (days < 7 || days > 35)
    ? invalid("backupRetentionDays", days, "allowed are 7 to 35 days.")
    : undefined;
}

/** https://learn.microsoft.com/azure/postgresql/security/security-entra-configure */
export function refuseAuthentication({ inputs, existing }: Operation): ProviderError | undefined {
  const password = text(inputs, "authConfig.passwordAuth") ?? "Enabled";
  const entra = text(inputs, "authConfig.activeDirectoryAuth") ?? "Disabled";
  if (password === "Disabled" && entra === "Disabled") {
    return invalid("authConfig", "", "one of passwordAuth and activeDirectoryAuth must be Enabled.");
  }
  if (password === "Disabled") return undefined;
  const login = text(inputs, "administratorLogin");
  const isNew =
    existing === undefined && ["Default", "Create", undefined].includes(text(inputs, "createMode"));
  return isNew && (login === undefined || at(inputs, "administratorLoginPassword") === undefined)
    ? invalid(
        "administratorLogin",
        login ?? "",
        "passwordAuth needs administratorLogin and administratorLoginPassword.",
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/postgresql/high-availability/concepts-high-availability#limitations */
export function refuseHighAvailability({ inputs }: Operation): ProviderError | undefined {
  const mode = text(inputs, "highAvailability.mode") ?? "Disabled";
  if (mode === "Disabled") return undefined;
  if (!["ZoneRedundant", "SameZone"].includes(mode)) {
    return invalid("highAvailability.mode", mode, "allowed are Disabled, SameZone, ZoneRedundant.");
  }
  if (text(inputs, "sku.tier") === "Burstable") {
    return refusal(
      "HADisabledForBurstableSkus",
      "High availability is not supported for the Burstable tier.",
    );
  }
  const region = normalizeRegion(text(inputs, "location") ?? "");
  if (mode === "ZoneRedundant" && (zonesOf(region) ?? []).length === 0) {
    return refusal(
      "ZoneRedundantHANotSupportedInRegion",
      `Zone-redundant high availability is not supported in ${region}: it has no availability zones.`,
    );
  }
  const [zone, standby] = [
    text(inputs, "availabilityZone"),
    text(inputs, "highAvailability.standbyAvailabilityZone"),
  ];
  return mode === "ZoneRedundant" && zone !== undefined && zone !== "" && zone === standby
    ? invalid(
        "standbyAvailabilityZone",
        standby,
        "a zone-redundant standby is in another zone than its primary.",
      )
    : undefined;
}

/** https://learn.microsoft.com/azure/postgresql/network/concepts-networking-private */
export function refuseNetwork({ cloud, inputs }: Operation): ProviderError | undefined {
  const subnetId = text(inputs, "network.delegatedSubnetResourceId");
  const zoneId = text(inputs, "network.privateDnsZoneArmResourceId");
  if (subnetId === undefined) {
    return zoneId === undefined
      ? undefined
      : invalid("privateDnsZoneArmResourceId", zoneId, "it is for servers in a delegated subnet.");
  }
  const subnet = cloud.store.get(subnetId);
  const delegations = objects(subnet?.properties, "delegations").map(
    (entry) => text(entry, "serviceName") ?? "",
  );
  if (!delegations.some((service) => sameId(service, SERVER))) {
    return invalid("delegatedSubnetResourceId", subnetId, `the subnet must be delegated to ${SERVER}.`);
  }
  if (zoneId === undefined) {
    return refusal(
      "EmptyPrivateDnsZoneArmResourceId",
      "The parameter PrivateDnsZoneArmResourceId is required, and cannot be empty.",
    );
  }
  return /\.postgres\.database\.azure\.com$/i.test(zoneId)
    ? undefined
    : invalid(
        "privateDnsZoneArmResourceId",
        zoneId,
        "the zone's name must end in '.postgres.database.azure.com'.",
      );
}

/** Settled at the creation: .../concepts-backup-restore#geo-redundant-backup-and-restore, .../concepts-networking-private. */
export function refuseCreateOnly({ inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const paths = ["backup.geoRedundantBackup", "network.delegatedSubnetResourceId", "storage.type"];
  const changed = paths.find((path) => {
    const wanted = text(inputs, path);
    return wanted !== undefined && wanted !== (text(existing.properties, path) ?? "");
  });
  return changed === undefined
    ? undefined
    : invalid(
        changed,
        text(inputs, changed),
        "it is settled when the server is created, and cannot be changed.",
      );
}
