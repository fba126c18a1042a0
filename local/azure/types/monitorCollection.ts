import { createHash, randomUUID } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, strings, text } from "../../provider/values";
import { armTypeOf, groupIdOf, inGroup, nameOf, onScope, sameId } from "../ids";
import { refuseWhileNamed } from "../networkUsage";
import { normalizeRegion } from "../regions";
import { describeTypes, refusal, type Deletion, type Operation } from "../resourceType";

const ENDPOINT_ASSOCIATION = "configurationAccessEndpoint";
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights */
const COLLECTION_NAME = {
  pattern: /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/,
  minLength: 3,
  maxLength: 44,
} as const;

export const collection = describeTypes(
  {
    token: "monitor:AzureMonitorWorkspace",
    shape: inGroup("Microsoft.Monitor/accounts", "azureMonitorWorkspaceName"),
    apiVersion: "2023-04-03",
    autoName: "random",
    name: { pattern: /^(?!-)[a-zA-Z0-9-]+[^-]$/, minLength: 4, maxLength: 63 },
    defaults: () => ({ publicNetworkAccess: "Enabled" }),
    computed: ["accountId", "defaultIngestionSettings", "etag", "metrics", "provisioningState"],
    compute: computeWorkspace,
    seconds: { create: 30, update: 5, delete: 20 },
    afterWrite: writeManagedGroup,
    afterDelete: removeManagedGroup,
  },
  {
    token: "monitor:DataCollectionEndpoint",
    shape: inGroup("Microsoft.Insights/dataCollectionEndpoints", "dataCollectionEndpointName"),
    apiVersion: "2022-06-01",
    autoName: "random",
    name: COLLECTION_NAME,
    defaults: () => ({ networkAcls: { publicNetworkAccess: "Enabled" } }),
    computed: [
      "configurationAccess",
      "etag",
      "immutableId",
      "logsIngestion",
      "metricsIngestion",
      "provisioningState",
    ],
    compute: computeEndpoint,
    seconds: { create: 5, update: 4, delete: 4 },
  },
  {
    token: "monitor:DataCollectionRule",
    shape: inGroup("Microsoft.Insights/dataCollectionRules", "dataCollectionRuleName"),
    apiVersion: "2022-06-01",
    autoName: "random",
    name: COLLECTION_NAME,
    references: [
      "dataCollectionEndpointId",
      "destinations.logAnalytics[].workspaceResourceId",
      "destinations.monitoringAccounts[].accountResourceId",
    ],
    computed: ["etag", "immutableId", "provisioningState"],
    compute: ({ keep }) => ({
      etag: `"${randomUUID()}"`,
      immutableId: keep("immutableId", () => `dcr-${randomUUID().replaceAll("-", "")}`),
      provisioningState: "Succeeded",
    }),
    seconds: { create: 5, update: 4, delete: 4 },
    refuse: [refuseFlows, refuseStreamGroups, refuseKindChange],
    refuseDelete: [
      // hashicorp/terraform-provider-azurerm#24785; no public thread shows the code.
      refuseWhileNamed(
        "BadRequest",
        ["dataCollectionRuleId"],
        (rule, association) =>
          `Data collection rule '${nameOf(rule.id)}' has associations and cannot be deleted: ${association.id}.`,
      ),
    ],
  },
  {
    token: "monitor:DataCollectionRuleAssociation",
    shape: onScope("resourceUri", "Microsoft.Insights/dataCollectionRuleAssociations", "associationName"),
    apiVersion: "2022-06-01",
    autoName: "random",
    located: false,
    references: ["dataCollectionRuleId", "dataCollectionEndpointId"],
    computed: ["etag", "provisioningState"],
    compute: () => ({ etag: `"${randomUUID()}"`, provisioningState: "Succeeded" }),
    seconds: { create: 4, update: 4, delete: 3 },
    refuse: [refuseAssociation],
  },
);

function computeWorkspace({ cloud, id, inputs, keep }: Operation): JsonObject {
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const suffix = createHash("sha256").update(id.toLowerCase()).digest("hex").slice(0, 4);
  const managed = `/subscriptions/${cloud.subscriptionId}/resourceGroups/MA_${nameOf(id)}_${region}_managed/providers/Microsoft.Insights`;
  return {
    accountId: keep("accountId", randomUUID),
    defaultIngestionSettings: {
      dataCollectionEndpointResourceId: `${managed}/dataCollectionEndpoints/${nameOf(id)}`,
      dataCollectionRuleResourceId: `${managed}/dataCollectionRules/${nameOf(id)}`,
    },
    etag: `"${randomUUID()}"`,
    metrics: {
      internalId: keep("metrics.internalId", () => `mac_${randomUUID()}`),
      prometheusQueryEndpoint: `https://${nameOf(id).toLowerCase()}-${suffix}.${region}.prometheus.monitor.azure.com`,
    },
    provisioningState: "Succeeded",
  };
}

