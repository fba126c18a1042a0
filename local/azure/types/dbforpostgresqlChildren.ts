import type { ProviderError } from "../../provider/backend";
import { text } from "../../provider/values";
import { parseAddress } from "../cidr";
import { inGroup, nameOf, ownerIdOf } from "../ids";
import { PARAMETERS, type Parameter } from "../postgresqlParameters";
import { oneWriteAtATime, SERVER } from "../postgresqlRules";
import { describeTypes, refusal, type Operation } from "../resourceType";

const API = "2025-08-01";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const postgresqlChildren = describeTypes(
  {
    token: "dbforpostgresql:Database",
    shape: inGroup(`${SERVER}/databases`, "serverName", "databaseName"),
    apiVersion: API,
    autoName: "random",
    name: { pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/, minLength: 1, maxLength: 63 },
    located: false,
    defaults: () => ({ charset: "UTF8", collation: "en_US.utf8" }),
    seconds: { create: 12, update: 10, delete: 10 },
    refuse: [refuseChange],
    serial: oneWriteAtATime,
  },
  {
    token: "dbforpostgresql:AdministratorsMicrosoftEntra",
    shape: inGroup(`${SERVER}/administrators`, "serverName", "objectId"),
    apiVersion: API,
    autoName: "copy",
    located: false,
    computed: ["objectId"],
    compute: ({ id }) => ({ objectId: nameOf(id) }),
    seconds: { create: 45, update: 45, delete: 40 },
    refuse: [refuseAdministrator],
    serial: oneWriteAtATime,
  },
  {
    token: "dbforpostgresql:Configuration",
    shape: inGroup(`${SERVER}/configurations`, "serverName", "configurationName"),
    // A delete sets the standard value again (custom_postgres_config.go in pulumi-azure-native).
    alwaysThere: true,
    apiVersion: API,
    autoName: "copy",
    located: false,
    defaults: ({ inputs }) => (inputs["value"] === undefined ? {} : { source: "user-override" }),
    computed: [
      "allowedValues",
      "dataType",
      "defaultValue",
      "description",
      "documentationLink",
      "isConfigPendingRestart",
      "isDynamicConfig",
      "isReadOnly",
      "unit",
    ],
    compute: ({ id, inputs, existing }) => {
      const name = nameOf(id);
      const parameter: Parameter = PARAMETERS[name] ?? { dataType: "String", allowed: "", standard: "" };
      const isStatic = parameter.isStatic === true;
      const before = text(existing?.properties, "value") ?? parameter.standard;
      return {
        allowedValues: parameter.allowed,
        dataType: parameter.dataType,
        defaultValue: parameter.standard,
        description: `Server parameter ${name}.`,
        documentationLink: "https://www.postgresql.org/docs/current/runtime-config.html",
        isConfigPendingRestart: isStatic && text(inputs, "value") !== before,
        isDynamicConfig: !isStatic,
        isReadOnly: false,
        unit: parameter.unit ?? "",
      };
    },
    seconds: { create: 25, update: 25, delete: 25 },
    refuse: [refuseValue],
    serial: oneWriteAtATime,
  },
  {
    token: "dbforpostgresql:FirewallRule",
    shape: inGroup(`${SERVER}/firewallRules`, "serverName", "firewallRuleName"),
    apiVersion: API,
    autoName: "random",
    name: { pattern: /^[a-zA-Z0-9-_]{1,80}$/, minLength: 1, maxLength: 80 },
    located: false,
    required: ["endIpAddress", "startIpAddress"],
    seconds: { create: 30, update: 30, delete: 30 },
    refuse: [refuseRange],
    serial: oneWriteAtATime,
  },
);

/** A database's encoding is settled when it is created (PostgreSQL's CREATE DATABASE). */
function refuseChange({ inputs, existing }: Operation): ProviderError | undefined {
  const changed = ["charset", "collation"].find((key) => {
    const [before, wanted] = [text(existing?.properties, key), text(inputs, key)];
    return before !== undefined && wanted !== undefined && before !== wanted;
  });
  return changed === undefined
    ? undefined
    : refusal("InvalidParameterValue", `The ${changed} of a database cannot be changed.`);
}

/** Azure/azure-postgresql#127; https://learn.microsoft.com/azure/postgresql/security/security-entra-configure */
function refuseAdministrator({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const server = cloud.store.get(ownerIdOf(id) ?? "");
  if (text(server?.properties, "authConfig.activeDirectoryAuth") !== "Enabled") {
    return refusal(
      "AadAuthDisabled",
      `Microsoft Entra authentication is not enabled on server '${nameOf(server?.id ?? "")}': set authConfig.activeDirectoryAuth.`,
    );
  }
  if (!GUID.test(nameOf(id))) {
    return refusal(
      "InvalidParameterValue",
      `objectId '${nameOf(id)}' must be the object id of a principal, a GUID.`,
    );
  }
  const type = text(inputs, "principalType");
  const types = ["User", "Group", "ServicePrincipal"];
  return type !== undefined && types.includes(type) && text(inputs, "principalName") !== undefined
    ? undefined
    : refusal(
        "InvalidParameterValue",
        `An administrator needs principalName and principalType (${types.join(", ")}), got '${type ?? ""}'.`,
      );
}

/** Values of the parameters that are known here; others are PostgreSQL's to judge. */
function refuseValue({ id, inputs }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  const parameter = PARAMETERS[name];
  const value = text(inputs, "value");
  if (parameter === undefined || value === undefined) return undefined;
  const isAllowed =
    parameter.pattern?.test(value) ??
    parameter.allowed.toLowerCase().split(",").includes(value.toLowerCase());
  return isAllowed
    ? undefined
    : refusal(
        "InvalidParameterValue",
        `Invalid value '${value}' given for parameter ${name}. Allowed are ${parameter.allowed}.`,
      );
}

function refuseRange({ inputs }: Operation): ProviderError | undefined {
  const [start, end] = ["startIpAddress", "endIpAddress"].map((key) => parseAddress(text(inputs, key) ?? ""));
  return start !== undefined && end !== undefined && start <= end
    ? undefined
    : refusal(
        "InvalidParameterValue",
        "startIpAddress and endIpAddress must be IPv4 addresses, the start not above the end.",
      );
}
