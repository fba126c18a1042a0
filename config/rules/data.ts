/** The data services: what their SKUs and their region offer. */
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

/** Series of virtual machines that a tier runs on (https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-compute). */
const POSTGRESQL_SERIES = { Burstable: "B", GeneralPurpose: "D", MemoryOptimized: "E" } as const;

function checkPostgresqlSku({ data: { postgresql } }: Settings): ConfigProblem[] {
  if (!postgresql) return [];
  const { tier, name } = postgresql.sku;
  const series = POSTGRESQL_SERIES[tier];
  if (name.startsWith(`Standard_${series}`)) return [];
  return [
    {
      path: "data.postgresql.sku.name",
      got: `${name} with data.postgresql.sku.tier ${tier}`,
      allowed: `a size of the ${series} series with ${tier}`,
      fix: "take a size of that series, or the tier of this one",
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
