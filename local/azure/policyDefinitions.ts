/**
 * Built-in definitions of Azure Policy for clusters, registries and resource groups. Ids as in mspnp/aks-baseline
 * (workload-team/modules/policies.bicep), Azure/AKS-Construction and
 * https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies.
 */
export interface PolicyDefinition {
  readonly name: string;
  readonly kind: "policy" | "initiative";
  /** Values of `effect`; empty where the definition has no such parameter. */
  readonly effects: readonly string[];
  /** Parameters without a default. */
  readonly required: readonly string[];
  /** All parameters besides `effect`; undefined where they are not described here. */
  readonly parameters?: readonly string[];
  /** The assignment acts by itself, and needs an identity for it. */
  readonly acts?: "Modify" | "DeployIfNotExists";
}

const AUDIT = ["Audit", "Disabled"];
const AUDIT_DENY = ["Audit", "Deny", "Disabled"];
/** Policies of the Kubernetes service took both spellings, until Azure/Azure-Landing-Zones#442 for the newest ones. */
const ANY_CASE = ["audit", "Audit", "deny", "Deny", "disabled", "Disabled"];
const NAMESPACES = ["source", "warn", "excludedNamespaces", "namespaces", "labelSelector"];
const CONTAINERS = [...NAMESPACES, "excludedContainers", "excludedImages"];

function kubernetes(
  name: string,
  {
    effects = ANY_CASE,
    required = [] as readonly string[],
    extra = [] as readonly string[],
    containers = true,
  } = {},
): PolicyDefinition {
  const parameters = [...(containers ? CONTAINERS : NAMESPACES), ...required, ...extra];
  return { name, kind: "policy", effects, required, parameters };
}

function resource(name: string, effects: readonly string[]): PolicyDefinition {
  return { name, kind: "policy", effects, required: [], parameters: [] };
}

function initiative(name: string): PolicyDefinition {
  return { name, kind: "initiative", effects: ANY_CASE, required: [] };
}

function acting(
  name: string,
  acts: "Modify" | "DeployIfNotExists",
  required: readonly string[],
  effects: readonly string[] = [],
): PolicyDefinition {
  return { name, kind: "policy", effects, required, acts };
}

