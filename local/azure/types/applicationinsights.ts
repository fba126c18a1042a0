import { randomUUID } from "node:crypto";
import { inGroup, nameOf } from "../ids";
import { normalizeRegion } from "../regions";
import { describeTypes, type Operation } from "../resourceType";
import { text } from "../../provider/values";

export const applicationinsights = describeTypes({
  token: "applicationinsights:Component",
  shape: inGroup("Microsoft.Insights/components", "resourceName"),
  apiVersion: "2020-02-02",
  autoName: "random",
  name: { pattern: /^[-\w.()]*[-\w()]$/, minLength: 1, maxLength: 260 },
  required: ["applicationType", "kind"],
  references: ["workspaceResourceId"],
  defaults: () => ({ retentionInDays: 90 }),
  computed: [
    "appId",
    "applicationId",
    "connectionString",
    "creationDate",
    "etag",
    "instrumentationKey",
    "provisioningState",
    "tenantId",
  ],
  compute: computeComponent,
  seconds: { create: 6, update: 4, delete: 4 },
});

function computeComponent({ cloud, id, inputs, keep }: Operation): Record<string, string> {
  const instrumentationKey = keep("instrumentationKey", randomUUID);
  const appId = keep("appId", randomUUID);
  const region = normalizeRegion(text(inputs, "location") ?? "");
  return {
    appId,
    applicationId: nameOf(id),
    connectionString:
      `InstrumentationKey=${instrumentationKey};IngestionEndpoint=https://${region}-0.in.applicationinsights.azure.com/;` +
      `LiveEndpoint=https://${region}.livediagnostics.monitor.azure.com/;ApplicationId=${appId}`,
    creationDate: keep("creationDate", () => cloud.now().toISOString()),
    etag: `"${randomUUID()}"`,
    instrumentationKey,
    provisioningState: "Succeeded",
    tenantId: cloud.tenantId,
  };
}
