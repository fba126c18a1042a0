import { ofType, runProgram, theOnly, type RegisteredResource } from "../support/pulumi";

interface Rule {
  readonly name: string;
  readonly access: string;
  readonly direction: string;
  readonly priority: number;
  readonly destinationAddressPrefix?: string;
  readonly destinationPortRanges?: readonly string[];
}

const NETWORK = "azure-native:network";
const ZONES = ["1", "2", "3"];

/** Types that Azure keeps logs of only where somebody asks for them. */
const LOGGED = [
  "azure-native:cdn:Profile",
  "azure-native:containerregistry:Registry",
  "azure-native:containerservice:ManagedCluster",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:dashboard:Grafana",
  "azure-native:dataprotection:BackupVault",
  "azure-native:dbforpostgresql:Server",
  "azure-native:keyvault:Vault",
  "azure-native:operationalinsights:Workspace",
  "azure-native:redisenterprise:Database",
  "azure-native:storage:BlobServiceProperties",
  ...["ApplicationGateway", "AzureFirewall", "BastionHost", "NetworkSecurityGroup", "PublicIPAddress"].map(
    (type) => `${NETWORK}:${type}`,
  ),
  `${NETWORK}:VirtualNetwork`,
];

const rulesOf = ({ inputs }: RegisteredResource) => (inputs["securityRules"] ?? []) as readonly Rule[];

describe.each(["dev", "prod"])("the %s stack", (stack) => {
  let resources: readonly RegisteredResource[];
  beforeAll(async () => {
    resources = await runProgram(stack);
  });
  const all = (type: string) => ofType(resources, type);

  test("no group of a network but Bastion's lets SSH or RDP go on to other machines", () => {
    const groups = all(`${NETWORK}:NetworkSecurityGroup`);
    const open = groups.filter((group) => {
      const onward = rulesOf(group).filter(
        ({ direction, destinationPortRanges = [] }) =>
          direction === "Outbound" && destinationPortRanges.join() === "22,3389",
      );
      return !onward.some(
        (rule) => rule.access === "Deny" && rule.destinationAddressPrefix === "VirtualNetwork",
      );
    });
    expect(open.map(({ name }) => name.replace(/^\w+-/, ""))).toEqual(
      stack === "prod" ? ["network-hub-bastion-nsg", "network-hub-bastion-nsg"] : [],
    );
    expect(groups.length).toBeGreaterThan(open.length);
  });

  test("every group lets in what it names, and nothing else", () => {
    for (const group of all(`${NETWORK}:NetworkSecurityGroup`)) {
      const inbound = rulesOf(group)
        .filter(({ direction }) => direction === "Inbound")
        .toSorted((one, other) => one.priority - other.priority);
      expect([group.name, inbound.at(-1)]).toEqual([
        group.name,
        expect.objectContaining({ name: "DenyAllInbound", priority: 4096, access: "Deny" }),
      ]);
      expect([group.name, inbound[0]?.access]).toEqual([group.name, "Allow"]);
    }
  });

  test("public addresses are in every zone", () => {
    const addresses = all(`${NETWORK}:PublicIPAddress`);
    expect(addresses.map(({ name, inputs }) => [name, inputs["zones"]])).toEqual(
      addresses.map(({ name }) => [name, ZONES]),
    );
    expect(addresses).not.toHaveLength(0);
  });

  test("what can send logs sends them", () => {
    const sources = new Set(
      all("azure-native:monitor:DiagnosticSetting").map(({ inputs }) => String(inputs["resourceUri"])),
    );
    const silent = resources.filter(
      ({ type, name }) => LOGGED.includes(type) && ![...sources].some((uri) => uri.endsWith(`/${name}`)),
    );
    expect(silent.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
  });
});

describe("prod", () => {
  let resources: readonly RegisteredResource[];
  beforeAll(async () => {
    resources = await runProgram("prod");
  });

  test("has every type whose logs are asked for", () => {
    expect(LOGGED.filter((type) => ofType(resources, type).length === 0)).toEqual([]);
  });

  test("Grafana outlives a zone", () => {
    expect(theOnly(resources, "azure-native:dashboard:Grafana").inputs["properties"]).toMatchObject({
      zoneRedundancy: "Enabled",
      apiKey: "Disabled",
    });
  });

  test("the firewall and its policy refuse what is known as malicious", () => {
    for (const type of ["AzureFirewall", "FirewallPolicy"]) {
      const found = ofType(resources, `${NETWORK}:${type}`);
      expect(found.map(({ inputs }) => inputs["threatIntelMode"])).toEqual(["Deny", "Deny"]);
    }
  });

  test("every storage account is private, keyless, and bounds the links that identities sign", () => {
    const accounts = ofType(resources, "azure-native:storage:StorageAccount");
    expect(accounts).toHaveLength(5);
    for (const { inputs } of accounts) {
      expect(inputs).toMatchObject({
        allowSharedKeyAccess: false,
        minimumTlsVersion: "TLS1_2",
        publicNetworkAccess: "Disabled",
        networkRuleSet: { defaultAction: "Deny" },
        sasPolicy: { sasExpirationPeriod: expect.stringMatching(/^0[01]\.\d{2}:00:00$/) as string },
      });
    }
  });

  test("agents build in a network that nobody calls into, and reach the registry alone within it", () => {
    const [agents, endpoints] = ["build-agents", "build-private-endpoints"].map((role) =>
      resources.find(({ name }) => name === `api-image-agents-${role}-nsg`),
    );
    expect(agents && rulesOf(agents).map(({ name }) => name)).toEqual([
      "AllowAzureLoadBalancer",
      "DenyAllInbound",
      "DenyLateralManagement",
    ]);
    expect(endpoints && rulesOf(endpoints)[0]).toMatchObject({
      name: "AllowAgents",
      sourceAddressPrefix: "10.15.0.0/26",
      destinationPortRange: "443",
    });
    const subnet = resources.find(({ name }) => name === "api-image-agents-build-private-endpoints-subnet");
    expect(subnet?.inputs).toMatchObject({
      defaultOutboundAccess: false,
      privateEndpointNetworkPolicies: "Enabled",
    });
  });
});
