/** What the firewall lets out, for every combination of features. */
import {
  type EgressFeatures,
  type FirewallRule,
  firewallRuleGroups,
} from "../../../components/network/firewallRules";
import { settingsOf } from "./networkFixture";

const LOCATION = "westus2";

function features(changes: Partial<EgressFeatures> = {}): EgressFeatures {
  return { ...settingsOf("enterprise"), location: LOCATION, nodeOs: "AzureLinux3", ...changes };
}

function network(allowPublicServiceEndpoints: boolean, allowedFqdns: string[] = []) {
  return { allowPublicServiceEndpoints, firewall: { allowedFqdns } };
}

function rulesOf(given: EgressFeatures): FirewallRule[] {
  return firewallRuleGroups(given).flatMap(({ rules }) => [...rules]);
}

/** Whether a host can be reached over the scheme, wildcards counted. */
function reaches(given: EgressFeatures, host: string, scheme: "Http" | "Https" = "Https"): boolean {
  return rulesOf(given).some(
    (rule) =>
      rule.kind === "hosts" &&
      (rule.schemes ?? ["Https"]).includes(scheme) &&
      (rule.hosts ?? []).some((name) =>
        name.startsWith("*.") ? host.endsWith(name.slice(1)) : name === host,
      ),
  );
}

const { data } = settingsOf("enterprise");
const none = { cosmos: null, redis: null, postgresql: null, storage: null };
const backup = { backup: { retentionDays: 7, intervalHours: 12 as const } };

const EVERY: EgressFeatures[] = [true, false].flatMap((first) =>
  [true, false].flatMap((second) =>
    (["loadBalancer", "applicationGateway", "applicationGatewayForContainers"] as const).flatMap((regional) =>
      [data, none].flatMap((services) =>
        ["AzureLinux3", "Ubuntu2404"].map((nodeOs) =>
          features({
            nodeOs,
            cluster: { allowPublicApiServer: first },
            network: network(second, second ? ["b.example.com", "a.example.com"] : []),
            security: { defender: first },
            governance: first ? backup : { backup: null },
            edge: { regional },
            data: services,
          }),
        ),
      ),
    ),
  ),
);

