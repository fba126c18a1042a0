import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { apiServerProblem, type Place } from "../../local/azure/aks/apiServerAccess";
import { seedLandingZone } from "../../local/azure/landingZone";
import { CloudStore, type CloudRecord } from "../../local/cloud/store";
import { seatDeployer } from "../../local/driver/deployer";
import { createLayout } from "../../local/driver/layout";
import type { JsonObject } from "../../local/provider/backend";
import { reachCluster } from "../../local/kubernetes/cluster/connection";
import { azurePlatform } from "../../local/kubernetes/cluster/azurePlatform";
import { Azure, GROUP, SUBSCRIPTION, TENANT } from "./azure-support";

const NETWORKS = `${GROUP}/providers/Microsoft.Network/virtualNetworks`;
const ZONE = `${GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.westus2.azmk8s.io`;
const CLUSTER = "Microsoft.ContainerService/managedClusters";
const PRIVATE = "aks.privatelink.westus2.azmk8s.io";
const PUBLIC = "aks.hcp.westus2.azmk8s.io";

let store: CloudStore;
let runners: string;

beforeEach(() => {
  store = CloudStore.memory();
  const zone = { resourceGroup: "runners", virtualNetwork: "runners", location: "West US 2" };
  runners = seedLandingZone({ store, subscriptionId: SUBSCRIPTION }, zone);
});

function put(id: string, type: string, properties: JsonObject): CloudRecord {
  const record = { id, type, cloud: "azure", properties, createdAt: "", seconds: 0 } as const;
  store.put(record);
  return record;
}

function cluster(access: JsonObject, changes: JsonObject = {}): CloudRecord {
  return put(`${GROUP}/providers/${CLUSTER}/aks`, CLUSTER, {
    ...{ fqdn: PUBLIC, privateFQDN: PRIVATE, apiServerAccessProfile: access },
    agentPoolProfiles: [{ vnetSubnetID: `${NETWORKS}/spoke/subnets/nodes` }],
    ...changes,
  });
}

function peer(peeringState: string): void {
  put(`${runners}/virtualNetworkPeerings/spoke`, "Microsoft.Network/virtualNetworks/virtualNetworkPeerings", {
    ...{ peeringState, remoteVirtualNetwork: { id: `${NETWORKS}/spoke` } },
  });
}

function linkZone(): void {
  put(`${ZONE}/virtualNetworkLinks/runners`, "Microsoft.Network/privateDnsZones/virtualNetworkLinks", {
    virtualNetwork: { id: runners },
  });
}

describe("a private API server", () => {
  const own = { enablePrivateCluster: true, privateDNSZone: ZONE };
  const problem = (access: JsonObject, from: Place, host = PRIVATE) =>
    apiServerProblem(store, cluster(access), host, from);

  test("is unknown on the Internet", () => {
    expect(problem(own, {})).toContain(`dial tcp: lookup ${PRIVATE}: no such host`);
  });

  test("answers in a network that is peered and knows its zone", () => {
    const from = { networkId: runners };
    peer("Connected");
    expect(problem(own, from)).toContain(`is not linked to ${runners}`);
    linkZone();
    expect(problem(own, from)).toBeUndefined();
    peer("Initiated");
    expect(problem(own, from)).toContain("i/o timeout");
  });

  test("answers in its own network, whose zone AKS links", () => {
    const from = { networkId: `${NETWORKS}/spoke` };
    expect(problem({ enablePrivateCluster: true }, from)).toBeUndefined();
    const elsewhere = { ...own, subnetId: `${NETWORKS}/other/subnets/api` };
    linkZone();
    expect(problem(elsewhere, { networkId: runners })).toContain("is not peered");
  });

  test("has a public name on request, and no public way", () => {
    const named = { ...own, enablePrivateClusterPublicFQDN: true };
    expect(problem(named, {}, PUBLIC)).toContain(`dial tcp ${PUBLIC}:443: i/o timeout`);
    expect(problem(named, {})).toContain("no such host");
  });
});

