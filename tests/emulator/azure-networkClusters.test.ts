import type { JsonObject } from "../../local/provider/backend";
import { text } from "../../local/provider/values";
import { Azure, clusterInputs, principalOf, systemPool } from "./azure-support";
import { make, network, PROVIDER, route } from "./support/networks";

const NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";
const ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f";
const ZONE = "privatelink.westus2.azmk8s.io";
const DELEGATION = { name: "aks", serviceName: "Microsoft.ContainerService/managedClusters" };
const VNET = `${PROVIDER}/virtualNetworks/vnet`;
const NODES = `${VNET}/subnets/nodes`;
const API = `${VNET}/subnets/api`;

let azure: Azure;
let identityId: string;
let principal: string;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
  await network(azure, "vnet", "10.240.0.0/16", {
    subnets: [
      { name: "nodes", addressPrefix: "10.240.0.0/22" },
      { name: "more", addressPrefix: "10.240.4.0/24" },
      { name: "api", addressPrefix: "10.240.8.0/28", delegations: [DELEGATION] },
      { name: "tiny", addressPrefix: "10.240.8.16/29", delegations: [DELEGATION] },
    ],
  });
  const identity = await azure.identity("control");
  [identityId, principal] = [identity.id, principalOf(identity)];
});

/** A cluster with the identity `control` and its system pool in the subnet `nodes`. */
function cluster(changes: JsonObject = {}, pool: JsonObject = {}) {
  return azure.create(
    "containerservice:ManagedCluster",
    clusterInputs({
      identity: { type: "UserAssigned", userAssignedIdentities: [identityId] },
      agentPoolProfiles: [systemPool({ vnetSubnetID: NODES, ...pool })],
      ...changes,
    }),
  );
}

async function attach(key: string, id: string): Promise<void> {
  const subnet = { id: NODES, outputs: {}, inputs: {} };
  const parameters = { resourceGroupName: "rg", virtualNetworkName: "vnet", subnetName: "nodes" };
  await azure.update("network:Subnet", subnet, {
    ...parameters,
    addressPrefix: "10.240.0.0/22",
    [key]: { id },
  });
}

describe("subnets for nodes", () => {
  test("the identity of the cluster joins them", async () => {
    await expect(cluster()).rejects.toThrow(
      `LinkedAuthorizationFailed: The client with object id '${principal}' has permission to perform action`,
    );
    await azure.grant(principal, NETWORK_CONTRIBUTOR, NODES);
    await expect(cluster()).resolves.toHaveProperty("id");
  });

  test("a right on the network counts too, and a system-assigned identity needs none yet", async () => {
    await azure.grant(principal, NETWORK_CONTRIBUTOR, VNET);
    await expect(cluster()).resolves.toHaveProperty("id");
    const own = { resourceName: "own", identity: { type: "SystemAssigned" } };
    await expect(cluster(own)).resolves.toHaveProperty("id");
  });

  test.each<[string, JsonObject, JsonObject, string]>([
    ["delegated", {}, { vnetSubnetID: API }, "SubnetIsDelegated: AgentPoolProfile subnet with id"],
    ["in another region", { location: "eastus" }, {}, "must be in the cluster's region, eastus"],
    ["that is not there", {}, { vnetSubnetID: `${NODES}2` }, "InvalidResourceReference"],
  ])("none %s", async (_what, changes, pool, message) => {
    await azure.grant(principal, NETWORK_CONTRIBUTOR, VNET);
    await expect(cluster(changes, pool)).rejects.toThrow(message);
  });

  test("all pools are in one network, or none", async () => {
    const other = await network(azure, "other", "10.241.0.0/16", {
      subnets: [{ name: "nodes", addressPrefix: "10.241.0.0/24" }],
    });
    await azure.grant(principal, NETWORK_CONTRIBUTOR, VNET);
    const { id } = await cluster();
    const pool = (name: string, vnetSubnetID: string | null) =>
      azure.create("containerservice:AgentPool", {
        ...{ resourceGroupName: "rg", resourceName: "aks", agentPoolName: name },
        ...{ count: 1, vmSize: "Standard_D4s_v5", vnetSubnetID },
      });
    await expect(pool("apps", `${other.id}/subnets/nodes`)).rejects.toThrow(
      "All subnets assigned to node pools must belong to the same virtual network",
    );
    await expect(pool("apps", API)).rejects.toThrow("SubnetIsDelegated");
    await expect(pool("apps", `${VNET}/subnets/more`)).resolves.toHaveProperty("id");
    await expect(azure.delete("network:Subnet", `${VNET}/subnets/more`)).rejects.toThrow(
      "InUseSubnetCannotBeDeleted",
    );
    await azure.delete("containerservice:ManagedCluster", id);
    await expect(azure.delete("network:VirtualNetwork", VNET)).resolves.toBeUndefined();
    await expect(
      azure.create(
        "containerservice:ManagedCluster",
        clusterInputs({
          agentPoolProfiles: [
            systemPool(),
            systemPool({ name: "b", vnetSubnetID: `${other.id}/subnets/nodes` }),
          ],
        }),
      ),
    ).rejects.toThrow("The Agentpool system does not have subnet defined");
  });
});

