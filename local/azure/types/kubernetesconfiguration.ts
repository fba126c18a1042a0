import { randomUUID } from "node:crypto";
import type { CloudRecord } from "../../cloud/store";
import type { JsonObject, ProviderError } from "../../provider/backend";
import { flag, isObject, text } from "../../provider/values";
import { nameOf, ownerIdOf, type IdShape } from "../ids";
import { describeTypes, refusal, type Operation, type Serial } from "../resourceType";

const EXTENSION = "Microsoft.KubernetesConfiguration/extensions";
const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";
const NAME = { pattern: /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i, minLength: 1, maxLength: 63 } as const;

/** On a cluster of any provider, whose parts are path parameters each. */
function onCluster(armType: string, ownName: string): IdShape {
  return {
    armType,
    template:
      "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}" +
      `/providers/{clusterRp}/{clusterResourceName}/{clusterName}/providers/${armType}/{${ownName}}`,
    parameters: ["resourceGroupName", "clusterRp", "clusterResourceName", "clusterName", ownName],
  };
}

/** Azure/AKS-Construction#385 and #390: two extensions of one cluster at a time run into each other. */
const oneAtATime: Serial = {
  key: (id) => `${ownerIdOf(id) ?? id}/extensionOperations`,
  conflict: ({ id }) =>
    refusal(
      "ExtensionOperationFailed",
      "The extension operation failed with the following error: Error code: Conflict. Reason: Conflict. Another " +
        `operation is in progress (${nameOf(id)}). Install the extensions of a cluster one after the other.`,
    ),
};

/**
 * Release namespace, and the version that the emulated Stable train serves: that of Flux is Azure/AKS#5645's, the others
 * have but the form of real ones.
 */
const KNOWN: Readonly<Record<string, { readonly namespace: string; readonly version: string }>> = {
  "microsoft.dataprotection.kubernetes": { namespace: "dataprotection-microsoft", version: "0.0.3091" },
  "microsoft.flux": { namespace: "flux-system", version: "1.19.5" },
  "microsoft.dapr": { namespace: "dapr-system", version: "1.14.4" },
  "microsoft.azuremonitor.containers": { namespace: "kube-system", version: "3.1.27" },
};

export const kubernetesconfiguration = describeTypes(
  {
    token: "kubernetesconfiguration:Extension",
    shape: onCluster(EXTENSION, "extensionName"),
    apiVersion: "2023-05-01",
    autoName: "copy",
    name: NAME,
    located: false,
    // x-ms-mutability of the specification: create and read.
    replaceOn: ["extensionType"],
    writeOnly: ["configurationProtectedSettings"],
    defaults: ({ inputs }) => ({
      autoUpgradeMinorVersion: true,
      releaseTrain: "Stable",
      scope: { cluster: { releaseNamespace: KNOWN[typeOf(inputs)]?.namespace ?? "default" } },
    }),
    computed: [
      "aksAssignedIdentity.principalId",
      "aksAssignedIdentity.tenantId",
      "currentVersion",
      "isSystemExtension",
      "provisioningState",
    ],
    compute: computeExtension,
    // Helm installs on the cluster; the backup extension's reports are around five minutes.
    seconds: { create: 240, update: 90, delete: 120 },
    refuse: [refuseStopped, refuseUnknown, refuseVersion, refuseTwin, refuseBackupSettings],
    serial: oneAtATime,
    afterWrite: writeIdentity,
    afterDelete: ({ cloud, record }) => {
      const cluster = cloud.store.get(ownerIdOf(record.id) ?? "");
      if (cluster !== undefined)
        cloud.store.remove(identityId(cloud.subscriptionId, cluster, nameOf(record.id)));
    },
  },
  {
    token: "kubernetesconfiguration:FluxConfiguration",
    shape: onCluster("Microsoft.KubernetesConfiguration/fluxConfigurations", "fluxConfigurationName"),
    apiVersion: "2023-05-01",
    autoName: "copy",
    name: NAME,
    located: false,
    writeOnly: ["configurationProtectedSettings"],
    defaults: () => ({ namespace: "default", scope: "cluster", sourceKind: "GitRepository", suspend: false }),
    computed: ["complianceState", "provisioningState"],
    compute: () => ({ complianceState: "Compliant", provisioningState: "Succeeded" }),
    seconds: { create: 60, update: 30, delete: 60 },
    refuse: [refuseSource, refuseWithoutFlux],
  },
);

function typeOf(inputs: JsonObject): string {
  return (text(inputs, "extensionType") ?? "").toLowerCase();
}

function clusterOf({ cloud, id }: Operation): CloudRecord | undefined {
  return cloud.store.get(ownerIdOf(id) ?? "");
}

function computeExtension({ cloud, inputs, keep }: Operation): JsonObject {
  return {
    aksAssignedIdentity: {
      type: text(inputs, "aksAssignedIdentity.type") ?? "SystemAssigned",
      principalId: keep("aksAssignedIdentity.principalId", randomUUID),
      tenantId: cloud.tenantId,
    },
    currentVersion: text(inputs, "version") ?? KNOWN[typeOf(inputs)]?.version ?? "1.0.0",
    isSystemExtension: false,
    provisioningState: "Succeeded",
  };
}

