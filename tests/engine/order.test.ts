/** The order of creation, read from the dependencies in the engine's own state; a destroy goes the other way. */
import { nameOf } from "../../local/driver/state";
import { withDriver } from "../support/driver";
import { StateGraph } from "./support/stateGraph";

const TIMEOUT = 240_000;
const REGIONS = ["westus2", "eastus2"];

let graph: StateGraph;

beforeAll(async () => {
  await withDriver(async (driver) => {
    graph = await StateGraph.of(driver, "prod");
  });
}, TIMEOUT);

describe("what Azure takes one at a time is written one after the other", () => {
  test.each([
    {
      what: "federated credentials of an identity",
      types: ["managedidentity:FederatedIdentityCredential"],
      counts: [2],
    },
    {
      what: "subnets and peerings of a network: two spokes, two hubs, the agents', the runners'",
      types: ["network:Subnet", "network:VirtualNetworkPeering"],
      counts: [2, 2, 3, 3, 6, 6],
    },
    {
      what: "rule collection groups of a firewall policy",
      types: ["network:FirewallPolicyRuleCollectionGroup"],
      counts: [2, 2],
    },
    {
      what: "maintenance windows, pools, extension and binding of a cluster",
      types: [
        "containerservice:MaintenanceConfiguration",
        "containerservice:AgentPool",
        "kubernetesconfiguration:Extension",
        "containerservice:TrustedAccessRoleBinding",
      ],
      counts: [6, 6],
    },
    {
      what: "associations of a cluster",
      types: ["monitor:DataCollectionRuleAssociation"],
      counts: [3, 3],
    },
    {
      what: "settings, database and administrator of the PostgreSQL server",
      types: [
        "dbforpostgresql:Configuration",
        "dbforpostgresql:Database",
        "dbforpostgresql:AdministratorsMicrosoftEntra",
      ],
      counts: [8],
    },
    {
      what: "database and grant of the Cosmos DB account",
      types: ["cosmosdb:SqlResourceSqlDatabase", "cosmosdb:SqlResourceSqlRoleAssignment"],
      counts: [2],
    },
    {
      what: "replica, agents and build of the registry",
      types: ["containerregistry:Replication", "containerregistry:AgentPool", "containerregistry:TaskRun"],
      counts: [3],
    },
    {
      what: "resources of a private link scope",
      types: ["monitor:PrivateLinkScopedResource"],
      counts: [3, 3],
    },
    { what: "flow logs of a network watcher", types: ["network:FlowLog"], counts: [2, 2] },
  ])("$what", ({ types, counts }) => {
    const groups = [...graph.writersOf(...types).values()];
    expect(groups.map(({ length }) => length).sort((a, b) => a - b)).toEqual(counts);
    expect(groups.flatMap((writers) => graph.unordered(writers))).toEqual([]);
  });
});

