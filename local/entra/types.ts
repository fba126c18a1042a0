/** The resource types of Microsoft Entra ID that are emulated, by the tokens of @pulumi/azuread. */
import { randomUUID } from "node:crypto";
import type { CloudRecord, CloudStore } from "../cloud/store";
import { ProviderError, type JsonObject } from "../provider/backend";
import { text } from "../provider/values";

/** One tenant. */
export interface Directory {
  readonly store: CloudStore;
  readonly tenantId: string;
  readonly deployer: { readonly objectId: string; readonly clientId: string };
  readonly now: () => Date;
}

export interface EntraType {
  /** Type of the records, in Microsoft Graph's words. */
  readonly type: string;
  readonly required: readonly string[];
  readonly defaults: JsonObject;
  readonly replaceOn: readonly string[];
  /** Outputs that the directory makes, unknown in a preview. */
  readonly computed: readonly string[];
  /** Duration of a create, in seconds: azuread waits until the object has reached the replicas. */
  readonly seconds: number;
  /** @throws a ProviderError with Microsoft Graph's code. */
  readonly compute: (directory: Directory, inputs: JsonObject, existing: CloudRecord | undefined) => Made;
}

interface Made {
  readonly id: string;
  readonly outputs: JsonObject;
}

/** Same limits for applications as for managed identities. */
const MAX_CREDENTIALS = 20;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const TYPES: Readonly<Record<string, EntraType>> = {
  "azuread:index/application:Application": {
    type: "applications",
    required: ["displayName"],
    defaults: { signInAudience: "AzureADMyOrg" },
    replaceOn: ["templateId"],
    computed: [
      "appRoleIds",
      "clientId",
      "disabledByMicrosoft",
      "logoUrl",
      "oauth2PermissionScopeIds",
      "objectId",
      "publisherDomain",
    ],
    seconds: 11,
    compute: ({ tenantId }, _inputs, existing) => {
      const objectId = kept(existing, "objectId");
      return {
        id: `/applications/${objectId}`,
        outputs: {
          appRoleIds: {},
          clientId: kept(existing, "clientId"),
          disabledByMicrosoft: "",
          logoUrl: "",
          oauth2PermissionScopeIds: {},
          objectId,
          publisherDomain: `${tenantId.slice(0, 8)}.onmicrosoft.com`,
        },
      };
    },
  },
  "azuread:index/servicePrincipal:ServicePrincipal": {
    type: "servicePrincipals",
    required: ["clientId"],
    defaults: { accountEnabled: true, appRoleAssignmentRequired: false },
    replaceOn: ["clientId"],
    computed: [
      "applicationTenantId",
      "displayName",
      "objectId",
      "servicePrincipalNames",
      "signInAudience",
      "type",
    ],
    seconds: 11,
    compute: computeServicePrincipal,
  },
  "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": {
    type: "applications/federatedIdentityCredentials",
    required: ["applicationId", "audiences", "displayName", "issuer", "subject"],
    defaults: {},
    replaceOn: ["applicationId", "displayName"],
    computed: ["credentialId"],
    seconds: 4,
    compute: computeCredential,
  },
};

/** @throws if the type is not emulated. */
export function findEntraType(token: string): EntraType {
  const type = TYPES[token];
  if (type !== undefined) return type;
  throw new ProviderError(
    "TypeNotEmulated",
    `the emulated Entra ID has no resource type '${token}'. Known: ${Object.keys(TYPES).join(", ")}. ` +
      "Describe it in local/entra/types.ts.",
  );
}

export function entraTokens(): string[] {
  return Object.keys(TYPES);
}

function computeServicePrincipal(
  { store, tenantId }: Directory,
  inputs: JsonObject,
  existing?: CloudRecord,
): Made {
  const clientId = text(inputs, "clientId") ?? "";
  const application = store
    .list({ type: "applications" })
    .find(({ properties }) => properties["clientId"] === clientId);
  if (application === undefined) {
    throw new ProviderError(
      "Request_BadRequest",
      GUID.test(clientId)
        ? `The appId '${clientId}' of the service principal does not reference a valid application object.`
        : `Invalid value specified for property 'appId' of resource 'ServicePrincipal': '${clientId}' is no GUID.`,
    );
  }
  const twin = store
    .list({ type: "servicePrincipals" })
    .find(({ properties }) => properties["clientId"] === clientId);
  if (twin !== undefined && twin.id !== existing?.id && inputs["useExisting"] !== true) {
    throw new ProviderError(
      "Request_MultipleObjectsWithSameKeyValue",
      `The service principal cannot be created, updated, or restored because the service principal name ${clientId} ` +
        "is already in use.",
    );
  }
  const objectId = kept(existing ?? twin, "objectId");
  return {
    id: `/servicePrincipals/${objectId}`,
    outputs: {
      applicationTenantId: tenantId,
      displayName: application.properties["displayName"] ?? "",
      objectId,
      servicePrincipalNames: [clientId],
      signInAudience: application.properties["signInAudience"] ?? "AzureADMyOrg",
      type: "Application",
    },
  };
}

function computeCredential({ store }: Directory, inputs: JsonObject, existing?: CloudRecord): Made {
  const applicationId = text(inputs, "applicationId") ?? "";
  if (store.get(applicationId)?.type !== "applications") {
    throw new ProviderError(
      "Request_ResourceNotFound",
      `Resource '${applicationId}' does not exist or one of its queried reference-property objects are not present. ` +
        "(applicationId has the form /applications/<object id>: it is an application's id, not its clientId.)",
    );
  }
  const siblings = store
    .list({ type: "applications/federatedIdentityCredentials", under: applicationId })
    .filter(({ id }) => id !== existing?.id);
  if (siblings.length >= MAX_CREDENTIALS) {
    throw new ProviderError(
      "Request_BadRequest",
      `An application has at most ${MAX_CREDENTIALS} federated identity credentials.`,
    );
  }
  const same = (key: string) => (sibling: CloudRecord) => sibling.properties[key] === inputs[key];
  if (siblings.some((sibling) => same("issuer")(sibling) && same("subject")(sibling))) {
    throw new ProviderError(
      "Request_MultipleObjectsWithSameKeyValue",
      "FederatedIdentityCredential with issuer and subject combination already exists on the application.",
    );
  }
  if (siblings.some(same("displayName"))) {
    throw new ProviderError(
      "Request_MultipleObjectsWithSameKeyValue",
      `FederatedIdentityCredential with name ${text(inputs, "displayName") ?? ""} already exists.`,
    );
  }
  const credentialId = kept(existing, "credentialId");
  // azuread's own id is <application's object id>/federatedIdentityCredential/<credential id>.
  return { id: `${applicationId}/federatedIdentityCredentials/${credentialId}`, outputs: { credentialId } };
}

/** A value that the directory makes once. */
function kept(existing: CloudRecord | undefined, key: string): string {
  const value = existing?.properties[key];
  return typeof value === "string" ? value : randomUUID();
}