describe("a public API server", () => {
  const problem = (ranges: string[], publicAddress?: string) =>
    apiServerProblem(store, cluster({ authorizedIPRanges: ranges }), PUBLIC, { publicAddress });

  test("answers everyone, or the authorized ranges", () => {
    expect(problem([])).toBeUndefined();
    expect(problem(["203.0.113.0/24"])).toBeUndefined();
    expect(problem(["203.0.113.10"])).toBeUndefined();
    expect(problem(["198.51.100.0/28"])).toContain(
      "203.0.113.10 is in none of the cluster's authorizedIPRanges",
    );
    expect(problem(["198.51.100.0/28"], "198.51.100.3")).toBeUndefined();
  });

  test("has no name while the cluster is stopped", () => {
    const stopped = cluster({}, { powerState: { code: "Stopped" } });
    expect(apiServerProblem(store, stopped, PUBLIC, {})).toContain("no such host (the cluster is stopped)");
  });
});

test("the emulated Kubernetes looks from where the deployer sits, and says so as the provider does", () => {
  cluster({ enablePrivateCluster: true, privateDNSZone: ZONE });
  const seen = (place?: Place) =>
    azurePlatform(store, TENANT, "deployer", place).findCluster(PRIVATE)?.unreachable;
  expect(seen()).toContain("no such host");
  const asked = { host: PRIVATE, credential: { kind: "entra" } } as const;
  expect(() => reachCluster(azurePlatform(store, TENANT, "deployer"), asked)).toThrow(
    `configured Kubernetes cluster is unreachable: unable to load schema information from the API server: dial tcp: lookup ${PRIVATE}: no such host`,
  );
  peer("Connected");
  linkZone();
  expect(seen({ networkId: runners })).toBeUndefined();
});

test("the landing zone is the subscription's, and is put there once", async () => {
  const azure = new Azure({ store });
  const inputs = { resourceGroupName: "runners", virtualNetworkName: "runners" };
  const network = await azure.invoke("network:getVirtualNetwork", inputs);
  expect(network).toMatchObject({
    ...{ id: runners, location: "westus2", addressSpace: { addressPrefixes: ["10.14.0.0/24"] } },
    subnets: [{ name: "runners" }],
  });
  expect(store.list().every(({ ofSubscription }) => ofSubscription === true)).toBe(true);
  azure.drift(runners, { tags: { kept: "yes" } });
  const again = { resourceGroup: "runners", virtualNetwork: "runners", location: "eastus" };
  seedLandingZone({ store, subscriptionId: SUBSCRIPTION }, again);
  expect(store.get(runners)?.properties).toMatchObject({ location: "westus2", tags: { kept: "yes" } });
});

describe("the deployer of a stack", () => {
  let project: string;

  beforeEach(() => {
    project = mkdtempSync(path.join(tmpdir(), "deployer-"));
    writeFileSync(path.join(project, "Pulumi.yaml"), "name: app\nruntime: nodejs\n");
  });

  afterEach(() => {
    rmSync(project, { recursive: true });
  });

  const seat = (config: string): Place => {
    writeFileSync(path.join(project, "Pulumi.dev.yaml"), config);
    const layout = createLayout({ project, local: path.join(project, ".local") });
    return seatDeployer(layout, "dev", store, SUBSCRIPTION);
  };

  test("sits in the network that its settings name, in the stack's region", () => {
    const place = seat(
      "config:\n  azure-native:location: eastus2\n" +
        "  app:network: { runnerNetwork: { resourceGroup: ops, virtualNetwork: hosts } }\n",
    );
    const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/ops/providers/Microsoft.Network/virtualNetworks/hosts`;
    expect(place).toEqual({ networkId: id });
    expect(store.get(id)).toMatchObject({ ofSubscription: true, properties: { location: "eastus2" } });
  });

  test.each(["config: {}\n", "config:\n  app:network: { runnerNetwork: null }\n", "\n"])(
    "sits on the Internet with %j",
    (config) => {
      expect(seat(config)).toEqual({});
    },
  );
});
