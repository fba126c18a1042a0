import { randomUUID } from "node:crypto";
import type { ProviderError } from "../../provider/backend";
import { flag, number, objects, text } from "../../provider/values";
import { inGroup, nameOf, ownerIdOf } from "../ids";
import { describeTypes, refusal, type Operation } from "../resourceType";

const ACCOUNT = "Microsoft.Storage/storageAccounts";
const MAX_RETENTION_DAYS = 365;

export const blobTypes = describeTypes(
  {
    token: "storage:BlobServiceProperties",
    shape: inGroup(`${ACCOUNT}/blobServices`, "accountName", "blobServicesName"),
    alwaysThere: true,
    apiVersion: "2024-01-01",
    autoName: "copy",
    located: false,
    defaults: () => ({
      cors: { corsRules: [] },
      deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false },
    }),
    computed: ["sku"],
    compute: ({ cloud, id }) => ({
      sku: cloud.store.get(ownerIdOf(id) ?? "")?.properties["sku"] ?? {
        name: "Standard_LRS",
        tier: "Standard",
      },
    }),
    seconds: { create: 2, update: 2, delete: 2 },
    refuse: [refuseOtherThanDefault, refuseRetention, refuseRestore],
  },
  {
    token: "storage:BlobContainer",
    // The account's one blob service is there from the start.
    shape: inGroup(`${ACCOUNT}/blobServices/containers`, "accountName", "=default", "containerName"),
    apiVersion: "2024-01-01",
    autoName: "random",
    // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
    name: { pattern: /^(?!.*--)[a-z0-9$][a-z0-9-]*[a-z0-9]$/, minLength: 3, maxLength: 63 },
    located: false,
    defaults: () => ({
      defaultEncryptionScope: "$account-encryption-key",
      denyEncryptionScopeOverride: false,
      publicAccess: "None",
    }),
    computed: [
      "deleted",
      "etag",
      "hasImmutabilityPolicy",
      "hasLegalHold",
      "lastModifiedTime",
      "remainingRetentionDays",
    ],
    compute: ({ cloud }) => ({
      deleted: false,
      etag: `"${randomUUID()}"`,
      hasImmutabilityPolicy: false,
      hasLegalHold: false,
      lastModifiedTime: cloud.now().toISOString(),
      remainingRetentionDays: 0,
    }),
    seconds: { create: 2, update: 2, delete: 2 },
    refuse: [refusePublicContainer],
  },
  {
    token: "storage:ManagementPolicy",
    shape: inGroup(`${ACCOUNT}/managementPolicies`, "accountName", "managementPolicyName"),
    apiVersion: "2024-01-01",
    autoName: "copy",
    located: false,
    required: ["policy"],
    computed: ["lastModifiedTime"],
    compute: ({ cloud }) => ({ lastModifiedTime: cloud.now().toISOString() }),
    seconds: { create: 3, update: 3, delete: 2 },
    refuse: [refuseOtherThanDefault, refuseRules],
  },
);

/** The only name that the API takes ("It should always be 'default'" in its description). */
function refuseOtherThanDefault({ id }: Operation): ProviderError | undefined {
  const name = nameOf(id);
  return name === "default"
    ? undefined
    : refusal("InvalidResourceName", `The resource name '${name}' is not valid: it must be 'default'.`);
}

function refuseRetention({ inputs }: Operation): ProviderError | undefined {
  for (const key of ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"]) {
    const days = number(inputs, `${key}.days`);
    const isOn = flag(inputs, `${key}.enabled`);
    if (!isOn || (days !== undefined && days >= 1 && days <= MAX_RETENTION_DAYS)) continue;
    return refusal(
      "InvalidXmlNodeValue",
      `The value of ${key}.days must be from 1 to ${MAX_RETENTION_DAYS} where the policy is enabled, got ${days ?? "none"}.`,
    );
  }
  return undefined;
}

/** https://learn.microsoft.com/azure/storage/blobs/point-in-time-restore-overview#prerequisites-for-point-in-time-restore */
function refuseRestore({ inputs }: Operation): ProviderError | undefined {
  if (!flag(inputs, "restorePolicy.enabled")) return undefined;
  const days = number(inputs, "restorePolicy.days") ?? 0;
  const missing = [
    flag(inputs, "isVersioningEnabled") ? "" : "isVersioningEnabled",
    flag(inputs, "changeFeed.enabled") ? "" : "changeFeed.enabled",
    flag(inputs, "deleteRetentionPolicy.enabled") ? "" : "deleteRetentionPolicy.enabled",
  ].filter((name) => name !== "");
  if (missing.length > 0) {
    return refusal(
      "PrerequisiteFeatureNotEnabled",
      `Point-in-time restore (restorePolicy) needs ${missing.join(", ")}.`,
    );
  }
  const kept = number(inputs, "deleteRetentionPolicy.days") ?? 0;
  return days < kept
    ? undefined
    : refusal(
        "InvalidXmlNodeValue",
        `restorePolicy.days (${days}) must be less than deleteRetentionPolicy.days (${kept}).`,
      );
}

/** https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent */
function refusePublicContainer({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const access = text(inputs, "publicAccess") ?? "None";
  const account = /^.*\/storageAccounts\/[^/]+/i.exec(id)?.[0] ?? "";
  if (access === "None" || flag(cloud.store.get(account)?.properties, "allowBlobPublicAccess"))
    return undefined;
  return refusal("PublicAccessNotPermitted", "Public access is not permitted on this storage account.");
}

/** https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure */
function refuseRules({ cloud, id, inputs }: Operation): ProviderError | undefined {
  const rules = objects(inputs, "policy.rules");
  if (rules.length === 0 || rules.length > 100) {
    return refusal("InvalidInput", `A lifecycle policy must have 1 to 100 rules, got ${rules.length}.`);
  }
  const names = rules.map((rule) => text(rule, "name") ?? "");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    return refusal("InvalidInput", `Two rules of the lifecycle policy are named '${twice}'.`);
  const account = cloud.store.get(ownerIdOf(id) ?? "");
  const isV2 = ["StorageV2", "BlobStorage", "BlockBlobStorage"].includes(
    text(account?.properties, "kind") ?? "",
  );
  return isV2
    ? undefined
    : refusal("FeatureNotSupported", "Lifecycle management needs an account of kind StorageV2.");
}
