import { azurePlatform } from "../../local/kubernetes/cluster/azurePlatform";
import type { AddressRequest, Cluster, ClusterPlatform } from "../../local/kubernetes/cluster/platform";
import type { JsonObject } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure, clusterInputs, DEPLOYER, GROUP, principalOf, systemPool, TENANT } from "./azure-support";
import { make, network, PROVIDER, STANDARD } from "./support/networks";

const NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";
const NODES = `${PROVIDER}/virtualNetworks/vnet/subnets/nodes`;

let azure: Azure;
let platform: ClusterPlatform;
let cluster: Cluster;
let principal: string;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  await network(azure, "vnet", "10.240.0.0/16", {
    subnets: [
      { name: "nodes", addressPrefix: "10.240.0.0/22" },
      { name: "entrance", addressPrefix: "10.240.4.0/28" },
    ],
  });
  const identity = await azure.identity("control");
  principal = principalOf(identity);
  await azure.grant(principal, NETWORK_CONTRIBUTOR, NODES);
  const made = await azure.create(
    "containerservice:ManagedCluster",
    clusterInputs({
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      agentPoolProfiles: [systemPool({ vnetSubnetID: NODES })],
    }),
  );
  platform = azurePlatform(azure.store, TENANT, DEPLOYER);
  const found = platform.findCluster(text(made.outputs, "fqdn") ?? "");
  if (found === undefined) throw new Error("the cluster was just made");
  cluster = found;
});

/** Puts a Service with this address into the cluster, as the emulated API server does. */
function serve(name: string, ip: string): string {
  const id = serviceId(name);
  const properties: JsonObject = { status: { loadBalancer: { ingress: [{ ip }] } } };
  azure.store.put({ id, cloud: "kubernetes", type: "v1/Service", properties, createdAt: "2026", seconds: 0 });
  return id;
}

function serviceId(name: string): string {
  return `${cluster.id}/kubernetes/v1/Service/apps/${name}`;
}

function ask(changes: Partial<AddressRequest>, service = "api") {
  return platform.requestedAddress(cluster, {
    ...{ owner: serviceId(service), service: `apps/${service}`, internal: false, name: undefined },
    ...{ resourceGroup: undefined, subnet: undefined, ip: undefined },
    ...changes,
  });
}

describe("a public address that is there already", () => {
  const named = { name: "entrance", resourceGroup: "rg" };

  test("wants the right of the cluster's identity to join it, and serves one Service", async () => {
    const { id, outputs } = await make(azure, "PublicIPAddress", "entrance", STANDARD);
    expect(ask(named)).toMatchObject({
      problem: expect.stringContaining(
        `LinkedAuthorizationFailed: the client with object id '${principal}' does not have permission to perform action 'Microsoft.Network/publicIPAddresses/join/action'`,
      ) as string,
    });
    await azure.grant(principal, NETWORK_CONTRIBUTOR, id);
    const address = text(outputs, "ipAddress") ?? "";
    expect(ask(named)).toEqual({ address });
    const service = serve("api", address);
    expect(ask(named)).toEqual({ address });
    expect(ask(named, "other")).toMatchObject({
      problem: expect.stringContaining("PublicIPAddressInUse") as string,
    });
    await expect(azure.delete("network:PublicIPAddress", id)).rejects.toThrow(
      `PublicIPAddressCannotBeDeleted: Public IP address ${id} can not be deleted since it is still allocated to resource ${service}`,
    );
    azure.store.remove(service);
    await expect(azure.delete("network:PublicIPAddress", id)).resolves.toBeUndefined();
  });

  test("is looked for in the node resource group, where no other one is named", async () => {
    await make(azure, "PublicIPAddress", "entrance", STANDARD);
    await azure.grant(principal, NETWORK_CONTRIBUTOR, GROUP);
    expect(ask({ name: "entrance" })).toEqual({
      problem:
        "Error syncing load balancer: failed to ensure load balancer: PublicIP from annotation " +
        "azure-pip-name(-IPv6)=entrance for service apps/api doesn't exist in resource group MC_rg_aks_westus2",
    });
    expect(ask({ ip: "203.0.113.99", resourceGroup: "rg" })).toMatchObject({
      problem: expect.stringContaining("user supplied IP Address 203.0.113.99 was not found") as string,
    });
  });

  test("is in the cluster's region", async () => {
    await make(azure, "PublicIPAddress", "entrance", { ...STANDARD, location: "eastus" });
    await azure.grant(principal, NETWORK_CONTRIBUTOR, GROUP);
    expect(ask(named)).toMatchObject({ problem: expect.stringContaining("is in eastus") as string });
  });
});

describe("an internal address", () => {
  test("is one of the nodes' subnet, from its end, and nobody else's", () => {
    expect(ask({ internal: true })).toEqual({ address: "10.240.3.254" });
    serve("first", "10.240.3.254");
    expect(ask({ internal: true })).toEqual({ address: "10.240.3.253" });
    expect(ask({ internal: true }, "first")).toEqual({ address: "10.240.3.254" });
    expect(ask({ internal: true, ip: "10.240.3.254" })).toMatchObject({
      problem: expect.stringContaining("PrivateIPAddressInUse") as string,
    });
  });

  test("is one of the subnet that is named, which the cluster's identity may join", async () => {
    expect(ask({ internal: true, subnet: "entrance" })).toMatchObject({
      problem: expect.stringContaining("Microsoft.Network/virtualNetworks/subnets/join/action") as string,
    });
    await azure.grant(principal, NETWORK_CONTRIBUTOR, NODES.replace("nodes", "entrance"));
    expect(ask({ internal: true, subnet: "entrance" })).toEqual({ address: "10.240.4.14" });
    expect(ask({ internal: true, subnet: "nowhere" })).toMatchObject({
      problem: expect.stringContaining("failed to get subnet: vnet/nowhere") as string,
    });
  });
});

test("a Service that asks for nothing has an address of the cluster", () => {
  expect(ask({})).toBeUndefined();
});
