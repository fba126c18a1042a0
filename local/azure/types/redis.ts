import { inGroup, nameOf } from "../ids";
import { describeTypes, refusal } from "../resourceType";

/** Azure Cache for Redis: no new ones since 2026-10-01 (dotnet/arcade-services#6528). */
export const redis = describeTypes({
  token: "redis:Redis",
  shape: inGroup("Microsoft.Cache/redis", "name"),
  apiVersion: "2024-11-01",
  autoName: "random",
  name: { pattern: /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/, minLength: 1, maxLength: 63 },
  required: ["sku"],
  seconds: { create: 900, update: 600, delete: 600 },
  refuse: [
    ({ id }) =>
      refusal(
        "BadRequest",
        `Azure Cache for Redis '${nameOf(id)}' cannot be created: new caches are no longer supported. Use Azure Managed ` +
          "Redis (Microsoft.Cache/redisEnterprise) instead. See https://aka.ms/AzureCacheForRedisRetirement.",
      ),
  ],
});