describe("ways out", () => {
  const through = (outboundType: string, pool: JsonObject = {}) =>
    cluster({ networkProfile: { networkPlugin: "azure", outboundType, serviceCidr: "10.0.0.0/16" } }, pool);

  beforeEach(() => azure.grant(principal, NETWORK_CONTRIBUTOR, VNET));

  test("a route table with a default route to an appliance, before the cluster", async () => {
    await expect(through("userDefinedRouting")).rejects.toThrow("ExistingRouteTableNotAssociatedWithSubnet");
    const table = await make(azure, "RouteTable", "egress", { routes: [] });
    await attach("routeTable", table.id);
    await expect(through("userDefinedRouting")).rejects.toThrow("RouteTableMissingDefaultRouteError");
    const routes = (changes: JsonObject) =>
      azure.update("network:RouteTable", table, { ...table.inputs, routes: [route(changes)] });
    await routes({ nextHopType: "Internet", nextHopIpAddress: null });
    await expect(through("userDefinedRouting")).rejects.toThrow(
      "RouteTableInvalidNextHop: Default route 0.0.0.0/0 has a next hop of Internet but only next hops of",
    );
    await routes({});
    await expect(through("userDefinedRouting", { enableNodePublicIP: true })).rejects.toThrow(
      "UDRWithNodePublicIPNotAllowed",
    );
    await expect(through("userDefinedRouting")).resolves.toHaveProperty("id");
  });

  test("a NAT gateway on the subnet, before the cluster", async () => {
    await expect(through("userAssignedNATGateway")).rejects.toThrow("SubnetNotAssociatedWithNATGateway");
    const nat = await make(azure, "NatGateway", "nat", { sku: { name: "Standard" } });
    await attach("natGateway", nat.id);
    await expect(through("userAssignedNATGateway")).resolves.toHaveProperty("id");
  });

  test.each(["userDefinedRouting", "userAssignedNATGateway"])("%s wants a subnet", async (outboundType) => {
    await expect(through(outboundType, { vnetSubnetID: null })).rejects.toThrow("EmptySubnetError");
  });
});

