/** What AKS does to nodes and their network by itself, and what it takes no more. */
import type { JsonObject } from "../../../local/provider/backend";
import { strings } from "../../../local/provider/values";
import { Azure, clusterInputs, networkWith, systemPool } from "../azure-support";

const CLUSTER = "containerservice:ManagedCluster";
const TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule";

let azure: Azure;

beforeEach(async () => {
  azure = new Azure();
  await azure.group();
});

describe("spot nodes", () => {
  const spot = async (nodeTaints?: string[]) => {
    await azure.create(CLUSTER, clusterInputs());
    return azure.create("containerservice:AgentPool", {
      ...{ resourceGroupName: "rg", resourceName: "aks", agentPoolName: "spot", count: 1 },
      ...{ vmSize: "Standard_D4s_v5", scaleSetPriority: "Spot", nodeLabels: { team: "a" } },
      ...(nodeTaints === undefined ? {} : { nodeTaints }),
    });
  };

  test("have a taint and a label that nobody asked for", async () => {
    const { outputs } = await spot(["only=batch:NoSchedule"]);
    expect(strings(outputs, "nodeTaints")).toEqual(["only=batch:NoSchedule", TAINT]);
    expect(outputs["nodeLabels"]).toEqual({
      team: "a",
      "kubernetes.azure.com/scalesetpriority": "spot",
    });
  });

  test("have the taint once where the program declares it, and a refresh sees no change", async () => {
    const pool = await spot([TAINT]);
    expect(strings(pool.outputs, "nodeTaints")).toEqual([TAINT]);
    expect((await azure.read("containerservice:AgentPool", pool))?.inputs).toEqual(pool.inputs);
  });
});

describe("the Blob CSI driver", () => {
  const subnet = async (changes: JsonObject, enabled: boolean) => {
    await networkWith(azure);
    const made = await azure.create("network:Subnet", {
      ...{ resourceGroupName: "rg", virtualNetworkName: "vnet", subnetName: "nodes" },
      ...{ addressPrefix: "10.240.0.0/22", ...changes },
    });
    await azure.create(
      CLUSTER,
      clusterInputs({
        agentPoolProfiles: [systemPool({ vnetSubnetID: made.id })],
        networkProfile: {
          networkPlugin: "azure",
          networkPluginMode: "overlay",
          serviceCidr: "172.16.0.0/16",
        },
        storageProfile: { blobCSIDriver: { enabled } },
      }),
    );
    return made;
  };
  const endpoint = { service: "Microsoft.Storage", locations: ["westus2"] };

  test("changes the subnet of the nodes behind the program's back", async () => {
    const made = await subnet({ serviceEndpoints: [{ service: "Microsoft.KeyVault" }] }, true);
    expect((await azure.read("network:Subnet", made))?.inputs?.["serviceEndpoints"]).toEqual([
      { service: "Microsoft.KeyVault" },
      endpoint,
    ]);
  });

  test.each<[string, JsonObject, boolean]>([
    ["off leaves it alone", {}, false],
    ["on has nothing to add where the endpoint is declared", { serviceEndpoints: [endpoint] }, true],
  ])("%s", async (_what, changes, enabled) => {
    const made = await subnet(changes, enabled);
    expect((await azure.read("network:Subnet", made))?.inputs).toEqual(made.inputs);
  });
});

test("the retired add-on for HTTP routing is refused, and may be off", async () => {
  const addon = (enabled: boolean) =>
    clusterInputs({ addonProfiles: { httpApplicationRouting: { enabled } } });
  await expect(azure.create(CLUSTER, addon(true))).rejects.toThrow("httpApplicationRouting is retired");
  await expect(azure.create(CLUSTER, addon(false))).resolves.toHaveProperty("id");
});

describe("a way out", () => {
  const through = (outboundType: string) =>
    azure.create(CLUSTER, clusterInputs({ networkProfile: { outboundType } }));

  test.each(["block", "managedNATGatewayV2"])("that only preview versions know: %s", async (outboundType) => {
    await expect(through(outboundType)).rejects.toThrow(
      `outboundType '${outboundType}' is not supported. Allowed: loadBalancer`,
    );
  });

  test("that the pinned version knows is taken", async () => {
    await expect(through("managedNATGateway")).resolves.toHaveProperty("id");
  });
});
