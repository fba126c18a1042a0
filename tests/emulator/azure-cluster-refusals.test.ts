import type { JsonObject } from "../../local/provider/backend";
import { Azure, clusterInputs, GROUP, guid, networkWith, systemPool, principalOf } from "./azure-support";

const IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830";
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("clusters", () => {
  const refusals: readonly (readonly [what: string, changes: JsonObject, message: string | RegExp])[] = [
    [
      "no system pool",
      { agentPoolProfiles: [systemPool({ mode: "User" })] },
      "at least one agent pool with mode 'System'",
    ],
    [
      "a retired version",
      { kubernetesVersion: "1.31" },
      "K8sVersionNotSupported: Version 1.31 is not supported",
    ],
    [
      "a version under long-term support",
      { kubernetesVersion: "1.33" },
      "only available for Long-Term Support (LTS)",
    ],
    ["a patch that is gone", { kubernetesVersion: "1.35.2" }, "K8sVersionNotSupported"],
    ["no DNS prefix", { dnsPrefix: null }, "Required parameter dnsPrefix is missing"],
    [
      "image cleaner without hours",
      { securityProfile: { imageCleaner: { enabled: true } } },
      "imageCleaner.intervalHours must be between 24 and 2160",
    ],
    [
      "cost analysis in the Free tier",
      { metricsProfile: { costAnalysis: { enabled: true } } },
      "Cost analysis requires",
    ],
    ["long-term support without Premium", { supportPlan: "AKSLongTermSupport" }, "requires the Premium tier"],
    [
      "Cilium policy on the Azure dataplane",
      { networkProfile: { networkPlugin: "azure", networkPolicy: "cilium" } },
      "networkPolicy 'cilium' requires networkDataplane 'cilium'",
    ],
    [
      "Calico policy on the Cilium dataplane",
      { networkProfile: { networkPlugin: "azure", networkDataplane: "cilium", networkPolicy: "calico" } },
      "requires networkPolicy 'cilium' or 'none'",
    ],
    [
      "the Basic load balancer",
      { networkProfile: { networkPlugin: "azure", loadBalancerSku: "basic" } },
      "Basic load balancer is blocked",
    ],
    [
      "a service range of /11",
      { networkProfile: { networkPlugin: "azure", serviceCidr: "10.0.0.0/11" } },
      "must be smaller than a /12",
    ],
    [
      "service and pod ranges that overlap",
      { networkProfile: { networkPluginMode: "overlay", podCidr: "10.0.0.0/14" } },
      "overlaps with the pod CIDR 10.0.0.0/14",
    ],
    [
      "a DNS service IP outside of the service range",
      { networkProfile: { dnsServiceIP: "10.1.0.10" } },
      "must lie in the service CIDR",
    ],
    [
      "workload identity without an issuer",
      { securityProfile: { workloadIdentity: { enabled: true } } },
      "requires the OIDC issuer",
    ],
    [
      "local accounts off without Entra ID",
      { disableLocalAccounts: true },
      "only supported for clusters with Microsoft Entra ID",
    ],
    [
      "a private cluster with authorized ranges",
      { apiServerAccessProfile: { enablePrivateCluster: true, authorizedIPRanges: ["1.2.3.4/32"] } },
      "cannot be used with a private cluster",
    ],
    [
      "no private DNS zone and no public name",
      { apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: "none" } },
      "public FQDN",
    ],
    [
      "node auto provisioning beside the autoscaler",
      {
        nodeProvisioningProfile: { mode: "Auto" },
        agentPoolProfiles: [systemPool({ enableAutoScaling: true, minCount: 2, maxCount: 3 })],
      },
      "Node auto provisioning cannot be enabled",
    ],
    [
      "a kubelet identity under a system-assigned one",
      { identityProfile: { kubeletidentity: { resourceId: "IDENTITY" } } },
      "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
    ],
  ];

  test.each(refusals)("%s", async (_what, changes, message) => {
    const identity = await azure.identity("kubelet");
    const given = JSON.parse(JSON.stringify(changes).replace("IDENTITY", identity.id)) as JsonObject;
    await expect(azure.create("containerservice:ManagedCluster", clusterInputs(given))).rejects.toThrow(
      message,
    );
    expect(azure.store.get(CLUSTER)).toBeUndefined();
  });

  test("what is refused for one reason alone is otherwise fine", async () => {
    await expect(azure.create("containerservice:ManagedCluster", clusterInputs())).resolves.toHaveProperty(
      "id",
    );
  });

  test("a service range over a subnet of the nodes' network", async () => {
    const [subnet] = await networkWith(azure, "10.0.1.0/24");
    const pools = [systemPool({ vnetSubnetID: subnet ?? "" })];
    await expect(
      azure.create("containerservice:ManagedCluster", clusterInputs({ agentPoolProfiles: pools })),
    ).rejects.toThrow(
      "ServiceCidrOverlapExistingSubnetsCidr: The specified service CIDR 10.0.0.0/16 is conflicted with an existing subnet CIDR 10.0.1.0/24",
    );
  });

  test("user-defined routing wants the route first", async () => {
    const [subnet] = await networkWith(azure, "10.9.1.0/24");
    const inputs = clusterInputs({
      agentPoolProfiles: [systemPool({ vnetSubnetID: subnet ?? "" })],
      networkProfile: { networkPlugin: "azure", outboundType: "userDefinedRouting" },
    });
    await expect(azure.create("containerservice:ManagedCluster", inputs)).rejects.toThrow(
      "ExistingRouteTableNotAssociatedWithSubnet",
    );
  });

  test("a kubelet identity wants Managed Identity Operator on itself, not on the cluster's identity", async () => {
    const [controlPlane, kubelet] = [await azure.identity("control"), await azure.identity("kubelet")];
    const inputs = clusterInputs({
      identity: { type: "UserAssigned", userAssignedIdentities: [controlPlane.id] },
      identityProfile: { kubeletidentity: { resourceId: kubelet.id } },
    });
    const principal = principalOf(controlPlane);
    await azure.grant(principal, IDENTITY_OPERATOR, controlPlane.id);
    await expect(azure.create("containerservice:ManagedCluster", inputs)).rejects.toThrow(
      "CustomKubeletIdentityMissingPermissionError",
    );
    await azure.grant(principal, IDENTITY_OPERATOR, kubelet.id);
    const cluster = await azure.create("containerservice:ManagedCluster", inputs);
    expect(cluster.outputs["identityProfile"]).toEqual({
      kubeletidentity: {
        resourceId: kubelet.id,
        clientId: kubelet.outputs["clientId"],
        objectId: kubelet.outputs["principalId"],
      },
    });
  });

  test("a private DNS zone of one's own wants rights on the zone", async () => {
    const zone = `/subscriptions/${guid(9)}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/privatelink.westus2.azmk8s.io`;
    const identity = await azure.identity("control");
    const inputs = clusterInputs({
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: zone },
    });
    await expect(azure.create("containerservice:ManagedCluster", inputs)).rejects.toThrow(
      "CustomPrivateDNSZoneMissingPermissionError",
    );
    await azure.grant(principalOf(identity), "b12aa53e-6015-4669-85d0-8515ebb3ae7f", zone);
    await expect(azure.create("containerservice:ManagedCluster", inputs)).resolves.toHaveProperty("id");
  });

  test("pools are not added through the cluster", async () => {
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    const more = clusterInputs({
      agentPoolProfiles: [systemPool(), systemPool({ name: "apps", mode: "User" })],
    });
    await expect(azure.update("containerservice:ManagedCluster", cluster, more)).rejects.toThrow(
      "A new agent pool was introduced. Adding agent pools to an existing cluster is not allowed through managed cluster operations.",
    );
  });

  test("a pool that is left out of the cluster's list stays", async () => {
    const cluster = await azure.create("containerservice:ManagedCluster", clusterInputs());
    await azure.update("containerservice:ManagedCluster", cluster, clusterInputs({ agentPoolProfiles: [] }));
    expect(azure.store.get(`${CLUSTER}/agentPools/system`)).toBeDefined();
  });

  test("a control plane moves one minor at a time, and not back", async () => {
    const cluster = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ kubernetesVersion: "1.34" }),
    );
    const to = (kubernetesVersion: string) =>
      azure.update("containerservice:ManagedCluster", cluster, clusterInputs({ kubernetesVersion }));
    await expect(to("1.36")).rejects.toThrow(
      "Upgrading Kubernetes version 1.34.9 to 1.36.2 is not allowed. Available upgrades: [1.35.6]",
    );
    const upgraded = await to("1.35");
    expect(upgraded.outputs["currentKubernetesVersion"]).toBe("1.35.6");
    await expect(to("1.34")).rejects.toThrow(
      "OperationNotAllowed: Upgrading Kubernetes version 1.35.6 to 1.34.9",
    );
  });

  test("the issuer stays on once it is on", async () => {
    const cluster = await azure.create(
      "containerservice:ManagedCluster",
      clusterInputs({ oidcIssuerProfile: { enabled: true } }),
    );
    await expect(azure.update("containerservice:ManagedCluster", cluster, clusterInputs())).rejects.toThrow(
      "OIDCIssuerFeatureCannotBeDisabled",
    );
  });
});
