import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { objects, text } from "../../provider/values";
import { armTypeOf, nameOf, onScope, sameId } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { categoriesOf } from "./monitorCategories";

const SETTING = "Microsoft.Insights/diagnosticSettings";
/** https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings */
const MAX_SETTINGS = 5;
const SINKS = [
  "workspaceId",
  "storageAccountId",
  "eventHubAuthorizationRuleId",
  "marketplacePartnerId",
] as const;

export const diagnostics = describeTypes({
  token: "monitor:DiagnosticSetting",
  shape: onScope("resourceUri", SETTING, "name"),
  apiVersion: "2021-05-01-preview",
  autoName: "random",
  name: { pattern: /^[^*<>%&:\\?+/]+$/, minLength: 1, maxLength: 260 },
  located: false,
  references: ["workspaceId", "storageAccountId"],
  seconds: { create: 3, update: 3, delete: 2 },
  refuse: [refuseEmpty, refuseCategories, refuseTooMany, refuseSink],
  // MicrosoftDocs/azure-docs#100347: a setting stays when its resource goes, and finds a new one of that name.
  outlivesOwner: true,
});

function targetOf(id: string): string {
  return id.slice(0, id.toLowerCase().lastIndexOf("/providers/microsoft.insights/"));
}

/** The target's other settings; those of its children are not its own. */
function siblingsOf({ cloud, id }: Operation): CloudRecord[] {
  return cloud.store
    .list({ type: SETTING, under: `${targetOf(id)}/providers/Microsoft.Insights` })
    .filter((other) => !sameId(other.id, id));
}

/** Only what is enabled is sent; an entry without the flag is on. */
function enabled(values: JsonObject, kind: "logs" | "metrics"): JsonObject[] {
  return objects(values, kind).filter((entry) => entry["enabled"] !== false);
}

function refuseEmpty({ inputs }: Operation): ProviderError | undefined {
  if (objects(inputs, "logs").length + objects(inputs, "metrics").length === 0) {
    return refusal(
      "BadRequest",
      "At least one of 'logs' and 'metrics' of a diagnostic setting must have an entry.",
    );
  }
  return SINKS.some((sink) => text(inputs, sink) !== undefined)
    ? undefined
    : refusal("BadRequest", "At least one data sink needs to be specified.");
}

/**
 * hashicorp/terraform-provider-azurerm#2985 (categories), MicrosoftDocs/azure-docs#69798 (metrics); category groups are
 * refused as "CategoryGroup: 'audit' is not supported, supported ones are: ..." in many a template's notes.
 */
function refuseCategories({ id, inputs }: Operation): ProviderError | undefined {
  const type = armTypeOf(targetOf(id));
  const known = categoriesOf(type);
  if (known === "none") {
    return refusal("ResourceTypeNotSupported", `The resource type '${type.toLowerCase()}' is not supported.`);
  }
  if (known === "unknown") {
    return refusal(
      "DiagnosticCategoriesNotEmulated",
      `the emulated Azure does not know what ${type} can send. Add its categories to local/azure/types/monitorCategories.ts.`,
    );
  }
  for (const entry of objects(inputs, "logs")) {
    const [category, group] = [text(entry, "category"), text(entry, "categoryGroup")];
    if (category !== undefined && !known.logs.includes(category)) {
      return refusal("BadRequest", `Category '${category}' is not supported.`);
    }
    if (group !== undefined && !known.groups.includes(group)) {
      const groups = known.groups.map((name) => `'${name}'`).join(", ");
      return refusal(
        "BadRequest",
        `CategoryGroup: '${group}' is not supported, supported ones are: ${groups === "" ? "''" : groups}`,
      );
    }
  }
  const metric = objects(inputs, "metrics").find(
    (entry) => !known.metrics.includes(text(entry, "category") ?? ""),
  );
  return metric === undefined
    ? undefined
    : refusal("BadRequest", `Metric category '${text(metric, "category") ?? ""}' is not supported.`);
}

function refuseTooMany(operation: Operation): ProviderError | undefined {
  if (operation.existing !== undefined || siblingsOf(operation).length < MAX_SETTINGS) return undefined;
  return refusal(
    "Conflict",
    `The limit of ${MAX_SETTINGS} diagnostic settings was reached. To create a new diagnostic setting, delete an existing one.`,
  );
}

/** Azure/bicep-registry-modules#3407: one category goes to one sink once. */
function refuseSink(operation: Operation): ProviderError | undefined {
  const { inputs } = operation;
  const wanted = new Set(categoryNames(inputs));
  for (const sink of SINKS) {
    const target = text(inputs, sink);
    if (target === undefined) continue;
    const twin = siblingsOf(operation).find(
      ({ properties }) =>
        sameId(text(properties, sink) ?? "", target) &&
        categoryNames(properties).some((category) => wanted.has(category)),
    );
    if (twin === undefined) continue;
    return refusal(
      "Conflict",
      `Data sink '${target}' is already used in diagnostic setting '${nameOf(twin.id)}' for the same category. ` +
        "Data sinks can't be reused in different settings on the same category for the same resource.",
    );
  }
  return undefined;
}

/** Metrics and logs do not share a name. */
function categoryNames(values: JsonObject): string[] {
  return (["logs", "metrics"] as const).flatMap((kind) =>
    enabled(values, kind).map(
      (entry) => `${kind}/${text(entry, "category") ?? text(entry, "categoryGroup") ?? ""}`,
    ),
  );
}
