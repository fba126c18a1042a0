import { randomUUID } from "node:crypto";
import type { Json, JsonObject, ProviderError } from "../../provider/backend";
import { at, isObject, number, object, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { inGroup, nameOf } from "../ids";
import { normalizeRegion } from "../regions";
import { describeTypes, refusal, type Operation } from "../resourceType";

/** https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language */
const SCHEMA =
  /^https?:\/\/schema\.management\.azure\.com\/(schemas|providers\/Microsoft\.Logic\/schemas)\/2016-06-01\//;
/** https://learn.microsoft.com/azure/logic-apps/logic-apps-limits-and-configuration#workflow-definition-limits */
const MAX_TRIGGERS = 10;
const MAX_ACTIONS = 500;
const FREQUENCIES = ["Month", "Week", "Day", "Hour", "Minute", "Second"];

export const logic = describeTypes({
  token: "logic:Workflow",
  shape: inGroup("Microsoft.Logic/workflows", "workflowName"),
  apiVersion: "2019-05-01",
  autoName: "random",
  name: { pattern: /^[-\w.()]+$/, minLength: 1, maxLength: 43 },
  references: ["identity.userAssignedIdentities[]"],
  defaults: () => ({ state: "Enabled" }),
  computed: [
    "accessEndpoint",
    "changedTime",
    "createdTime",
    "identity.principalId",
    "identity.tenantId",
    "provisioningState",
    "version",
  ],
  compute: computeWorkflow,
  seconds: { create: 5, update: 4, delete: 4 },
  refuse: [refuseDefinition, refuseTriggers, refuseActions],
});

function computeWorkflow(operation: Operation): JsonObject {
  const { cloud, inputs, id, keep } = operation;
  const region = normalizeRegion(text(inputs, "location") ?? "");
  const access = keep("accessEndpoint", () => {
    const workflow = randomUUID().replaceAll("-", "");
    return `https://prod-00.${region}.logic.azure.com:443/workflows/${workflow}`;
  });
  return {
    ...identityOf(operation),
    accessEndpoint: access,
    changedTime: cloud.now().toISOString(),
    createdTime: keep("createdTime", () => cloud.now().toISOString()),
    provisioningState: "Succeeded",
    version: `0858${nameOf(id).length}${cloud.now().getTime()}`,
  };
}

function invalidTemplate(operation: Operation, reason: string): ProviderError {
  return refusal(
    "InvalidTemplate",
    `Unable to process template language expressions for the workflow '${nameOf(operation.id)}': ${reason}`,
  );
}

function refuseDefinition(operation: Operation): ProviderError | undefined {
  const definition = at(operation.inputs, "definition");
  if (!isObject(definition)) return undefined;
  const schema = text(definition, "$schema");
  if (schema === undefined || !SCHEMA.test(schema)) {
    return refusal(
      "InvalidDefinitionSchema",
      `The '$schema' of the workflow definition is not supported, got '${schema ?? ""}'. Allowed: ` +
        "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#",
    );
  }
  if (text(definition, "contentVersion") === undefined) {
    return invalidTemplate(operation, "the template's 'contentVersion' is missing.");
  }
  return undefined;
}

function entries(operation: Operation, part: string): [string, Json][] {
  return Object.entries(object(operation.inputs, `definition.${part}`));
}

function refuseTriggers(operation: Operation): ProviderError | undefined {
  const triggers = entries(operation, "triggers");
  if (triggers.length > MAX_TRIGGERS) {
    return invalidTemplate(operation, `it has ${triggers.length} triggers, more than ${MAX_TRIGGERS}.`);
  }
  for (const [name, trigger] of triggers) {
    if (text(trigger, "type") !== "Recurrence") continue;
    const [frequency, interval] = [
      text(trigger, "recurrence.frequency"),
      number(trigger, "recurrence.interval"),
    ];
    if (frequency === undefined || !FREQUENCIES.includes(frequency)) {
      return invalidTemplate(
        operation,
        `the recurrence of trigger '${name}' has frequency '${frequency ?? ""}'. Allowed: ${FREQUENCIES.join(", ")}.`,
      );
    }
    if (interval === undefined || interval < 1) {
      return invalidTemplate(operation, `the recurrence of trigger '${name}' has no interval of at least 1.`);
    }
    const scheduled = at(trigger, "recurrence.schedule.weekDays") !== undefined;
    if (scheduled && frequency !== "Week") {
      return invalidTemplate(
        operation,
        `trigger '${name}' has weekDays, which only the frequency 'Week' has.`,
      );
    }
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/logic-apps/create-managed-service-identity */
function refuseActions(operation: Operation): ProviderError | undefined {
  const actions = entries(operation, "actions");
  if (actions.length > MAX_ACTIONS) {
    return invalidTemplate(operation, `it has ${actions.length} actions, more than ${MAX_ACTIONS}.`);
  }
  const names = new Set(actions.map(([name]) => name));
  for (const [name, action] of actions) {
    if (text(action, "type") === undefined) {
      return invalidTemplate(operation, `the action '${name}' has no 'type'.`);
    }
    const unknown = Object.keys(object(action, "runAfter")).find((earlier) => !names.has(earlier));
    if (unknown !== undefined) {
      return invalidTemplate(
        operation,
        `the action '${name}' runs after '${unknown}', which is not an action.`,
      );
    }
    if (text(action, "type") !== "Http") continue;
    if (text(action, "inputs.method") === undefined || text(action, "inputs.uri") === undefined) {
      return invalidTemplate(operation, `the HTTP action '${name}' needs 'method' and 'uri'.`);
    }
    const signsIn = text(action, "inputs.authentication.type") === "ManagedServiceIdentity";
    if (signsIn && text(operation.inputs, "identity.type") === undefined) {
      return refusal(
        "WorkflowManagedIdentityNotSpecified",
        `The workflow '${nameOf(operation.id)}' has no managed identity, but the action '${name}' signs in with one. ` +
          "Enable an identity of the workflow.",
      );
    }
  }
  return undefined;
}