test("every combination is one that Azure takes", () => {
  expect(EVERY).toHaveLength(48);
  for (const given of EVERY) {
    const groups = firewallRuleGroups(given);
    const priorities = groups.map(({ priority }) => priority);
    expect(priorities).toEqual([...new Set(priorities)].sort((left, right) => left - right));
    expect(groups.filter(({ rules }) => rules.length === 0)).toEqual([]);
    const names = rulesOf(given).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

/** What is wider than it has to be. */
function tooWide(rule: FirewallRule): string[] {
  // Azure gives a public API server's address no name and no tag of its own.
  if (rule.name === "api-server-address") {
    return rule.kind === "ports" && rule.destinations.join() === "AzureCloud.westus2" ? [] : [rule.name];
  }
  if (rule.kind === "ports") {
    return [
      ...rule.destinations.filter((to) => !/^AzureCloud(\.westus2)?$/.test(to)),
      ...rule.ports.filter((port) => ["*", "80", "443", "0-65535"].includes(port)),
    ];
  }
  const names = rule.hosts ?? [];
  const bad = names.filter((host) => !/^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$/.test(host));
  return names.length > 0 === (rule.fqdnTag === undefined) ? bad : [...bad, `${rule.name} names nothing`];
}

test("no combination opens more than named hosts, a tag or single ports", () => {
  for (const given of EVERY) expect(rulesOf(given).flatMap(tooWide)).toEqual([]);
  const open = { kind: "hosts", name: "open", why: "", hosts: ["*"] } as const;
  expect(tooWide(open)).toEqual(["*"]);
});

test("every cluster reaches images, packages, Entra ID and the policies of its add-on", () => {
  const needed = [
    ...["mcr.microsoft.com", "westus2.data.mcr.microsoft.com", "packages.aks.azure.com"],
    ...["login.microsoftonline.com", "management.azure.com", "data.policy.core.windows.net"],
  ];
  for (const given of EVERY) {
    for (const host of needed) expect([host, reaches(given, host)]).toEqual([host, true]);
    expect(rulesOf(given).some((rule) => rule.kind === "hosts" && rule.fqdnTag !== undefined)).toBe(true);
    expect(reaches(given, "example.org")).toBe(false);
    expect(reaches(given, "mcr.microsoft.com", "Http")).toBe(false);
  }
});

test.each<[string, string, Partial<EgressFeatures>, Partial<EgressFeatures>]>([
  ["a registry", "shop.azurecr.io", { network: network(true) }, { network: network(false) }],
  ["a vault", "shop.vault.azure.net", { network: network(true) }, { network: network(false) }],
  ["logs", "x.ods.opinsights.azure.com", { network: network(true) }, { network: network(false) }],
  [
    "Cosmos DB",
    "shop.documents.azure.com",
    { network: network(true) },
    { network: network(true), data: none },
  ],
  [
    "a public API server",
    "shop.hcp.westus2.azmk8s.io",
    { cluster: { allowPublicApiServer: true } },
    { cluster: { allowPublicApiServer: false } },
  ],
  [
    "Defender",
    "x.cloud.defender.microsoft.com",
    { security: { defender: true } },
    { security: { defender: false } },
  ],
  [
    "extensions",
    "westus2.dp.kubernetesconfiguration.azure.com",
    { governance: backup },
    { governance: { backup: null } },
  ],
  [
    "its gateway",
    "x.trafficcontroller.azure.com",
    { edge: { regional: "applicationGatewayForContainers" } },
    { edge: { regional: "applicationGateway" } },
  ],
  ["named hosts", "a.example.com", { network: network(false, ["a.example.com"]) }, {}],
])("%s is reached where the stack has it, and only there", (_what, host, on, off) => {
  expect(reaches(features(on), host)).toBe(true);
  expect(reaches(features(off), host)).toBe(false);
});

test("Ubuntu's updates come over HTTP; Azure Linux needs none of them", () => {
  expect(reaches(features({ nodeOs: "Ubuntu2404" }), "security.ubuntu.com", "Http")).toBe(true);
  expect(reaches(features(), "security.ubuntu.com", "Http")).toBe(false);
});

test("public databases are reached by their ports, private ones not through the firewall", () => {
  const ports = (given: EgressFeatures) =>
    rulesOf(given).flatMap((rule) => (rule.kind === "ports" ? [...rule.ports] : []));
  expect(ports(features({ network: network(true) }))).toEqual(["5432", "6432", "8500-8599", "10000"]);
  expect(ports(features({ network: network(true), data: { ...none, redis: data.redis } }))).toEqual([
    "8500-8599",
    "10000",
  ]);
  expect(ports(features())).toEqual([]);
  expect(ports(features({ cluster: { allowPublicApiServer: true } }))).toEqual(["1194", "443"]);
});

test("the order in which hosts are named changes nothing", () => {
  const [one, other] = [
    ["b.example.com", "a.example.com"],
    ["a.example.com", "b.example.com", "a.example.com"],
  ].map((names) => firewallRuleGroups(features({ network: network(false, names) })));
  expect(one).toEqual(other);
  expect(one?.at(-1)?.name).toBe("allowed");
});

test("the firewall opens to the registry of Argo Rollouts' images only where releases need it", () => {
  const reaches = (strategy: "canary" | "rollingUpdate") => {
    const settings = settingsOf("enterprise");
    const api = { ...settings.api, rollout: { ...settings.api.rollout, strategy } };
    const groups = firewallRuleGroups({ ...settings, api, location: "westus2", nodeOs: "AzureLinux3" });
    return JSON.stringify(groups).includes("quay.io");
  };
  expect([reaches("canary"), reaches("rollingUpdate")]).toEqual([true, false]);
});
