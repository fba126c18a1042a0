import { randomUUID } from "node:crypto";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, number, strings, text } from "../../provider/values";
import { inGroup, nameOf } from "../ids";
import { describeTypes, refusal, type AzureType, type Operation } from "../resourceType";
import { accountOf, oneWriteAtATime } from "../cosmosRules";
import { cosmosRoles } from "./cosmosdbRoles";

const ACCOUNT = "Microsoft.DocumentDB/databaseAccounts";
const API = "2025-10-15";
/** https://learn.microsoft.com/azure/cosmos-db/concepts-limits#provisioned-throughput */
const THROUGHPUT = { least: 400, step: 100, leastAutoscale: 1000, stepAutoscale: 1000 } as const;

/** What databases and containers have in common: a body `resource` with an id, and a throughput. */
function sqlType(
  entry: Pick<AzureType, "token" | "shape" | "seconds"> & { readonly refuse: AzureType["refuse"] },
): AzureType {
  return {
    ...entry,
    apiVersion: API,
    autoName: "random",
    name: { pattern: /^[^/\\#?]+$/, minLength: 1, maxLength: 255 },
    located: false,
    required: ["resource", "resource.id"],
    computed: ["resource.etag", "resource.rid", "resource.ts"],
    compute: ({ cloud, keep }) => ({
      resource: {
        etag: `"${randomUUID()}"`,
        rid: keep("resource.rid", () => Buffer.from(randomUUID()).toString("base64").slice(0, 12)),
        ts: Math.floor(cloud.now().getTime() / 1000),
      },
    }),
    serial: oneWriteAtATime,
    refuse: [refuseOtherId, refuseThroughput, ...(entry.refuse ?? [])],
  };
}

export const cosmosSql = [
  ...describeTypes(
    {
      ...sqlType({
        token: "cosmosdb:SqlResourceSqlDatabase",
        shape: inGroup(`${ACCOUNT}/sqlDatabases`, "accountName", "databaseName"),
        seconds: { create: 14, update: 10, delete: 10 },
        refuse: [],
      }),
      located: true,
    },
    {
      ...sqlType({
        token: "cosmosdb:SqlResourceSqlContainer",
        shape: inGroup(`${ACCOUNT}/sqlDatabases/containers`, "accountName", "databaseName", "containerName"),
        seconds: { create: 12, update: 10, delete: 8 },
        refuse: [refusePartitionKey, refuseImmutable, refuseTtl],
      }),
      located: true,
      defaults: () => ({ resource: containerDefaults() }),
    },
  ),
  ...cosmosRoles,
];

function containerDefaults(): JsonObject {
  return {
    conflictResolutionPolicy: { conflictResolutionPath: "/_ts", mode: "LastWriterWins" },
    indexingPolicy: {
      automatic: true,
      excludedPaths: [{ path: '/"_etag"/?' }],
      includedPaths: [{ path: "/*" }],
      indexingMode: "consistent",
    },
  };
}

function badRequest(message: string): ProviderError {
  return refusal("BadRequest", message);
}

function refuseOtherId({ id, inputs }: Operation): ProviderError | undefined {
  const [name, body] = [nameOf(id), text(inputs, "resource.id") ?? ""];
  return name === body
    ? undefined
    : badRequest(`The id in the body ('${body}') must be the name in the URL ('${name}').`);
}

function refuseThroughput({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const fixed = number(inputs, "options.throughput");
  const autoscale = number(inputs, "options.autoscaleSettings.maxThroughput");
  if (fixed === undefined && autoscale === undefined) return undefined;
  const account = cloud.store.get(accountOf(id));
  const isServerless =
    text(account?.properties, "capacityMode") === "Serverless" ||
    JSON.stringify(at(account?.properties, "capabilities") ?? []).includes("EnableServerless");
  if (isServerless) {
    return badRequest(
      "Reading or replacing offers is not supported for serverless accounts: leave options out.",
    );
  }
  if (fixed !== undefined && autoscale !== undefined) {
    return badRequest(
      "Both throughput and autoscaleSettings are given: an offer is either manual or autoscale.",
    );
  }
  const [value, least, step] =
    autoscale === undefined
      ? [fixed ?? 0, THROUGHPUT.least, THROUGHPUT.step]
      : [autoscale, THROUGHPUT.leastAutoscale, THROUGHPUT.stepAutoscale];
  return value < least || value % step !== 0
    ? badRequest(`The offer's throughput must be ${least} RU/s or more, in steps of ${step}, got ${value}.`)
    : undefined;
}

/** https://learn.microsoft.com/azure/cosmos-db/partitioning-overview#choose-a-partition-key */
function refusePartitionKey({ inputs, existing }: Operation): ProviderError | undefined {
  const paths = strings(inputs, "resource.partitionKey.paths");
  if (paths.length === 0) return badRequest("The partition key of a container must name at least one path.");
  const kind = text(inputs, "resource.partitionKey.kind") ?? "Hash";
  const limit = kind === "MultiHash" ? 3 : 1;
  if (paths.length > limit)
    return badRequest(`A partition key of kind ${kind} has at most ${limit} path(s), got ${paths.length}.`);
  const before = strings(existing?.properties, "resource.partitionKey.paths");
  return existing !== undefined && before.join() !== paths.join()
    ? badRequest("Document collection partition key cannot be changed.")
    : undefined;
}

/** Settled at the creation: https://learn.microsoft.com/azure/cosmos-db/unique-keys, .../conflict-resolution-policies. */
function refuseImmutable({ inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const keys = ["uniqueKeyPolicy", "conflictResolutionPolicy"];
  const changed = keys.find((key) => {
    const wanted = at(inputs, `resource.${key}`);
    return (
      wanted !== undefined &&
      JSON.stringify(wanted) !== JSON.stringify(sorted(existing.properties, key, wanted))
    );
  });
  return changed === undefined
    ? undefined
    : badRequest(`The ${changed} of a container cannot be changed after it is created.`);
}

/** The stored value with the keys in the order of the wanted one, so that both compare as text. */
function sorted(properties: JsonObject, key: string, wanted: unknown): unknown {
  const before = at(properties, `resource.${key}`);
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return before;
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, at(before, name)]));
}

function refuseTtl({ inputs }: Operation): ProviderError | undefined {
  const ttl = number(inputs, "resource.defaultTtl");
  return ttl !== undefined && (ttl === 0 || ttl < -1)
    ? badRequest(
        `The defaultTtl of a container is -1 (items do not expire of themselves) or a number of seconds, got ${ttl}.`,
      )
    : undefined;
}