function identityId(subscriptionId: string, cluster: CloudRecord, extension: string): string {
  const group = text(cluster.properties, "nodeResourceGroup") ?? "";
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/${IDENTITY}/ext-${extension}-${nameOf(cluster.id)}`;
}

/** https://learn.microsoft.com/azure/backup/azure-kubernetes-service-cluster-backup-concept: in the node resource group. */
function writeIdentity(operation: Operation, record: CloudRecord): void {
  const { cloud, id } = operation;
  const cluster = clusterOf(operation);
  if (cluster === undefined) return;
  const identity = identityId(cloud.subscriptionId, cluster, nameOf(id));
  const { principalId = "", tenantId = "" } = record.properties["aksAssignedIdentity"] as JsonObject;
  const earlier = cloud.store.get(identity);
  cloud.store.put({
    id: identity,
    cloud: "azure",
    type: IDENTITY,
    properties: {
      ...{ name: nameOf(identity), type: IDENTITY, location: cluster.properties["location"] ?? "" },
      ...{ clientId: text(earlier?.properties, "clientId") ?? randomUUID(), principalId, tenantId },
      managedBy: cluster.id,
    },
    createdAt: earlier?.createdAt ?? record.createdAt,
    seconds: 0,
  });
}

/** Azure/AKS#3233: what installs by Helm needs an API server that answers. */
function refuseStopped(operation: Operation): ProviderError | undefined {
  return text(clusterOf(operation)?.properties, "powerState.code") === "Stopped"
    ? refusal("ExtensionOperationFailed", "The extension operation failed: the cluster is stopped.")
    : undefined;
}

function refuseUnknown({ inputs }: Operation): ProviderError | undefined {
  if (typeOf(inputs) in KNOWN) return undefined;
  return refusal(
    "ExtensionTypeRegistrationGetFailed",
    `Failed to get the registration of extension type '${text(inputs, "extensionType") ?? ""}'. The emulated Azure ` +
      `knows: ${Object.keys(KNOWN).join(", ")}.`,
  );
}

/** A pinned version and automatic minor upgrades exclude each other (spec: "version ... autoUpgradeMinorVersion must be false"). */
function refuseVersion({ inputs }: Operation): ProviderError | undefined {
  if (text(inputs, "version") === undefined || !flag(inputs, "autoUpgradeMinorVersion")) return undefined;
  return refusal(
    "BadRequest",
    "'version' of an extension cannot be set while 'autoUpgradeMinorVersion' is true. Set it to false.",
  );
}

/** One extension of a type on a cluster. */
function refuseTwin(operation: Operation): ProviderError | undefined {
  const { cloud, id, inputs } = operation;
  const twin = cloud.store
    .list({ type: EXTENSION, under: ownerIdOf(id) ?? id })
    .find(
      (other) =>
        nameOf(other.id).toLowerCase() !== nameOf(id).toLowerCase() &&
        typeOf(other.properties) === typeOf(inputs),
    );
  return twin === undefined
    ? undefined
    : refusal(
        "ExtensionCreationFailed",
        `Extension type '${typeOf(inputs)}' is installed on the cluster already, as '${nameOf(twin.id)}'.`,
      );
}

/** Without these the extension has no place for backups, and its pods do not start. */
function refuseBackupSettings({ inputs }: Operation): ProviderError | undefined {
  if (typeOf(inputs) !== "microsoft.dataprotection.kubernetes") return undefined;
  const settings = inputs["configurationSettings"];
  const wanted = [
    "configuration.backupStorageLocation.bucket",
    "configuration.backupStorageLocation.config.resourceGroup",
    "configuration.backupStorageLocation.config.storageAccount",
    "configuration.backupStorageLocation.config.subscriptionId",
    "credentials.tenantId",
  ];
  const missing = wanted.filter((key) => !isObject(settings) || typeof settings[key] !== "string");
  if (missing.length === 0) return undefined;
  return refusal(
    "ExtensionOperationFailed",
    `The extension operation failed: configurationSettings of microsoft.dataprotection.kubernetes lack ${missing.join(", ")}.`,
  );
}

function refuseSource({ inputs }: Operation): ProviderError | undefined {
  const kind = text(inputs, "sourceKind") ?? "GitRepository";
  const key = { GitRepository: "gitRepository", Bucket: "bucket", AzureBlob: "azureBlob" }[kind];
  if (key !== undefined && isObject(inputs[key])) return undefined;
  return refusal(
    "BadRequest",
    `A Flux configuration with sourceKind '${kind}' must have '${key ?? "a source"}'.`,
  );
}

/** https://learn.microsoft.com/azure/azure-arc/kubernetes/tutorial-use-gitops-flux2: the API installs no extension. */
function refuseWithoutFlux({ cloud, id }: Operation): ProviderError | undefined {
  const installed = cloud.store
    .list({ type: EXTENSION, under: ownerIdOf(id) ?? id })
    .some(({ properties }) => typeOf(properties) === "microsoft.flux");
  return installed
    ? undefined
    : refusal(
        "ExtensionNotInstalled",
        "The extension microsoft.flux is not installed on the cluster: install it before a Flux configuration.",
      );
}
