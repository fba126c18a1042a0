import { appendFileSync } from "node:fs";

import { AZ } from "./support/accounts";
import { changes, withBench } from "./support/bench";

const SUBSCRIPTION_RULES = [
  { match: "^network vnet show", needs: "vnet", prints: "id" },
  { match: "^network vnet create", needs: "group", sets: ["vnet"] },
  { match: "^network vnet subnet show", needs: "subnet", prints: "id" },
  { match: "^network vnet subnet create", needs: "vnet", sets: ["subnet"] },
  { match: "^feature show", needs: "feature", prints: "yes" },
  { match: "^feature register", sets: ["feature"] },
  { match: "^security pricing show --name Containers", needs: "plan", prints: "yes" },
  { match: "^security pricing create --name Containers", sets: ["plan"] },
];

describe("bootstrap/subscription.sh", () => {
  test("makes what the stack and its profile ask for once, and a second run changes nothing", async () => {
    await withBench({ az: [...SUBSCRIPTION_RULES, ...AZ] }, async ({ fakes, run }) => {
      expect((await run("subscription", ["prod"])).code).toBe(0);
      const created = fakes.calls().filter((call) => / (create|register) /.test(call));
      expect(created).toEqual([
        expect.stringContaining("az group create --name aksp-runners-rg"),
        expect.stringContaining("az network vnet create --name aksp-runners-vnet"),
        expect.stringContaining("--address-prefixes 10.14.0.0/24 --default-outbound-access false"),
        expect.stringContaining("az feature register --namespace Microsoft.Compute --name EncryptionAtHost"),
        expect.stringMatching(
          /^az security pricing create --name Containers --subscription \S+ --tier Standard .*--extensions name=ContainerSensor isEnabled=True/,
        ),
      ]);
      fakes.forget();
      expect((await run("subscription", ["prod"])).code).toBe(0);
      expect(fakes.calls()).toContainEqual(expect.stringContaining("az security pricing show"));
      expect(changes(fakes)).toEqual([]);
    });
  });

  test("does nothing for a stack that asks for nothing", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const { code, stderr } = await run("subscription", ["dev"]);
      expect([code, stderr]).toEqual([0, expect.stringContaining("runner network: none")]);
      expect(fakes.calls()).toEqual([expect.stringContaining("az account show")]);
    });
  });

  test("buys the plan alone where the stack asks for no more", async () => {
    await withBench({ az: [...SUBSCRIPTION_RULES, ...AZ] }, async ({ fakes, run, folder }) => {
      appendFileSync(`${folder}/Pulumi.dev.yaml`, "\n  aks-platform:security: { defender: true }\n");
      expect((await run("subscription", ["dev"])).code).toBe(0);
      expect(changes(fakes)).toEqual([expect.stringContaining("az security pricing create")]);
    });
  });

  test("a dry run prints the commands and calls nothing", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const { code, stdout } = await run("subscription", ["prod", "--dry-run", "--subscription", "sub-1"]);
      expect(code).toBe(0);
      expect(stdout.match(/^az (group|network vnet|feature|security pricing) /gm)).toHaveLength(5);
      expect(fakes.calls()).toEqual([]);
    });
  });
});
