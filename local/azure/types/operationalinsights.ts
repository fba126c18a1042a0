import { randomUUID } from "node:crypto";
import { inGroup } from "../ids";
import { describeTypes } from "../resourceType";
import { tables } from "./operationalinsightsTables";

const workspaces = describeTypes({
  token: "operationalinsights:Workspace",
  shape: inGroup("Microsoft.OperationalInsights/workspaces", "workspaceName"),
  apiVersion: "2023-09-01",
  autoName: "random",
  name: { pattern: /^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$/, minLength: 4, maxLength: 63 },
  defaults: () => ({
    features: { enableLogAccessUsingOnlyResourcePermissions: true, legacy: 0, searchVersion: 1 },
    publicNetworkAccessForIngestion: "Enabled",
    publicNetworkAccessForQuery: "Enabled",
    retentionInDays: 30,
    sku: { name: "PerGB2018" },
    workspaceCapping: { dailyQuotaGb: -1 },
  }),
  computed: ["createdDate", "customerId", "etag", "modifiedDate", "provisioningState"],
  compute: ({ cloud, keep }) => ({
    createdDate: keep("createdDate", () => cloud.now().toISOString()),
    customerId: keep("customerId", randomUUID),
    etag: `"${randomUUID()}"`,
    modifiedDate: cloud.now().toISOString(),
    provisioningState: "Succeeded",
  }),
  seconds: { create: 25, update: 10, delete: 8 },
});

export const operationalinsights = [...workspaces, ...tables];
