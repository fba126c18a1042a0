/**
 * What private endpoints can lead to: groups (sub-resources) of each service, their names in DNS and the private
 * zones for them. Sources: https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-link-resource
 * and https://learn.microsoft.com/azure/private-link/private-endpoint-dns.
 */
import type { CloudRecord } from "../cloud/store";
import { armTypeOf, nameOf } from "./ids";
import { normalizeRegion } from "./regions";
import { text } from "../provider/values";

/** One address of an endpoint: `label.suffix` in the public DNS, `label` in the private zone. */
export interface PrivateName {
  readonly label: string;
  readonly suffix: string;
  readonly zone: string;
}

interface LinkedService {
  readonly groups: readonly string[];
  readonly names: (target: Target, group: string) => readonly PrivateName[];
}

interface Target {
  readonly name: string;
  readonly region: string;
}

const one =
  (suffix: string, zone = `privatelink.${suffix}`) =>
  ({ name }: Target): readonly PrivateName[] => [{ label: name, suffix, zone }];

const SERVICES: Readonly<Record<string, LinkedService>> = {
  "microsoft.containerregistry/registries": {
    groups: ["registry"],
    names: ({ name, region }) => [
      { label: name, suffix: "azurecr.io", zone: "privatelink.azurecr.io" },
      { label: `${name}.${region}.data`, suffix: "azurecr.io", zone: "privatelink.azurecr.io" },
    ],
  },
  "microsoft.keyvault/vaults": {
    groups: ["vault"],
    names: one("vault.azure.net", "privatelink.vaultcore.azure.net"),
  },
  "microsoft.storage/storageaccounts": {
    groups: ["blob", "file", "queue", "table", "dfs", "web"].flatMap((group) => [
      group,
      `${group}_secondary`,
    ]),
    names: ({ name }, group) => {
      const [service = group, secondary] = group.split("_");
      const suffix = `${service}.core.windows.net`;
      const label = secondary === undefined ? name : `${name}-secondary`;
      return [{ label, suffix, zone: `privatelink.${suffix}` }];
    },
  },
  "microsoft.documentdb/databaseaccounts": {
    groups: ["Sql", "MongoDB", "Cassandra", "Gremlin", "Table"],
    names: ({ name, region }) =>
      [name, `${name}-${region}`].map((label) => ({
        label,
        suffix: "documents.azure.com",
        zone: "privatelink.documents.azure.com",
      })),
  },
  "microsoft.cache/redisenterprise": {
    groups: ["redisEnterprise"],
    names: ({ name, region }) => [
      { label: `${name}.${region}`, suffix: "redis.azure.net", zone: "privatelink.redis.azure.net" },
    ],
  },
  "microsoft.cache/redis": { groups: ["redisCache"], names: one("redis.cache.windows.net") },
  "microsoft.dbforpostgresql/flexibleservers": {
    groups: ["postgresqlServer"],
    names: one("postgres.database.azure.com"),
  },
  "microsoft.appconfiguration/configurationstores": {
    groups: ["configurationStores"],
    names: one("azconfig.io"),
  },
  "microsoft.servicebus/namespaces": { groups: ["namespace"], names: one("servicebus.windows.net") },
  "microsoft.eventhub/namespaces": { groups: ["namespace"], names: one("servicebus.windows.net") },
  "microsoft.dashboard/grafana": {
    groups: ["grafana"],
    names: ({ name, region }) => [
      { label: `${name}.${region}`, suffix: "grafana.azure.com", zone: "privatelink.grafana.azure.com" },
    ],
  },
  "microsoft.monitor/accounts": {
    groups: ["prometheusMetrics"],
    names: ({ name, region }) => [
      {
        label: name,
        suffix: `${region}.prometheus.monitor.azure.com`,
        zone: `privatelink.${region}.prometheus.monitor.azure.com`,
      },
    ],
  },
  "microsoft.insights/privatelinkscopes": {
    groups: ["azuremonitor"],
    names: () =>
      ["api", "global.in.ai", "profiler", "live", "diagservices-query", "snapshot"].map((label) => ({
        label,
        suffix: "monitor.azure.com",
        zone: "privatelink.monitor.azure.com",
      })),
  },
  "microsoft.containerservice/managedclusters": {
    groups: ["management"],
    names: ({ name, region }) => [
      { label: name, suffix: `hcp.${region}.azmk8s.io`, zone: `privatelink.${region}.azmk8s.io` },
    ],
  },
};

/** Groups that a resource offers; undefined for services that are not described here. */
export function groupsOf(targetId: string): readonly string[] | undefined {
  return SERVICES[armTypeOf(targetId).toLowerCase()]?.groups;
}

export function namesOf(target: CloudRecord | undefined, group: string): readonly PrivateName[] {
  if (target === undefined) return [];
  const region = normalizeRegion(text(target.properties, "location") ?? "");
  const name = nameOf(target.id).toLowerCase();
  return SERVICES[armTypeOf(target.id).toLowerCase()]?.names({ name, region }, group) ?? [];
}
