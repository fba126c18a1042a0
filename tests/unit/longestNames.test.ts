/** The longest names that the configuration takes fit every limit of Azure: one rule stands for those of all types. */
import { ConfigError } from "../../config/errors";
import { NAME_LIMITS, Names } from "../../config/naming";
import { parseSettings } from "../../config/parse";
import { REGIONS } from "../../config/regions";
import { nameFailures } from "../../local/azure/naming";
import type { NameRule } from "../../local/azure/resourceType";
import { createTypes } from "../../local/azure/types";
import { ofType, type RegisteredResource, runProgram, stackFile } from "../support/pulumi";

const TODAY = new Date("2026-11-21T00:00:00Z");
const TYPES = createTypes({ repositoryRoot: "/nowhere", buildFolder: "/nowhere" }).all;
const LONGEST_CODE = Math.max(...Object.values(REGIONS).map(({ code }) => code.length));
const REGION = "westus2";

/** Parts that give the data collection rule, whose limit is reached first, a name of that length and `more` characters. */
function naming(more = 0) {
  const parts = { prefix: "pp", project: "p".repeat(20) };
  const code = REGIONS[REGION]?.code ?? "";
  const rest = new Names({ ...parts, environment: "" }).in(code).of("prometheus").length;
  return { ...parts, environment: "e".repeat(NAME_LIMITS.dataCollection - rest + more) };
}

/** The name that the program gives a resource, and Azure's rule for it; undefined where the engine makes the name up. */
function named({ type, inputs }: RegisteredResource): { name: string; rule: NameRule } | undefined {
  const described = TYPES.find(({ token }) => type === `azure-native:${token}`);
  const name = inputs[described?.shape.parameters.at(-1) ?? ""];
  return described?.name && typeof name === "string" ? { name, rule: described.name } : undefined;
}

test("no region has a longer code than the one that this is tried in", () => {
  expect(REGIONS[REGION]?.code).toHaveLength(LONGEST_CODE);
});

test("one character more is refused", () => {
  const parse = (more: number) => () =>
    parseSettings({ ...stackFile("prod"), naming: naming(more), regions: [REGION] }, TODAY);
  expect(parse(0)).not.toThrow();
  expect(parse(1)).toThrow(ConfigError);
  expect(parse(1)).toThrow(/data collection rule at most 44 characters, not 45/);
});

test.each([
  [
    "prod with Application Gateway for Containers",
    {
      edge: { regional: "applicationGatewayForContainers", allowUnencryptedOrigin: true },
      security: { allowNodeResourceGroupChanges: true },
      azure: { assumeAvailable: [`application-gateway-for-containers/${REGION}`] },
    },
  ],
  [
    "prod with a bastion and a VPN gateway",
    {
      network: {
        runnerNetwork: { resourceGroup: "rg", virtualNetwork: "vnet" },
        bastion: "Standard",
        vpnGateway: "VpnGw1AZ",
      },
    },
  ],
])("the longest names of %s fit", async (_stack, change) => {
  const registered = await runProgram("prod", { naming: naming(), regions: [REGION], ...change });
  const names = registered.flatMap((resource) => {
    const found = named(resource);
    return found ? [{ type: resource.type, ...found }] : [];
  });
  const tooLong = names.map(({ type, name, rule }) => [type, name, ...nameFailures("name", name, rule)]);
  expect(tooLong.filter(([, , ...failures]) => failures.length > 0)).toEqual([]);

  const checked = new Set(names.map(({ type }) => type));
  for (const type of ["network:VirtualNetwork", "network:AzureFirewall", "containerservice:ManagedCluster"])
    expect(checked).toContain(`azure-native:${type}`);
  for (const { inputs } of ofType(registered, "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra"))
    expect(String(inputs["principalName"]).length).toBeLessThanOrEqual(63);
});