describe.each(REGIONS)("in %s", (region) => {
  const named = (...roles: readonly string[]) => roles.map((role) => `${region}-${role}`);
  const before = (role: string) => [...graph.before(`${region}-${role}`)];

  test("the cluster comes after its grants: kubelets, subnets, its DNS zone and the zone's network, both keys", () => {
    expect(before("platform-aks")).toEqual(
      expect.arrayContaining([
        ...named("identities-kubelet-operator", "identities-nodes", "identities-api-server"),
        ...named("identities-zone", "identities-zone-network"),
        ...named("etcd-vault", "etcd-key-user", "disks-cluster", "disks-key-user"),
      ]),
    );
  });

  test("the cluster comes after the nodes' way out, the deployer's way in and its key's private endpoint", () => {
    expect(before("platform-aks")).toEqual(
      expect.arrayContaining([
        ...named("network-hub-firewall-firewall", "network-routes"),
        ...named("network-peering-to-hub", "network-hub-vnet"),
        ...named("network-peering-to-runner", "network-peering-from-runner"),
        ...named("network-api-server-link-spoke", "network-api-server-link-runner"),
        ...named("private-endpoints-vault", "private-endpoints-vault-names"),
      ]),
    );
  });

  test("the nodes' subnet comes after the firewall, and that after its rules and their addresses", () => {
    const rules = named("network-hub-firewall-rules-cluster", "network-hub-firewall-rules-platform");
    expect(before("network-nodes-subnet")).toEqual(
      expect.arrayContaining([...named("network-hub-firewall-firewall"), ...rules]),
    );
    expect(before("network-hub-firewall-firewall")).toEqual(expect.arrayContaining(rules));
    expect(before("network-hub-firewall-rules-cluster")).toContain(`${region}-network-hub-firewall-nodes`);
  });

  test("private endpoints come after the replicas of the registry, and after what they lead to", () => {
    expect(before("private-endpoints-registry")).toContain("registry-replica-eastus2");
    expect(before("private-endpoints-postgresql")).toContain("data-postgresql-database");
    expect(before("private-endpoints-cosmos")).toContain("data-cosmos-container");
    expect(before("private-endpoints-redis")).toContain(`${region}-redis-database`);
  });

  test("whatever lives in the cluster comes after its pools and its administrators' grants", () => {
    expect(before("api-namespace-ns")).toEqual(
      expect.arrayContaining(
        named(
          "platform-admin-deployer-rbac",
          "platform-admin-deployer-user",
          "platform-pool-apps",
          "platform-pool-spot",
        ),
      ),
    );
  });

  test("the API's pods come after their image, their grants, their guards and every policy", () => {
    const policies = graph
      .namesOf("authorization:PolicyAssignment")
      .filter((name) => name.startsWith(`${region}-policies-`));
    expect(policies.length).toBeGreaterThan(10);
    expect(before("api-service-deployment")).toEqual(
      expect.arrayContaining([
        ...policies,
        ...["api-image-build", `${region}-api-pull`, `api-identity-trust-kubernetes-${region}-api`],
        ...["api-identity-telemetry", "api-cosmos", "api-postgresql", "api-storage"],
        ...named("api-secrets", "api-redis"),
        ...named("api-namespace-quota", "api-namespace-limits", "api-namespace-default-deny"),
        ...named(
          "api-service-flows",
          "private-endpoints-registry-names",
          "private-endpoints-postgresql-names",
        ),
      ]),
    );
    expect(before("api-service-service")).toContain(`${region}-api-service-deployment`);
  });

  test("at a destroy, the load balancer goes before the cluster, and the cluster before all that it stands on", () => {
    expect(before("api-service-service")).toEqual(
      expect.arrayContaining(named("platform-aks", "network-nodes-subnet", "platform-pool-apps")),
    );
    expect(before("platform-aks")).toEqual(
      expect.arrayContaining([
        ...named("network-api-server-zone", "network-api-server-subnet", "network-nodes-subnet"),
        ...named("network-vnet", "network-hub-firewall-ip-1", "network-nodes-nsg"),
        ...named("identities-control-plane", "identities-kubelet", "disks-des", "etcd-key", "rg"),
      ]),
    );
  });

  test("at a destroy, the backup lets go of the cluster before its extension, its storage and its grants", () => {
    expect(before("backup-instance")).toEqual(
      expect.arrayContaining(
        named("backup-binding", "backup-extension", "backup-vault-cluster", "backup-cluster-snapshots"),
      ),
    );
  });
});

test("the regions share what they share in turn, and neither cluster waits for the other", () => {
  expect(graph.before("eastus2-platform-aks")).not.toContain("westus2-platform-aks");
  expect(graph.before("westus2-platform-aks")).not.toContain("eastus2-platform-aks");
});

test("locks come last, so that a destroy takes them away first", () => {
  const locks = graph.namesOf("authorization:ManagementLockByScope");
  expect(locks).toHaveLength(5);
  const waiting = graph.resources.flatMap(({ urn, dependencies = [] }) =>
    dependencies.map(nameOf).filter((name) => locks.includes(name) && nameOf(urn) !== name),
  );
  expect(waiting).toEqual([]);
  for (const lock of locks) {
    const region = REGIONS.find((name) => lock.includes(name));
    const locked = graph.resources.map(({ urn, custom }) => (custom ? nameOf(urn) : ""));
    const below = locked.filter((name) =>
      region === undefined
        ? /^(data|api)-(cosmos|postgresql|storage)/.test(name)
        : name.startsWith(`${region}-`),
    );
    expect(below.length).toBeGreaterThan(10);
    expect([...graph.before(lock)]).toEqual(expect.arrayContaining(below));
  }
});