function computeEndpoint({ id, inputs, keep }: Operation): JsonObject {
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const host = `${nameOf(id).toLowerCase()}-${createHash("sha256").update(id.toLowerCase()).digest("hex").slice(0, 4)}`;
  return {
    configurationAccess: { endpoint: `https://${host}.${region}-1.handler.control.monitor.azure.com` },
    etag: `"${randomUUID()}"`,
    immutableId: keep("immutableId", () => `dce-${randomUUID().replaceAll("-", "")}`),
    logsIngestion: { endpoint: `https://${host}.${region}-1.ingest.monitor.azure.com` },
    metricsIngestion: { endpoint: `https://${host}.${region}-1.metrics.ingest.monitor.azure.com` },
    provisioningState: "Succeeded",
  };
}

/** Azure makes a resource group of its own with the workspace's default endpoint and rule. */
function writeManagedGroup({ cloud }: Operation, workspace: CloudRecord): void {
  const ids = Object.values(
    (workspace.properties["defaultIngestionSettings"] ?? {}) as Record<string, string>,
  );
  for (const id of [...ids.flatMap((id) => groupIdOf(id) ?? []).slice(0, 1), ...ids]) {
    const type = sameId(id, groupIdOf(id) ?? "") ? "Microsoft.Resources/resourceGroups" : armTypeOf(id);
    const properties = {
      name: nameOf(id),
      type,
      location: workspace.properties["location"] ?? "",
      managedBy: workspace.id,
    };
    cloud.store.put({ id, cloud: "azure", type, properties, createdAt: workspace.createdAt, seconds: 0 });
  }
}

function removeManagedGroup({ cloud, record }: Deletion): void {
  const rule = text(record.properties, "defaultIngestionSettings.dataCollectionRuleResourceId") ?? "";
  const group = groupIdOf(rule);
  if (group === undefined) return;
  for (const member of cloud.store.list({ under: group })) cloud.store.remove(member.id);
  cloud.store.remove(group);
}

/** A data flow sends to destinations that the rule names. */
function refuseFlows({ inputs }: Operation): ProviderError | undefined {
  const destinations = inputs["destinations"];
  const names = new Set(
    Object.keys((destinations ?? {}) as JsonObject).flatMap((kind) => {
      const single = text(destinations, `${kind}.name`);
      return [
        ...objects(destinations, kind).flatMap((entry) => text(entry, "name") ?? []),
        ...(single === undefined ? [] : [single]),
      ];
    }),
  );
  for (const flow of objects(inputs, "dataFlows")) {
    const unknown = (flow["destinations"] as string[] | undefined)?.find((name) => !names.has(name));
    if (unknown !== undefined) {
      return refusal(
        "InvalidPayload",
        `Data flow destination '${unknown}' is not declared in 'destinations' (${[...names].join(", ")}).`,
      );
    }
  }
  return undefined;
}

/** A stream group, as the agents' own command lines send it, stands for its streams (MicrosoftDocs/azure-docs#112612). */
const STREAM_GROUP = /-Group-/;

function refuseStreamGroups({ inputs }: Operation): ProviderError | undefined {
  const sources = Object.values((inputs["dataSources"] ?? {}) as JsonObject).flatMap((kind) =>
    Array.isArray(kind) ? kind.flatMap((source) => strings(source, "streams")) : [],
  );
  if (!sources.some((stream) => STREAM_GROUP.test(stream))) return undefined;
  for (const flow of objects(inputs, "dataFlows")) {
    const streams = strings(flow, "streams");
    // MicrosoftDocs/azure-docs#118974
    if (streams.some((stream) => STREAM_GROUP.test(stream)) && text(flow, "transformKql") !== undefined) {
      return refusal(
        "InvalidDataFlow",
        "Data flows containing stream groups cannot have custom transformation.",
      );
    }
    const single = streams.find((stream) => !sources.includes(stream));
    if (single !== undefined) {
      return refusal(
        "InvalidDataFlow",
        `Data flows cannot reference stream id '${single}' individually since its being configured through stream ` +
          "group and not individually in data sources.",
      );
    }
  }
  return undefined;
}

/** hashicorp/terraform-provider-azurerm#22811 */
function refuseKindChange({ inputs, existing }: Operation): ProviderError | undefined {
  if (existing === undefined) return undefined;
  const [before, after] = [existing.properties, inputs].map((values) => text(values, "kind") ?? "");
  return before === after
    ? undefined
    : refusal(
        "InvalidPayload",
        `The new DCR kind \`${after}\` is different from the previous one \`${before}\`. The kind is immutable.`,
      );
}

/** https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-associations */
function refuseAssociation({ id, inputs }: Operation): ProviderError | undefined {
  const endpoint = text(inputs, "dataCollectionEndpointId");
  const rule = text(inputs, "dataCollectionRuleId");
  if ((endpoint === undefined) === (rule === undefined)) {
    return refusal(
      "InvalidPayload",
      "An association must have exactly one of 'dataCollectionRuleId' and 'dataCollectionEndpointId'.",
    );
  }
  if ((endpoint !== undefined) === (nameOf(id) === ENDPOINT_ASSOCIATION)) return undefined;
  return refusal(
    // Azure/arm-template-whatif#282
    "InvalidEndpointAssociationName",
    `The name '${ENDPOINT_ASSOCIATION}' is the one for associations with a data collection endpoint, and for no ` +
      `others; got '${nameOf(id)}'.`,
  );
}
