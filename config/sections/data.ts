import { z } from "zod";

export const cosmosSchema = z.strictObject({
  /** Highest throughput of the container, RU/s; it scales itself between a tenth of this and this. */
  maxThroughput: z.number().int().min(1000).max(1_000_000).multipleOf(1000),
  consistency: z.enum(["Session", "BoundedStaleness", "Strong", "Eventual"]),
  /** Every region takes writes, or the first alone. */
  multiRegionWrites: z.boolean(),
});

export const redisSchema = z.strictObject({
  /** Azure Managed Redis. */
  sku: z
    .string()
    .regex(/^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X)\d+$/, "a SKU such as Balanced_B3"),
  highAvailability: z.boolean(),
});

export const postgresqlSchema = z.strictObject({
  version: z.enum(["16", "17", "18"]),
  sku: z.strictObject({
    tier: z.enum(["Burstable", "GeneralPurpose", "MemoryOptimized"]),
    name: z.string().regex(/^Standard_[A-Za-z0-9_]+$/, "an Azure VM size such as Standard_D2ds_v5"),
  }),
  storageGb: z.union([32, 64, 128, 256, 512, 1024, 2048].map((size) => z.literal(size))),
  highAvailability: z.enum(["Disabled", "ZoneRedundant"]),
  backupRetentionDays: z.number().int().min(7).max(35),
  geoRedundantBackup: z.boolean(),
});

export const storageSchema = z.strictObject({
  replication: z.enum(["LRS", "ZRS", "GRS", "GZRS"]),
  /** Days that a deleted blob can be brought back. */
  softDeleteDays: z.number().int().min(7).max(365),
});

/** Data services of the API; null: not created. */
export const dataSchema = z.strictObject({
  cosmos: cosmosSchema.nullable(),
  redis: redisSchema.nullable(),
  postgresql: postgresqlSchema.nullable(),
  storage: storageSchema.nullable(),
});

export type DataSettings = z.infer<typeof dataSchema>;
export type CosmosSettings = z.infer<typeof cosmosSchema>;
export type RedisSettings = z.infer<typeof redisSchema>;
export type PostgresqlSettings = z.infer<typeof postgresqlSchema>;
export type StorageSettings = z.infer<typeof storageSchema>;