describe("the API server", () => {
  const integrated = (changes: JsonObject = {}, pool: JsonObject = {}) =>
    cluster({ apiServerAccessProfile: { enableVnetIntegration: true, subnetId: API, ...changes } }, pool);

  test("has a subnet of its own: delegated, large enough, and the identity may join it", async () => {
    await azure.grant(principal, NETWORK_CONTRIBUTOR, NODES);
    await expect(integrated()).rejects.toThrow("must have Network Contributor on the API server subnet");
    await azure.grant(principal, NETWORK_CONTRIBUTOR, VNET);
    const refused = (subnetId: string | null, message: string) =>
      expect(integrated({ subnetId })).rejects.toThrow(message);
    await refused(
      `${VNET}/subnets/more`,
      "must be delegated to Microsoft.ContainerService/managedClusters, got ''",
    );
    await refused(`${VNET}/subnets/tiny`, "must be a /28 or larger, got 10.240.8.16/29");
    await refused(null, "is required where nodes are in a subnet of one's own");
    await refused(`${API}2`, "InvalidResourceReference");
    const made = await integrated();
    await expect(azure.delete("network:Subnet", API)).rejects.toThrow("InUseSubnetCannotBeDeleted");
    const second = clusterInputs({
      resourceName: "second",
      identity: { type: "UserAssigned", userAssignedIdentities: [identityId] },
      agentPoolProfiles: [systemPool({ vnetSubnetID: NODES })],
      apiServerAccessProfile: { enableVnetIntegration: true, subnetId: API },
    });
    await expect(azure.create("containerservice:ManagedCluster", second)).rejects.toThrow(
      "it cannot be shared",
    );
    const off = { ...made.inputs, apiServerAccessProfile: { enableVnetIntegration: false } };
    await expect(azure.update("containerservice:ManagedCluster", made, off)).rejects.toThrow(
      "cannot be disabled",
    );
  });

  describe("with a zone of one's own", () => {
    const zone = (privateZoneName: string) =>
      azure.create("privatedns:PrivateZone", {
        resourceGroupName: "rg",
        privateZoneName,
        location: "global",
      });
    const hidden = (privateDNSZone: string, more: JsonObject = {}) =>
      cluster({ apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone }, ...more });

    beforeEach(() => azure.grant(principal, NETWORK_CONTRIBUTOR, NODES));

    test("has a name of the zone, which AKS writes and leaves behind", async () => {
      const { id } = await zone(ZONE);
      await expect(hidden(id)).rejects.toThrow("CustomPrivateDNSZoneMissingPermissionError");
      await azure.grant(principal, ZONE_CONTRIBUTOR, id);
      await expect(hidden(id)).rejects.toThrow("CreateOrUpdateVirtualNetworkLinkFailed");
      await azure.grant(principal, ZONE_CONTRIBUTOR, VNET);
      const made = await hidden(id);
      const host = text(made.outputs, "privateFQDN") ?? "";
      expect(host).toMatch(/^aks-[0-9a-f]{8}\.privatelink\.westus2\.azmk8s\.io$/);
      const record = `${id}/A/${host.split(".")[0] ?? ""}`;
      expect(text(azure.store.get(record)?.properties, "fqdn")).toBe(`${host}.`);
      await azure.delete("containerservice:ManagedCluster", made.id);
      expect(azure.store.get(record)).toBeDefined();
      await azure.delete("privatedns:PrivateZone", id);
      expect(azure.store.get(record)).toBeUndefined();
    });

    test("does without a right on the network where the zone is linked to it", async () => {
      const { id } = await zone(`team.${ZONE}`);
      await azure.grant(principal, ZONE_CONTRIBUTOR, id);
      await azure.create("privatedns:VirtualNetworkLink", {
        ...{ resourceGroupName: "rg", privateZoneName: `team.${ZONE}`, location: "global" },
        ...{ virtualNetworkLinkName: "vnet", virtualNetwork: { id: VNET } },
      });
      const made = await hidden(id, { dnsPrefix: null, fqdnSubdomain: "shop" });
      expect(made.outputs["privateFQDN"]).toBe(`shop.team.${ZONE}`);
    });

    test("cannot be deleted once its zone or its identity is gone", async () => {
      const { id } = await zone(ZONE);
      await azure.grant(principal, ZONE_CONTRIBUTOR, id);
      await azure.grant(principal, ZONE_CONTRIBUTOR, VNET);
      const made = await hidden(id);
      await azure.delete("privatedns:PrivateZone", id);
      await expect(azure.delete("containerservice:ManagedCluster", made.id)).rejects.toThrow(
        `Cluster aks cannot be deleted: ${id}, which its control plane uses, was not found`,
      );
      await zone(ZONE);
      await azure.delete("managedidentity:UserAssignedIdentity", identityId);
      await expect(azure.delete("containerservice:ManagedCluster", made.id)).rejects.toThrow(identityId);
    });

    test.each(["corp.internal", "privatelink.eastus.azmk8s.io", "private.westus2.azmk8s.io"])(
      "not one of the name %s",
      async (name) => {
        const { id } = await zone(name);
        await azure.grant(principal, ZONE_CONTRIBUTOR, id);
        await expect(hidden(id)).rejects.toThrow(
          `The private DNS zone name '${name}' is invalid. Allowed: '`,
        );
      },
    );
  });
});
