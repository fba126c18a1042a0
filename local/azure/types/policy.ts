import type { JsonObject, ProviderError } from "../../provider/backend";
import { at, strings, text } from "../../provider/values";
import { identityOf } from "../aks/clusterOutputs";
import { groupIdOf, isWithin, nameOf, onScope } from "../ids";
import { POLICY_DEFINITIONS, type PolicyDefinition } from "../policyDefinitions";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { randomUUID } from "node:crypto";

const ASSIGNMENT = "Microsoft.Authorization/policyAssignments";
/** Names of assignments at a resource group or resource; a management group's are shorter. */
const NAME = { pattern: /^[^<>*%&:?.+\\/]*[^<>*%&:?.+\\/ ]+$/, minLength: 1, maxLength: 64 };

export const policy = describeTypes({
  token: "authorization:PolicyAssignment",
  shape: onScope("scope", ASSIGNMENT, "policyAssignmentName"),
  apiVersion: "2025-01-01",
  autoName: "random",
  name: NAME,
  // Only an assignment with an identity has a location: refuseIdentity asks for it.
  located: false,
  references: ["identity.userAssignedIdentities[]", "notScopes[]"],
  defaults: () => ({ definitionVersion: "1.*.*", enforcementMode: "Default" }),
  computed: ["instanceId", "metadata", "scope", "systemData"],
  compute: (operation) => ({
    ...identityOf(operation),
    instanceId: operation.keep("instanceId", randomUUID),
    metadata: {
      ...((at(operation.inputs, "metadata") ?? {}) as JsonObject),
      createdBy: operation.keep("metadata.createdBy", () => operation.cloud.deployer.objectId),
      createdOn: operation.keep("metadata.createdOn", () => operation.cloud.now().toISOString()),
    },
    scope: text(operation.inputs, "scope") ?? "",
    systemData: {
      createdAt: operation.keep("systemData.createdAt", () => operation.cloud.now().toISOString()),
      createdBy: operation.cloud.deployer.objectId,
    },
  }),
  seconds: { create: 4, update: 4, delete: 3 },
  refuse: [refuseDefinition, refuseChange, refuseParameters, refuseEffect, refuseIdentity, refuseNotScopes],
});

function definitionOf({ inputs }: Operation): PolicyDefinition | undefined {
  return POLICY_DEFINITIONS[nameOf(text(inputs, "policyDefinitionId") ?? "").toLowerCase()];
}

function guidOf({ inputs }: Operation): string {
  return nameOf(text(inputs, "policyDefinitionId") ?? "");
}

/** An id of a definition says of which kind it is: a policy's under another kind's path is not found. */
function refuseDefinition(operation: Operation): ProviderError | undefined {
  const id = text(operation.inputs, "policyDefinitionId") ?? "";
  const definition = definitionOf(operation);
  const kind = definition?.kind === "initiative" ? "policySetDefinitions" : "policyDefinitions";
  if (
    definition !== undefined &&
    new RegExp(`/providers/Microsoft\\.Authorization/${kind}/[^/]+$`, "i").test(id)
  ) {
    return undefined;
  }
  const set = /policySetDefinitions/i.test(id);
  return refusal(
    set ? "PolicySetDefinitionNotFound" : "PolicyDefinitionNotFound",
    `The policy ${set ? "set " : ""}definition '${nameOf(id)}' could not be found. (The emulated Azure knows the built-in ` +
      "definitions in local/azure/policyDefinitions.ts: one that is missing there can be added.)",
  );
}

/** "Policy assignments cannot change their definition" (https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure). */
function refuseChange({ inputs, existing }: Operation): ProviderError | undefined {
  const before = text(existing?.properties, "policyDefinitionId");
  const wanted = text(inputs, "policyDefinitionId");
  return before === undefined || wanted?.toLowerCase() === before.toLowerCase()
    ? undefined
    : refusal(
        "PolicyAssignmentImmutable",
        `The definition of a policy assignment cannot be changed from '${before}' to '${wanted ?? ""}'.`,
      );
}

/** The messages are those of Azure/ALZ-Bicep#585 and of salesforce/cloud-guardrails#53. */
function refuseParameters(operation: Operation): ProviderError | undefined {
  const definition = definitionOf(operation);
  if (definition === undefined) return undefined;
  const given = Object.keys((at(operation.inputs, "parameters") ?? {}) as JsonObject);
  const name = nameOf(operation.id);
  if (definition.parameters !== undefined) {
    const known = [...definition.parameters, ...(definition.effects.length > 0 ? ["effect"] : [])];
    const undefinedOnes = given.filter((parameter) => !known.includes(parameter));
    if (undefinedOnes.length > 0) {
      return refusal(
        "UndefinedPolicyParameter",
        `The policy assignment '${name}' has the parameter(s) '${undefinedOnes.join(", ")}' which are not defined in the ` +
          `policy definition '${guidOf(operation)}'. (${known.join(", ")} are.)`,
      );
    }
  }
  const missing = definition.required.filter((parameter) => !given.includes(parameter));
  return missing.length === 0
    ? undefined
    : refusal(
        "MissingPolicyParameter",
        `The policy assignment '${name}' is missing the parameter(s) '${missing.join(", ")}' as defined in the policy ` +
          `definition '${guidOf(operation)}'.`,
      );
}

/** Azure/Azure-Landing-Zones#442 */
function refuseEffect(operation: Operation): ProviderError | undefined {
  const effect = text(operation.inputs, "parameters.effect.value");
  const allowed = definitionOf(operation)?.effects ?? [];
  return effect === undefined || allowed.includes(effect)
    ? undefined
    : refusal(
        "PolicyParameterValueNotAllowed",
        `The value '${effect}' is not allowed for policy parameter 'effect' in policy definition '${guidOf(operation)}'. ` +
          `The allowed values are '${allowed.join(", ")}'.`,
      );
}

/** Azure/azure-cli#13150, hashicorp/terraform-provider-azurerm#5076 */
function refuseIdentity(operation: Operation): ProviderError | undefined {
  const { id, inputs } = operation;
  const type = text(inputs, "identity.type") ?? "None";
  const acts = definitionOf(operation)?.acts;
  if (acts !== undefined && type === "None") {
    return refusal(
      "ResourceIdentityRequired",
      `The policy assignment '${nameOf(id)}' request is invalid. Policy assignments must include a resource identity when ` +
        `assigning '${acts}' policy definitions.`,
    );
  }
  return type !== "None" && text(inputs, "location") === undefined
    ? refusal("LocationRequired", "The location property is required for this definition.")
    : undefined;
}

function refuseNotScopes({ inputs }: Operation): ProviderError | undefined {
  const scope = text(inputs, "scope") ?? "";
  const outside = strings(inputs, "notScopes").find((excluded) => !isWithin(excluded, scope));
  return outside === undefined
    ? undefined
    : refusal(
        "InvalidNotScopes",
        `The notScopes of an assignment must lie below its scope '${groupIdOf(scope) ?? scope}', got '${outside}'.`,
      );
}
