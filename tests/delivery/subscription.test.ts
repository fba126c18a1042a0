import { appendFileSync, writeFileSync } from "node:fs";

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
      const providers = created.filter((call) =>
        /^az provider register --namespace (?!Microsoft.Compute )/.test(call),
      );
      expect(providers).toHaveLength(21);
      expect(providers.join()).not.toMatch(/Microsoft\.(Authorization|Insights) /);
      expect(created.filter((call) => !providers.includes(call))).toEqual([
        expect.stringContaining("az provider register --namespace Microsoft.Compute"),
        expect.stringContaining("az group create --name aksp-runners-rg"),
        expect.stringContaining("az network vnet create --name aksp-runners-vnet"),
        expect.stringContaining("--address-prefixes 10.14.0.0/24 --default-outbound-access false"),
        expect.stringContaining("az feature register --namespace Microsoft.Compute --name EncryptionAtHost"),
        // The provider passes the feature on once it is registered again.
        expect.stringContaining("az provider register --namespace Microsoft.Compute"),
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

  test("waits for the feature before it registers the provider again", async () => {
    const slow = [
      { match: "^feature show", needs: "registered", prints: "yes" },
      { match: "^feature register", sets: ["asked"] },
    ];
    await withBench({ az: [...slow, ...SUBSCRIPTION_RULES, ...AZ] }, async ({ fakes, run, folder }) => {
      const waiting = run("subscription", ["prod"], { FEATURE_POLL_SECONDS: "0.2" });
      setTimeout(() => {
        writeFileSync(`${folder}/marks/registered`, "");
      }, 3000);
      expect((await waiting).code).toBe(0);
      const calls = fakes
        .calls()
        .filter((call) => /^az (feature|provider register .*Microsoft.Compute )/.test(call));
      const kinds = calls.map((call) => call.split(" ").slice(1, 3).join(" "));
      expect(kinds.slice(0, 3)).toEqual(["provider register", "feature show", "feature register"]);
      expect(kinds.slice(3, -1).every((kind) => kind === "feature show")).toBe(true);
      expect(kinds.length).toBeGreaterThan(5);
      expect(kinds.at(-1)).toBe("provider register");
    });
  });

  test("does no more than register providers for a stack that asks for nothing", async () => {
    await withBench({}, async ({ fakes, run }) => {
      const { code, stderr } = await run("subscription", ["dev"]);
      expect([code, stderr]).toEqual([0, expect.stringContaining("runner network: none")]);
      expect(fakes.calls().filter((call) => !call.startsWith("az provider "))).toEqual([
        expect.stringContaining("az account show"),
      ]);
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
