import type { JsonObject } from "../../provider/backend";
import { flag, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import type { BuildPlaces } from "../build/checkout";
import { inGroup, nameOf } from "../ids";
import { performTaskRun } from "../registry";
import { blockedAgents, refuseAgentPool } from "../registryAgents";
import {
  oneWriteAtATime,
  refuseContentTrust,
  refuseDowngrade,
  refusePolicies,
  refusePremiumFeatures,
  refuseTakenName,
  refuseZones,
} from "../registryRules";
import { describeTypes, type AzureType, type Operation } from "../resourceType";
import { registryParts } from "./containerregistryParts";

const REGISTRY = "Microsoft.ContainerRegistry/registries";

/** Task runs build from a repository, which is why this module's types are made for a place. */
export function containerregistry(places: BuildPlaces): readonly AzureType[] {
  return [
    ...describeTypes(
      {
        token: "containerregistry:Registry",
        shape: inGroup(REGISTRY, "registryName"),
        apiVersion: "2023-01-01-preview",
        autoName: "random",
        name: { pattern: /^[a-zA-Z0-9]*$/, minLength: 5, maxLength: 50 },
        required: ["sku"],
        references: ["identity.userAssignedIdentities[]"],
        defaults: registryDefaults,
        computed: [
          "creationDate",
          "dataEndpointHostNames",
          "loginServer",
          "privateEndpointConnections",
          "provisioningState",
        ],
        compute: computeRegistry,
        seconds: { create: 12, update: 6, delete: 8 },
        refuse: [
          refuseTakenName,
          refuseContentTrust,
          refusePremiumFeatures,
          refusePolicies,
          refuseZones,
          refuseDowngrade,
        ],
        serial: oneWriteAtATime,
      },
      {
        token: "containerregistry:TaskRun",
        shape: inGroup(`${REGISTRY}/taskRuns`, "registryName", "taskRunName"),
        apiVersion: "2019-06-01-preview",
        autoName: "copy",
        name: { pattern: /^[a-zA-Z0-9-]*$/, minLength: 5, maxLength: 50 },
        located: false,
        computed: ["provisioningState", "runResult"],
        seconds: { create: 75, update: 75, delete: 3 },
        refuse: [refuseAgentPool],
        perform: (operation) => {
          const blocked = blockedAgents(operation);
          if (blocked !== undefined) return Promise.reject(blocked);
          return performTaskRun(places, operation);
        },
      },
    ),
    ...registryParts,
  ];
}

function registryDefaults(): JsonObject {
  const disabled = { status: "disabled" };
  return {
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    dataEndpointEnabled: false,
    encryption: disabled,
    networkRuleBypassOptions: "AzureServices",
    policies: {
      azureADAuthenticationAsArmPolicy: { status: "enabled" },
      exportPolicy: { status: "enabled" },
      quarantinePolicy: disabled,
      retentionPolicy: { days: 7, status: "disabled" },
      softDeletePolicy: { retentionDays: 7, status: "disabled" },
      trustPolicy: { status: "disabled", type: "Notary" },
    },
    publicNetworkAccess: "Enabled",
    zoneRedundancy: "Disabled",
  };
}

function computeRegistry(operation: Operation): JsonObject {
  const { cloud, id, inputs, keep } = operation;
  const name = nameOf(id).toLowerCase();
  const sku = text(inputs, "sku.name") ?? "";
  return {
    ...identityOf(operation),
    creationDate: keep("creationDate", () => cloud.now().toISOString()),
    dataEndpointHostNames: flag(inputs, "dataEndpointEnabled")
      ? [`${name}.${text(inputs, "location") ?? ""}.data.azurecr.io`]
      : [],
    loginServer: `${name}.azurecr.io`,
    privateEndpointConnections: [],
    provisioningState: "Succeeded",
    sku: { name: sku, tier: sku },
  };
}
