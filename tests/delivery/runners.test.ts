import { AZ } from "./support/accounts";
import { changes, withBench } from "./support/bench";

const RUNNERS = [
  { match: "^network vnet show", needs: "vnet", prints: "id" },
  { match: "^network vnet create", needs: "group", sets: ["vnet"] },
  { match: "^network vnet subnet show", needs: "subnet", prints: "id" },
  { match: "^network vnet subnet create", needs: "vnet", sets: ["subnet"] },
  { match: "^feature show", needs: "feature", prints: "yes" },
  { match: "^feature register", sets: ["feature"] },
];

describe("bootstrap/runners.sh", () => {
  test("makes the network that the stack names once, and a second run changes nothing", async () => {
    await withBench({ az: [...RUNNERS, ...AZ] }, async ({ fakes, run }) => {
      expect((await run("runners", ["prod"])).code).toBe(0);
      const created = fakes.calls().filter((call) => / (create|register) /.test(call));
      expect(created).toEqual([
        expect.stringContaining("az group create --name aksp-runners-rg"),
        expect.stringContaining("az network vnet create --name aksp-runners-vnet"),
        expect.stringContaining("--address-prefixes 10.14.0.0/24 --default-outbound-access false"),
        expect.stringContaining("az feature register --namespace Microsoft.Compute --name EncryptionAtHost"),
      ]);
      fakes.forget();
      expect((await run("runners", ["prod"])).code).toBe(0);
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("refuses a stack that names no such network", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const { code, stderr } = await run("runners", ["dev"]);
      expect(code).toBe(1);
      expect(stderr).toContain("network.runnerNetwork: got nothing in Pulumi.dev.yaml");
      expect(changes(fakes)).toEqual([]);
    });
  });
});
