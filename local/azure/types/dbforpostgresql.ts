import type { JsonObject } from "../../provider/backend";
import { text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { inGroup, nameOf } from "../ids";
import {
  oneWriteAtATime,
  refuseAuthentication,
  refuseCreateOnly,
  refuseHighAvailability,
  refuseNetwork,
  refuseSku,
  refuseStorage,
  refuseTakenName,
  refuseVersion,
  SERVER,
} from "../postgresqlRules";
import { describeTypes, type Operation } from "../resourceType";
import { postgresqlChildren } from "./dbforpostgresqlChildren";

export const dbforpostgresql = [
  ...describeTypes({
    token: "dbforpostgresql:Server",
    shape: inGroup(SERVER, "serverName"),
    apiVersion: "2025-08-01",
    autoName: "random",
    name: { pattern: /^[a-z0-9]+(-[a-z0-9]+)*$/, minLength: 3, maxLength: 63 },
    references: [
      "identity.userAssignedIdentities[]",
      "network.delegatedSubnetResourceId",
      "network.privateDnsZoneArmResourceId",
      "sourceServerResourceId",
    ],
    // x-ms-mutability [create, read] in the API's description.
    replaceOn: ["administratorLogin", "createMode", "pointInTimeUTC", "sourceServerResourceId"],
    defaults: ({ inputs }) => serverDefaults(inputs),
    computed: [
      "fullyQualifiedDomainName",
      "minorVersion",
      "privateEndpointConnections",
      "replicaCapacity",
      "state",
    ],
    compute: computeServer,
    writeOnly: ["administratorLoginPassword", "createMode", "pointInTimeUTC"],
    // https://learn.microsoft.com/azure/postgresql/flexible-server/quickstart-create-server: a few minutes.
    seconds: { create: 330, update: 120, delete: 60 },
    refuse: [
      refuseTakenName,
      refuseVersion,
      refuseSku,
      refuseStorage,
      refuseAuthentication,
      refuseHighAvailability,
      refuseNetwork,
      refuseCreateOnly,
    ],
    serial: oneWriteAtATime,
  }),
  ...postgresqlChildren,
];

function serverDefaults(inputs: JsonObject): JsonObject {
  const isInjected = text(inputs, "network.delegatedSubnetResourceId") !== undefined;
  return {
    authConfig: { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" },
    backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
    highAvailability: { mode: "Disabled" },
    maintenanceWindow: { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 },
    network: { publicNetworkAccess: isInjected ? "Disabled" : "Enabled" },
    replicationRole: "Primary",
    storage: { autoGrow: "Disabled", storageSizeGB: 128, type: "Premium_LRS" },
    version: "17",
  };
}

function computeServer(operation: Operation): JsonObject {
  const { id, inputs, existing } = operation;
  const isAvailable = (text(inputs, "highAvailability.mode") ?? "Disabled") !== "Disabled";
  const given = text(inputs, "availabilityZone");
  return {
    ...identityOf(operation),
    availabilityZone:
      given === undefined || given === "" ? (text(existing?.properties, "availabilityZone") ?? "1") : given,
    fullyQualifiedDomainName: `${nameOf(id)}.postgres.database.azure.com`,
    highAvailability: { state: isAvailable ? "Healthy" : "NotEnabled" },
    minorVersion: "5",
    privateEndpointConnections: [],
    replicaCapacity: 5,
    state: "Ready",
  };
}
