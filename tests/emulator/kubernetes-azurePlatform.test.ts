import { CloudStore } from "../../local/cloud/store";
import { azurePlatform } from "../../local/kubernetes/cluster/azurePlatform";
import type { JsonObject } from "../../local/provider/backend";

const ID = "/subscriptions/s/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/aks";
const CLUSTER = "Microsoft.ContainerService/managedClusters";
const HOST = "aks.hcp.westeurope.azmk8s.io";

let store: CloudStore;

beforeEach(() => {
  store = CloudStore.memory();
});

function put(
  id: string,
  type: string,
  properties: JsonObject,
  cloud: "azure" | "kubernetes" = "azure",
): void {
  store.put({ id, cloud, type, properties, createdAt: "2026-01-01T00:00:00Z", seconds: 0 });
}

function find(properties: JsonObject): ReturnType<ReturnType<typeof azurePlatform>["findCluster"]> {
  put(ID, CLUSTER, { name: "aks", location: "westeurope", fqdn: HOST, ...properties });
  return azurePlatform(store, "tenant", "deployer").findCluster(HOST);
}

test("a cluster is found by its public or private name, and by no other", () => {
  const platform = azurePlatform(store, "tenant", "deployer");
  put(ID, CLUSTER, { name: "aks", fqdn: HOST, privateFQDN: "aks.privatelink.azmk8s.io" });
  expect(platform.findCluster(HOST)?.id).toBe(ID);
  expect(platform.findCluster("aks.privatelink.azmk8s.io")?.id).toBe(ID);
  expect(platform.findCluster("other.azmk8s.io")).toBeUndefined();
});

test("what a cluster does not say is off", () => {
  expect(find({})).toMatchObject({
    ...{ localAccountsDisabled: false, azureRbac: false, workloadIdentity: false, oidcIssuer: undefined },
    ...{
      kubeletObjectId: undefined,
      verticalPodAutoscaler: false,
      nodeAutoProvisioning: false,
      nodePools: [],
    },
  });
});

test("what a cluster says is read from Azure's properties", () => {
  const cluster = find({
    disableLocalAccounts: true,
    aadProfile: { enableAzureRBAC: true },
    oidcIssuerProfile: { enabled: true, issuerURL: "https://issuer/" },
    securityProfile: { workloadIdentity: { enabled: true } },
    identityProfile: { kubeletidentity: { objectId: "kubelet" } },
    workloadAutoScalerProfile: { verticalPodAutoscaler: { enabled: true } },
    nodeProvisioningProfile: { mode: "Auto" },
  });
  expect(cluster).toMatchObject({
    ...{
      localAccountsDisabled: true,
      azureRbac: true,
      workloadIdentity: true,
      oidcIssuer: "https://issuer/",
    },
    ...{ kubeletObjectId: "kubelet", verticalPodAutoscaler: true, nodeAutoProvisioning: true },
  });
});

test("pools inline and pools of their own are one list; one that scales counts with its maximum", () => {
  const system = { name: "system", mode: "System", vmSize: "Standard_D4s_v5", count: 3, maxPods: 50 };
  put(`${ID}/agentPools/spot`, `${CLUSTER}/agentPools`, {
    ...{ name: "spot", vmSize: "Standard_D8s_v5", count: 1, enableAutoScaling: true, maxCount: 9 },
    nodeTaints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
    nodeLabels: { team: "a" },
  });
  put(`${ID}/agentPools/system`, `${CLUSTER}/agentPools`, { ...system, count: 4 });
  const pools = find({ agentPoolProfiles: [system] })?.nodePools ?? [];
  expect(pools.map(({ name, nodes, maxPods }) => [name, nodes, maxPods])).toEqual([
    ["system", 4, 50],
    ["spot", 9, 250],
  ]);
  expect(pools[1]?.taints).toEqual([
    { key: "kubernetes.azure.com/scalesetpriority", value: "spot", effect: "NoSchedule" },
  ]);
  expect(pools[1]?.labels).toMatchObject({ team: "a", agentpool: "spot", "kubernetes.io/os": "linux" });
});

test("public addresses are given once in a cloud, and again when they are free", () => {
  const platform = azurePlatform(store, "tenant", "deployer");
  const ids = ["one", "two"].map((name) => `${ID}${name}/kubernetes/v1/Service/apps/api`);
  for (const id of ids) {
    const ip = platform.allocatePublicIp(id);
    put(id, "v1/Service", { status: { loadBalancer: { ingress: [{ ip }] } } }, "kubernetes");
  }
  expect(platform.allocatePublicIp("three")).toBe("203.0.113.12");
  store.remove(ids[0] ?? "");
  expect(platform.allocatePublicIp("three")).toBe("203.0.113.10");
});

test("without a role, without an identity and without a credential nothing is allowed", () => {
  const platform = azurePlatform(store, "tenant", "deployer");
  const cluster = find({});
  if (cluster === undefined) throw new Error("The cluster was put into the store above");
  expect(platform.canPull(cluster, "x.azurecr.io")).toEqual({
    allowed: false,
    chain: ["aks has no kubelet identity"],
  });
  expect(platform.authorize(cluster, `${CLUSTER}/namespaces/write`, ID).allowed).toBe(false);
  const token = { issuer: "https://issuer/", subject: "s", audience: "a", clientId: "c" };
  expect(platform.exchangeToken(token).allowed).toBe(false);
  expect(platform.hasRegistry("x.azurecr.io")).toBe(false);
  expect(platform.findImage("x.azurecr.io/api:1")).toBeUndefined();
});