export const POLICY_DEFINITIONS: Readonly<Record<string, PolicyDefinition>> = {
  "42b8ef37-b724-4e24-bbc8-7a7708edfe00": initiative(
    "Pod security restricted standards for Linux-based workloads",
  ),
  "a8640138-9b0a-4a28-b8cb-1666c838647d": initiative(
    "Pod security baseline standards for Linux-based workloads",
  ),
  "1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d": kubernetes("Clusters accessible only over HTTPS", {
    containers: false,
  }),
  "3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e": kubernetes("Clusters use internal load balancers", {
    containers: false,
  }),
  "df49d893-a74c-421d-bc95-c663042e5b80": kubernetes("Containers run with a read only root file system"),
  "e345eecc-fa47-480f-9e88-67dcc122b164": kubernetes(
    "CPU and memory limits do not exceed the specified ones",
    {
      required: ["cpuLimit", "memoryLimit"],
    },
  ),
  "febd0533-8e55-448f-b837-bd0e06f16469": kubernetes("Containers use only allowed images", {
    required: ["allowedContainerImagesRegex"],
  }),
  "098fc59e-46c7-4d99-9b16-64990e543d75": kubernetes("Pod hostPath volumes use only allowed host paths", {
    extra: ["allowedHostPaths"],
  }),
  "d46c275d-1680-448d-b2ec-e495a3b6cc89": kubernetes("Services use only allowed external IPs", {
    extra: ["allowedExternalIPs"],
    containers: false,
  }),
  "1ddac26b-ed48-4c30-8cc5-3a68c79b8001": kubernetes(
    "Endpoint edit permissions of ClusterRole/system:aggregate-to-edit",
    {
      effects: ["Audit", "Disabled", "audit", "disabled"],
      containers: false,
    },
  ),
  "9f061a12-e40d-4183-a00e-171812443373": kubernetes("Clusters do not use the default namespace", {
    containers: false,
  }),
  "1c6e92c9-99f0-4e55-9cf2-0c234dc48f99": kubernetes("No container privilege escalation", {
    effects: AUDIT_DENY,
  }),
  "95edb821-ddaf-4404-9732-666045e056b4": kubernetes("No privileged containers"),
  "47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8": kubernetes("No sharing of host process ID or host IPC namespace"),
  "82985f06-dc18-4a48-bc1c-b9f4f0098cfe": kubernetes("Pods use only approved host network and port range", {
    extra: ["allowHostNetwork", "minPort", "maxPort"],
  }),
  "f06ddb64-5fa3-4b77-b166-acb36f7f6042": kubernetes(
    "Pods and containers run with approved user and group IDs",
    {
      extra: [
        "runAsUserRule",
        "runAsUserRanges",
        "runAsGroupRule",
        "runAsGroupRanges",
        "supplementalGroupsRule",
        "supplementalGroupsRanges",
        "fsGroupRule",
        "fsGroupRanges",
      ],
    },
  ),
  "c26596ff-4d70-4e6a-9a30-c2506bd2f80c": kubernetes("Containers use only allowed capabilities", {
    extra: ["allowedCapabilities", "requiredDropCapabilities"],
  }),
  "233a2a17-77ca-4fb1-9b6b-69223d272a44": kubernetes("Services listen only on allowed ports", {
    required: ["allowedServicePortsList"],
    containers: false,
  }),
  "423dd1ba-798e-40e4-9c4d-b6902674b423": kubernetes("Clusters disable automounting API credentials", {
    containers: false,
  }),
  "d2e7ea85-6b44-4317-a0be-1b951587f626": kubernetes("Clusters do not grant CAP_SYS_ADMIN"),
  "b1a9997f-2883-4f12-bdff-2280f99b5915": kubernetes("Containers have readiness or liveness probes", {
    extra: ["enforceProbes"],
  }),
  "a1840de2-8088-4ea8-b153-b4c723e9cb01": resource("Clusters have the Defender profile enabled", AUDIT),
  "450d2877-ebea-41e8-b00c-e286317d21bf": resource("Clusters enable Microsoft Entra ID integration", AUDIT),
  "993c2fcd-2b29-49d2-9eb0-df2c3a730c32": resource(
    "Clusters have local authentication methods disabled",
    AUDIT_DENY,
  ),
  "0a15ec92-a229-4763-bb14-0ea34a568f8d": resource("Clusters have the Azure Policy add-on", AUDIT),
  "0e246bcf-5f6f-4f87-bc6f-775d4712c7ea": resource("Clusters define authorized IP ranges", AUDIT),
  "fb893a29-21bb-418c-a157-e99480ec364c": resource("Clusters run no vulnerable Kubernetes version", AUDIT),
  "ac4a19c2-fa67-49b4-8ae5-0b2e78c49457": resource("Clusters use role-based access control", AUDIT),
  "da6e2401-19da-4532-9141-fb8fbde08431": resource("Clusters use managed identities", AUDIT),
  "040732e8-d947-40b8-95d6-854c95024bf8": resource("Clusters are private", AUDIT_DENY),
  "41425d9f-d1a5-499a-9932-f8ed8453932c": resource(
    "Temp disks and caches of node pools are encrypted at host",
    AUDIT_DENY,
  ),
  "7d7be79c-23ba-4033-84dd-45e2a5ccdd67": resource(
    "Disks of clusters are encrypted by customer-managed keys",
    AUDIT_DENY,
  ),
  "89f2d532-c53c-4f8f-9afa-4927b1114a0d": resource("Clusters disable command invoke", AUDIT),
  "9f2dea28-e834-476c-99c5-3507b4728395": resource(
    "Registries have anonymous authentication disabled",
    AUDIT_DENY,
  ),
  "dc921057-6b28-4fbe-9b83-f7bec05db6c2": resource(
    "Registries have the local admin account disabled",
    AUDIT_DENY,
  ),
  "d0793b48-0edc-4296-a390-4c75d1bdfd71": resource(
    "Registries do not allow unrestricted network access",
    AUDIT_DENY,
  ),
  "0fdf0491-d080-4575-b627-ad0e843cba0f": resource(
    "Registries have public network access disabled",
    AUDIT_DENY,
  ),
  "e8eef0a8-67cf-4eb4-9386-14b0e78733d4": resource("Registries use private link", AUDIT),
  "e56962a6-4747-49cd-b67b-bf8b01975c4c": {
    name: "Allowed locations",
    kind: "policy",
    effects: [],
    required: ["listOfAllowedLocations"],
    parameters: ["listOfAllowedLocations"],
  },
  "cd3aa116-8754-49c9-a813-ad46512ece54": acting("Inherit a tag from the resource group", "Modify", [
    "tagName",
  ]),
  "a8eff44f-8c92-45c3-a3fb-9880802d67a7": acting(
    "Deploy the Azure Policy add-on to clusters",
    "DeployIfNotExists",
    [],
    ["DeployIfNotExists", "Disabled"],
  ),
  "64def556-fbad-4622-930e-72d1d5589bf5": acting(
    "Configure clusters to enable the Defender profile",
    "DeployIfNotExists",
    [],
    ["DeployIfNotExists", "Disabled"],
  ),
};
