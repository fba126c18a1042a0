import { randomUUID } from "node:crypto";
import { inGroup, ownerIdOf } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";
import { text } from "../../provider/values";

const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";
const CREDENTIALS = `${IDENTITY}/federatedIdentityCredentials`;

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_CREDENTIALS = 20;

export const managedidentity = describeTypes(
  {
    token: "managedidentity:UserAssignedIdentity",
    shape: inGroup(IDENTITY, "resourceName"),
    apiVersion: "2023-01-31",
    autoName: "random",
    name: { pattern: /^[A-Za-z0-9][-\w]*$/, minLength: 3, maxLength: 128 },
    computed: ["clientId", "principalId", "tenantId"],
    compute: ({ cloud, keep }) => ({
      clientId: keep("clientId", randomUUID),
      principalId: keep("principalId", randomUUID),
      tenantId: cloud.tenantId,
    }),
    seconds: { create: 3, update: 2, delete: 3 },
  },
  {
    token: "managedidentity:FederatedIdentityCredential",
    shape: inGroup(CREDENTIALS, "resourceName", "federatedIdentityCredentialResourceName"),
    apiVersion: "2023-01-31",
    autoName: "copy",
    name: { pattern: /^[A-Za-z0-9][-\w]*$/, minLength: 3, maxLength: 120 },
    located: false,
    required: ["audiences", "issuer", "subject"],
    seconds: { create: 3, update: 3, delete: 3 },
    refuse: [refuseTooMany, refuseTwin],
    serial: {
      key: (id) => ownerIdOf(id) ?? id,
      // pulumi/pulumi-azure-native#4343
      conflict: () =>
        refusal(
          "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
          "Too many Federated Identity Credentials are written concurrently for the managed identity. Concurrent " +
            "Federated Identity Credentials writes under the same managed identity are not supported.",
        ),
    },
  },
);

function refuseTooMany({ cloud, id, existing }: Operation): ReturnType<typeof refusal> | undefined {
  const siblings = cloud.store.list({ type: CREDENTIALS, under: ownerIdOf(id) ?? id });
  if (existing !== undefined || siblings.length < MAX_CREDENTIALS) return undefined;
  return refusal(
    "TooManyFederatedIdentityCredentialsForManagedIdentity",
    `Too many Federated Identity Credentials for the managed identity: at most ${MAX_CREDENTIALS} are allowed.`,
  );
}

/** The combination of issuer and subject must be unique on an identity (same page). */
function refuseTwin({ cloud, id, inputs }: Operation): ReturnType<typeof refusal> | undefined {
  const twin = cloud.store
    .list({ type: CREDENTIALS, under: ownerIdOf(id) ?? id })
    .filter((sibling) => sibling.id.toLowerCase() !== id.toLowerCase())
    .find(({ properties }) =>
      ["issuer", "subject"].every((key) => text(properties, key) === text(inputs, key)),
    );
  if (twin === undefined) return undefined;
  return refusal(
    "FederatedIdentityCredentialDuplicateIssuerSubject",
    `Issuer and subject combination already exists for this Managed Identity (${twin.id}).`,
  );
}
