import type { ProviderError } from "../../provider/backend";
import { text } from "../../provider/values";
import { armTypeOf, inGroup, ownerIdOf, sameId } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

const SCOPE = "Microsoft.Insights/privateLinkScopes";
const SCOPED = `${SCOPE}/scopedResources`;
/** https://learn.microsoft.com/azure/azure-monitor/logs/private-link-security#azure-monitor-private-link-scope-ampls */
const CONNECTABLE = [
  "Microsoft.Insights/components",
  "Microsoft.Insights/dataCollectionEndpoints",
  "Microsoft.OperationalInsights/workspaces",
];

export const privateLink = describeTypes(
  {
    token: "monitor:PrivateLinkScope",
    shape: inGroup(SCOPE, "scopeName"),
    apiVersion: "2023-06-01-preview",
    autoName: "random",
    name: { pattern: /^[-\w.()]*[-\w()]$/, minLength: 1, maxLength: 255 },
    required: ["accessModeSettings"],
    computed: ["privateEndpointConnections", "provisioningState"],
    compute: ({ keep }) => ({
      privateEndpointConnections: keep("privateEndpointConnections", () => []),
      provisioningState: "Succeeded",
    }),
    seconds: { create: 5, update: 5, delete: 5 },
    refuse: [refuseRegion, refuseAccessMode],
  },
  {
    token: "monitor:PrivateLinkScopedResource",
    shape: inGroup(SCOPED, "scopeName", "name"),
    apiVersion: "2023-06-01-preview",
    autoName: "copy",
    located: false,
    references: ["linkedResourceId"],
    defaults: () => ({ kind: "Resource" }),
    computed: ["provisioningState"],
    compute: () => ({ provisioningState: "Succeeded" }),
    seconds: { create: 8, update: 8, delete: 8 },
    refuse: [refuseLinkedType, refuseTwin],
    serial: {
      key: (id) => ownerIdOf(id) ?? id,
      // hashicorp/terraform-provider-azurerm#22236
      conflict: () =>
        refusal("Conflict", "Cannot modify resource while in provisioning state: 'Provisioning'."),
    },
  },
);

/** The resource is global. */
function refuseRegion({ inputs }: Operation): ProviderError | undefined {
  const location = text(inputs, "location") ?? "";
  return location.toLowerCase() === "global"
    ? undefined
    : refusal(
        "LocationNotAvailableForResourceType",
        `The provided location '${location}' is not available for resource type '${SCOPE}'. List of available regions ` +
          "for the resource type is 'global'.",
      );
}

function refuseAccessMode({ inputs }: Operation): ProviderError | undefined {
  for (const mode of ["ingestionAccessMode", "queryAccessMode"]) {
    const value = text(inputs, `accessModeSettings.${mode}`);
    if (value === "Open" || value === "PrivateOnly") continue;
    return refusal(
      "BadRequest",
      `accessModeSettings.${mode} must be 'Open' or 'PrivateOnly', got '${value ?? "(null)"}'.`,
    );
  }
  return undefined;
}

function refuseLinkedType({ inputs }: Operation): ProviderError | undefined {
  const type = armTypeOf(text(inputs, "linkedResourceId") ?? "");
  return CONNECTABLE.some((allowed) => sameId(allowed, type))
    ? undefined
    : refusal(
        "BadRequest",
        `A resource of type '${type}' cannot be connected to a private link scope. Allowed: ${CONNECTABLE.join(", ")}.`,
      );
}

function refuseTwin({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const linked = text(inputs, "linkedResourceId") ?? "";
  const twin = cloud.store
    .list({ type: SCOPED, under: ownerIdOf(id) ?? id })
    .find(
      (other) => !sameId(other.id, id) && sameId(text(other.properties, "linkedResourceId") ?? "", linked),
    );
  return twin === undefined
    ? undefined
    : refusal(
        "Conflict",
        `The resource '${linked}' is connected to the private link scope already (${twin.id}).`,
      );
}
