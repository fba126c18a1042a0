/** Private endpoints, their names, Azure Monitor's scope, and the account of the flow logs. */
import { ofType, theOnly } from "../../support/pulumi";
import { render, type Rendered } from "./dataFixture";
import { deployNetworks, isAfter, privateSettings } from "./networkFixture";

const N = "azure-native:network:";

let rendered: Rendered;

beforeAll(async () => {
  rendered = await render(() => {
    deployNetworks(privateSettings());
  });
});

test("flow logs need no key, and nobody reaches their account", () => {
  const { resources } = rendered;
  const account = resources.find(({ name }) => name === "westus2-network-flow-logs-account");
  expect(account?.inputs).toMatchObject({
    allowSharedKeyAccess: false,
    publicNetworkAccess: "Disabled",
    minimumTlsVersion: "TLS1_2",
    networkRuleSet: { defaultAction: "Deny", bypass: "AzureServices" },
    sku: { name: "Standard_ZRS" },
  });
  const logs = ofType(resources, `${N}FlowLog`);
  expect(logs).toHaveLength(2);
  for (const { inputs } of logs) {
    expect(inputs).toMatchObject({
      resourceGroupName: "NetworkWatcherRG",
      networkWatcherName: "NetworkWatcher_westus2",
      retentionPolicy: { enabled: true, days: 90 },
      identity: { type: "UserAssigned" },
    });
  }
});

test("services that share a zone share it, and only the region's own networks are linked", () => {
  const zones = ofType(rendered.resources, "azure-native:privatedns:PrivateZone").map(({ inputs }) =>
    String(inputs["privateZoneName"]),
  );
  expect(new Set(zones).size).toBe(zones.length);
  // A subzone for each stack: the runner network can be linked to one zone of a name only.
  expect(zones.filter((zone) => zone.endsWith(".azmk8s.io"))).toEqual([
    expect.stringMatching(/^[a-z0-9-]{1,32}\.privatelink\.westus2\.azmk8s\.io$/),
  ]);
  expect(zones.filter((zone) => zone === "privatelink.blob.core.windows.net")).toHaveLength(1);
  const links = ofType(rendered.resources, "azure-native:privatedns:VirtualNetworkLink");
  expect(links.filter(({ inputs }) => inputs["registrationEnabled"] !== false)).toEqual([]);
  const toRunner = links.filter(({ inputs }) => inputs["virtualNetworkLinkName"] === "runner");
  expect(toRunner.map(({ name }) => name)).toEqual(["westus2-network-api-server-link-runner"]);
  const groups = ofType(rendered.resources, `${N}PrivateDnsZoneGroup`);
  expect(groups.map(({ inputs }) => (inputs["privateDnsZoneConfigs"] as unknown[]).length)).toEqual([1, 5]);
});

test("the network sends to its own Azure Monitor alone, which is complete before its endpoint", () => {
  expect(
    theOnly(rendered.resources, "azure-native:monitor:PrivateLinkScope").inputs["accessModeSettings"],
  ).toMatchObject({ ingestionAccessMode: "PrivateOnly", queryAccessMode: "Open" });
  const scoped = ofType(rendered.resources, "azure-native:monitor:PrivateLinkScopedResource");
  expect(scoped).toHaveLength(3);
  for (const { name } of scoped) expect(isAfter(rendered, "westus2-private-monitor", name)).toBe(true);
});
