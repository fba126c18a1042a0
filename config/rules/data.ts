/** The data services: what their SKUs and their region offer. */
import { assumption, milesBetween } from "../availability";
import type { ConfigProblem } from "../errors";
import { REGIONS } from "../regions";
import type { Settings } from "../schema";
import { refuseWhere, type Rule } from "./rule";

export const dataRules: readonly Rule[] = [
  refuseWhere(
    ({ data }) => data.cosmos?.consistency === "Strong" && data.cosmos.multiRegionWrites,
    () => ({
      path: "data.cosmos.consistency",
      got: "Strong with data.cosmos.multiRegionWrites true",
      allowed: "Session, BoundedStaleness or Eventual with writes in several regions",
      fix: "set multiRegionWrites to false, or consistency to Session",
    }),
  ),
  checkStrongConsistency,
  checkRedis,
  checkPostgresqlSku,
  checkPostgresql,
  checkStorage,
];

/** Sizes of Azure Managed Redis (https://learn.microsoft.com/azure/redis/overview#choosing-the-right-tier). */
const REDIS_SIZES: Readonly<Record<string, readonly number[]>> = {
  Balanced_B: [0, 1, 3, 5, 10, 20, 50, 100, 150, 250, 350, 500, 700, 1000],
  MemoryOptimized_M: [10, 20, 50, 100, 150, 250, 350, 500, 700, 1000, 1500, 2000],
  ComputeOptimized_X: [3, 5, 10, 20, 50, 100, 150, 250, 350, 500, 700],
};

function checkRedis({ data: { redis } }: Settings): ConfigProblem[] {
  if (!redis) return [];
  const [, family = "", size = ""] = /^(\D+)(\d+)$/.exec(redis.sku) ?? [];
  const sizes = REDIS_SIZES[family] ?? [];
  if (sizes.includes(Number(size))) return [];
  return [
    {
      path: "data.redis.sku",
      got: redis.sku,
      allowed: `${family} with one of the sizes ${sizes.join(", ")}`,
      fix: "choose one of these sizes, such as Balanced_B3",
    },
  ];
}

/**
 * Azure blocks strong consistency between regions that are farther apart
 * (https://learn.microsoft.com/azure/cosmos-db/consistency-levels#strong-consistency-and-multiple-write-regions).
 */
const STRONG_CONSISTENCY_MILES = 5000;

function checkStrongConsistency({ data: { cosmos }, regions }: Settings): ConfigProblem[] {
  if (cosmos?.consistency !== "Strong") return [];
  const pairs = regions.flatMap((one, index) =>
    regions.slice(index + 1).map((other) => ({ one, other, miles: milesBetween(one, other) })),
  );
  const [farthest] = pairs.sort((one, other) => other.miles - one.miles);
  if (!farthest || farthest.miles <= STRONG_CONSISTENCY_MILES) return [];
  const { one, other, miles } = farthest;
  return [
    {
      path: "data.cosmos.consistency",
      got: `Strong with ${one} and ${other}, which are ${Math.round(miles)} miles apart`,
      allowed: `regions at most ${STRONG_CONSISTENCY_MILES} miles apart: Azure blocks strong consistency beyond that`,
      fix: "set data.cosmos.consistency to BoundedStaleness or Session, or choose nearer regions",
    },
  ];
}

/**
 * Sizes of the service by tier: series, and the vCPUs that each has
 * (https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute, looked up on 2026-12-01).
 */
const POSTGRESQL_SIZES: Readonly<Record<PostgresqlTier, Readonly<Record<string, readonly number[]>>>> = {
  Burstable: { "B#ms": [1, 2, 4, 8, 12, 16, 20], "B#s": [2] },
  GeneralPurpose: {
    "D#s_v3": [2, 4, 8, 16, 32, 48, 64],
    "D#ds_v4": [2, 4, 8, 16, 32, 48, 64],
    "D#ds_v5": [2, 4, 8, 16, 32, 48, 64, 96],
    "D#ads_v5": [2, 4, 8, 16, 32, 48, 64, 96],
  },
  MemoryOptimized: {
    "E#s_v3": [2, 4, 8, 16, 32, 48, 64],
    "E#ds_v4": [2, 4, 8, 16, 20, 32, 48, 64],
    "E#ds_v5": [2, 4, 8, 16, 20, 32, 48, 64, 96],
    "E#ads_v5": [2, 4, 8, 16, 20, 32, 48, 64, 96],
  },
};

type PostgresqlTier = "Burstable" | "GeneralPurpose" | "MemoryOptimized";

function checkPostgresqlSku({ data: { postgresql }, azure }: Settings): ConfigProblem[] {
  if (!postgresql) return [];
  const { tier, name } = postgresql.sku;
  const assumed = assumption("postgresql-size", name);
  const sizes = Object.entries(POSTGRESQL_SIZES[tier]).flatMap(([series, vcpus]) =>
    vcpus.map((count) => `Standard_${series.replace("#", String(count))}`),
  );
  if (sizes.includes(name) || azure.assumeAvailable.includes(assumed)) return [];
  return [
    {
      path: "data.postgresql.sku.name",
      got: `${name} with data.postgresql.sku.tier ${tier}`,
      allowed: `a size that the service has in this tier: ${Object.keys(POSTGRESQL_SIZES[tier])
        .map((series) => `Standard_${series}`)
        .join(", ")}, # being the vCPUs`,
      fix: `take one of these sizes, or the tier of this one; if Azure offers it by now, add ${assumed} to azure.assumeAvailable`,
    },
  ];
}

function checkPostgresql({ data: { postgresql }, location }: Settings): ConfigProblem[] {
  if (!postgresql) return [];
  const { highAvailability, sku, geoRedundantBackup } = postgresql;
  const problems: ConfigProblem[] = [];
  const zonal = highAvailability === "ZoneRedundant";
  if (zonal && sku.tier === "Burstable") {
    problems.push({
      path: "data.postgresql.highAvailability",
      got: "ZoneRedundant with data.postgresql.sku.tier Burstable",
      allowed: "Disabled with Burstable",
      fix: "take a GeneralPurpose SKU such as Standard_D2ds_v5, or set highAvailability to Disabled",
    });
  }
  if (zonal && REGIONS[location]?.zones === false) {
    problems.push({
      path: "data.postgresql.highAvailability",
      got: `ZoneRedundant with azure-native:location ${location}`,
      allowed: `Disabled: ${location} has no availability zones`,
      fix: "set highAvailability to Disabled, or take a region with zones",
    });
  }
  if (geoRedundantBackup && REGIONS[location]?.paired === false) {
    problems.push({
      path: "data.postgresql.geoRedundantBackup",
      got: `true with azure-native:location ${location}`,
      allowed: `false: Azure pairs ${location} with no other region`,
      fix: "set geoRedundantBackup to false, or take a region with a pair",
    });
  }
  return problems;
}

function checkStorage({ data: { storage }, location }: Settings): ConfigProblem[] {
  if (!storage) return [];
  const { zones, paired } = REGIONS[location] ?? { zones: true, paired: true };
  const lacks = [
    ...(!zones && storage.replication.endsWith("ZRS") ? ["availability zones"] : []),
    ...(!paired && storage.replication.startsWith("G") ? ["a paired region"] : []),
  ];
  return lacks.map((what) => ({
    path: "data.storage.replication",
    got: `${storage.replication} with azure-native:location ${location}`,
    allowed: `a replication without ${what}, which ${location} does not have`,
    fix: "set data.storage.replication to LRS, or take another region",
  }));
}
