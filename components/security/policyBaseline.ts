import * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings, Settings } from "../../config";

/** A built-in policy of Azure, as the platform assigns it. */
export interface BaselinePolicy {
  /** Name of the assignment, unique in its scope. */
  readonly key: string;
  /** As Azure's portal names it. */
  readonly title: string;
  /** GUID of the built-in definition (https://www.azadvertizer.net and Azure/azure-policy). */
  readonly definition: string;
  /** @default "policyDefinitions" */
  readonly kind?: "policyDefinitions" | "policySetDefinitions";
  /** `Deny`: the platform itself keeps to it, so anything else can be refused. `Audit`: what breaks it is reported. */
  readonly strictest: "Audit" | "Deny";
  /** What somebody reads whose request it stopped. */
  readonly why: string;
  /** Parameters besides `effect`. @default none */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Namespaces that AKS, its add-ons and its extensions run their own pods in. */
export const AKS_NAMESPACES = [
  "aks-command",
  "aks-istio-egress",
  "aks-istio-ingress",
  "aks-istio-system",
  "app-routing-system",
  "azure-alb-system",
  "azure-arc",
  "dataprotection-microsoft",
  "flux-system",
  "gatekeeper-system",
  "kube-system",
] as const;

export interface ClusterBaselineArgs {
  /** Its limits are the ceiling for every container outside the excluded namespaces. */
  readonly api: Pick<Settings["api"], "resources">;
  readonly edge: Pick<EdgeSettings, "regional">;
  /** Host of the platform's registry. */
  readonly loginServer: pulumi.Input<string>;
  /** Namespaces of add-ons, which need more than an application does. @default none */
  readonly addonNamespaces?: readonly string[];
}

/** Policies for a region's resource group: what runs in its cluster, and how the cluster is set up. */
export function clusterBaseline(args: ClusterBaselineArgs): readonly BaselinePolicy[] {
  return [...podPolicies(args), ...servicePolicies(args), ...CLUSTER_POLICIES];
}

function excludedNamespaces({ addonNamespaces = [] }: ClusterBaselineArgs): string[] {
  return [...AKS_NAMESPACES, ...addonNamespaces].sort();
}

function podPolicies(args: ClusterBaselineArgs): readonly BaselinePolicy[] {
  const excluded = { excludedNamespaces: excludedNamespaces(args) };
  const { cpuLimitMillicores, memoryLimitMib } = args.api.resources;
  return [
    {
      key: "pod-security-restricted",
      title: "Kubernetes cluster pod security restricted standards for Linux-based workloads",
      definition: "42b8ef37-b724-4e24-bbc8-7a7708edfe00",
      kind: "policySetDefinitions",
      strictest: "Deny",
      why: "Pods keep to the restricted Pod Security Standard.",
      parameters: excluded,
    },
    {
      key: "read-only-root",
      title: "Kubernetes cluster containers should run with a read only root file system",
      definition: "df49d893-a74c-421d-bc95-c663042e5b80",
      strictest: "Deny",
      why: "What breaks into a container must not change its programs.",
      parameters: excluded,
    },
    {
      key: "container-limits",
      title:
        "Kubernetes cluster containers CPU and memory resource limits should not exceed the specified limits",
      definition: "e345eecc-fa47-480f-9e88-67dcc122b164",
      strictest: "Deny",
      why: `A container has limits, of at most ${cpuLimitMillicores}m CPU and ${memoryLimitMib}Mi memory, so that it cannot starve its neighbours.`,
      parameters: { ...excluded, cpuLimit: `${cpuLimitMillicores}m`, memoryLimit: `${memoryLimitMib}Mi` },
    },
    {
      key: "allowed-images",
      title: "Kubernetes cluster containers should only use allowed images",
      definition: "febd0533-8e55-448f-b837-bd0e06f16469",
      strictest: "Deny",
      why: "Images come from the platform's registry or from Microsoft's, where they are scanned.",
      parameters: { ...excluded, allowedContainerImagesRegex: allowedImages(args.loginServer) },
    },
    {
      key: "no-host-paths",
      title: "Kubernetes cluster pod hostPath volumes should only use allowed host paths",
      definition: "098fc59e-46c7-4d99-9b16-64990e543d75",
      strictest: "Deny",
      why: "A pod that writes to the node's disk can take over the node.",
      parameters: { ...excluded, allowedHostPaths: { paths: [] } },
    },
    {
      key: "no-default-namespace",
      title: "Kubernetes clusters should not use the default namespace",
      definition: "9f061a12-e40d-4183-a00e-171812443373",
      strictest: "Deny",
      why: "The default namespace has no quota, no network policy and no owner.",
      parameters: { ...excluded, namespaces: ["default"] },
    },
  ];
}

/** Everything below the two hosts; without the anchors, a host that merely ends like them would do. */
function allowedImages(loginServer: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi
    .output(loginServer)
    .apply(
      (host) => `^(${[host, "mcr.microsoft.com"].map((name) => name.replaceAll(".", "\\.")).join("|")})/.+$`,
    );
}

function servicePolicies(args: ClusterBaselineArgs): readonly BaselinePolicy[] {
  const excluded = { excludedNamespaces: excludedNamespaces(args) };
  const internalLoadBalancers: BaselinePolicy = {
    key: "internal-load-balancers",
    title: "Kubernetes clusters should use internal load balancers",
    definition: "3fc4dc25-5baf-40d8-9b05-7fe74c1bc64e",
    strictest: "Deny",
    why: "Requests come in by the regional entrance, never past its web application firewall.",
    parameters: excluded,
  };
  return [
    {
      key: "https-ingress",
      title: "Kubernetes clusters should be accessible only over HTTPS",
      definition: "1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d",
      strictest: "Deny",
      why: "An Ingress ends TLS: plain HTTP can be read and changed on its way.",
      parameters: excluded,
    },
    // With that entrance, a public load balancer is the entrance.
    ...(args.edge.regional === "loadBalancer" ? [] : [internalLoadBalancers]),
    {
      key: "no-external-ips",
      title: "Kubernetes cluster services should only use allowed external IPs",
      definition: "d46c275d-1680-448d-b2ec-e495a3b6cc89",
      strictest: "Deny",
      why: "A Service with an external IP can take over another's traffic (CVE-2020-8554).",
      parameters: { ...excluded, allowedExternalIPs: [] },
    },
    {
      key: "no-endpoint-edits",
      title:
        "Kubernetes clusters should not allow endpoint edit permissions of ClusterRole/system:aggregate-to-edit",
      definition: "1ddac26b-ed48-4c30-8cc5-3a68c79b8001",
      // The definition has no stricter effect.
      strictest: "Audit",
      why: "Who edits endpoints can reach pods of other namespaces (CVE-2021-25740).",
    },
  ];
}

/** Answered by Azure Resource Manager, without the cluster. */
const CLUSTER_POLICIES: readonly BaselinePolicy[] = [
  {
    key: "no-local-accounts",
    title: "Azure Kubernetes Service Clusters should have local authentication methods disabled",
    definition: "993c2fcd-2b29-49d2-9eb0-df2c3a730c32",
    strictest: "Deny",
    why: "A local account is a static credential that no Conditional Access sees.",
  },
  {
    key: "entra-integration",
    title: "Azure Kubernetes Service Clusters should enable Microsoft Entra ID integration",
    definition: "450d2877-ebea-41e8-b00c-e286317d21bf",
    strictest: "Audit",
    why: "People sign in to a cluster as themselves.",
  },
  {
    key: "kubernetes-rbac",
    title: "Role-Based Access Control (RBAC) should be used on Kubernetes Services",
    definition: "ac4a19c2-fa67-49b4-8ae5-0b2e78c49457",
    strictest: "Audit",
    why: "Without RBAC, whoever reaches the API server administers the cluster.",
  },
  {
    key: "managed-identity",
    title: "Azure Kubernetes Service Clusters should use managed identities",
    definition: "da6e2401-19da-4532-9141-fb8fbde08431",
    strictest: "Audit",
    why: "A service principal has a secret that leaks and expires.",
  },
  {
    key: "policy-add-on",
    title:
      "Azure Policy Add-on for Kubernetes service (AKS) should be installed and enabled on your clusters",
    definition: "0a15ec92-a229-4763-bb14-0ea34a568f8d",
    strictest: "Audit",
    why: "Without the add-on, no policy for pods reaches the cluster.",
  },
  {
    key: "defender-profile",
    title: "Azure Kubernetes Service clusters should have Defender profile enabled",
    definition: "a1840de2-8088-4ea8-b153-b4c723e9cb01",
    strictest: "Audit",
    why: "Defender's sensor sees what a container does once it runs.",
  },
  {
    key: "authorized-ip-ranges",
    title: "Authorized IP ranges should be defined on Kubernetes Services",
    definition: "0e246bcf-5f6f-4f87-bc6f-775d4712c7ea",
    strictest: "Audit",
    why: "A public API server answers known networks alone.",
  },
  {
    key: "no-vulnerable-version",
    title: "Kubernetes Services should be upgraded to a non-vulnerable Kubernetes version",
    definition: "fb893a29-21bb-418c-a157-e99480ec364c",
    strictest: "Audit",
    why: "A version past its support gets no fixes.",
  },
];

/** Policies for the registry's resource group. */
export const REGISTRY_BASELINE: readonly BaselinePolicy[] = [
  {
    key: "no-anonymous-pull",
    title: "Container registries should have anonymous authentication disabled.",
    definition: "9f2dea28-e834-476c-99c5-3507b4728395",
    strictest: "Deny",
    why: "Images are pulled by identities that were granted it.",
  },
  {
    key: "no-registry-admin",
    title: "Container registries should have local admin account disabled.",
    definition: "dc921057-6b28-4fbe-9b83-f7bec05db6c2",
    strictest: "Deny",
    why: "The admin account is a shared password that can push any image.",
  },
];
