/** Who may talk to whom, asked of the rules as Azure would evaluate them. */
import { BASTION_RULES } from "../../../components/network/bastionRules";
import { asSecurityRules, type SecurityRule } from "../../../components/network/securityRule";
import type { RuleContext } from "../../../components/network/securityRules";
import { planSpoke, type SpokePlan } from "../../../components/network/spokeSubnets";
import { planAddresses } from "../../../config/addresses";
import { parseCidr } from "../../../config/cidr";
import { type Changes, settingsOf } from "./networkFixture";

const addresses = planAddresses("10.16.0.0/16");
const NODE = "10.16.64.9";
const POD = "192.168.3.4";
const API_SERVER = "10.16.80.5";
const ENDPOINT = "10.16.81.7";
const APPLICATION_GATEWAY = "10.16.82.7";
const GATEWAY_FOR_CONTAINERS = "10.16.83.7";
const BASTION = "10.16.0.140";
const RUNNER = "10.14.0.4";

/** Enterprise, with changes. */
function plan(changes: Changes = {}): SpokePlan {
  return planSpoke({ ...settingsOf("enterprise", changes), addresses } satisfies RuleContext);
}

type Subnet = keyof SpokePlan;

function rulesOf(spoke: SpokePlan, subnet: Subnet): readonly SecurityRule[] {
  const rules = spoke[subnet]?.rules;
  if (!rules) throw new Error(`the spoke has no ${subnet}`);
  return rules;
}

interface Flow {
  /** Address, or a service tag for what lies outside. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol?: "Tcp" | "Udp";
}

/** What the first matching rule says; Azure refuses what none matches, as all groups deny the rest. */
function isAllowed(
  rules: readonly SecurityRule[],
  flow: Flow,
  direction: "Inbound" | "Outbound" = "Inbound",
): boolean {
  const matching = rules
    .filter((rule) => (rule.direction ?? "Inbound") === direction)
    .filter(({ protocol }) => protocol === undefined || protocol === (flow.protocol ?? "Tcp"))
    .filter(({ from, to }) => covers(from, flow.from) && covers(to, flow.to))
    .filter(({ ports }) => !ports || ports.some((range) => holds(range, flow.port)))
    .sort((left, right) => left.priority - right.priority);
  const [first] = matching;
  return first !== undefined && first.access !== "Deny";
}

function covers(allowed: string | readonly string[] = "*", address: string): boolean {
  return (typeof allowed === "string" ? [allowed] : allowed).some((range) => {
    if (range === "*" || range === address) return true;
    if (!/^\d/.test(address)) return false;
    if (range === "VirtualNetwork") return /^10\./.test(address);
    if (!/^\d/.test(range)) return false;
    const [inner, outer] = [parseCidr(`${address}/32`), parseCidr(range)];
    return inner.first >= outer.first && inner.end <= outer.end;
  });
}

function holds(range: string, port: number): boolean {
  const [low = NaN, high = low] = range.split("-").map(Number);
  return port >= low && port <= high;
}

const withBalancer: Changes = { edge: { regional: "loadBalancer", global: "none", tls: null } };
const behindFrontDoor: Changes = { edge: { regional: "loadBalancer", global: "frontDoor", tls: null } };
const forContainers: Changes = { edge: { regional: "applicationGatewayForContainers" } };

type Row = readonly [what: string, subnet: Subnet, flow: Flow, allowed: boolean, changes?: Changes];

const ROWS: readonly Row[] = [
  ["nodes reach pods of other nodes", "nodes", { from: NODE, to: POD, port: 8080 }, true],
  ["pods reach pods", "nodes", { from: POD, to: POD, port: 5000, protocol: "Udp" }, true],
  ["the API server reaches kubelets", "nodes", { from: API_SERVER, to: NODE, port: 10250 }, true],
  ["the API server reaches webhooks", "nodes", { from: API_SERVER, to: POD, port: 9443 }, true],
  ["probes reach nodes", "nodes", { from: "AzureLoadBalancer", to: NODE, port: 31000 }, true],
  ["the gateway reaches the API", "nodes", { from: APPLICATION_GATEWAY, to: NODE, port: 443 }, true],
  ["the gateway has no SSH", "nodes", { from: APPLICATION_GATEWAY, to: NODE, port: 22 }, false],
  ["Bastion has no SSH to nodes", "nodes", { from: BASTION, to: NODE, port: 22 }, false],
  ["endpoints do not call nodes", "nodes", { from: ENDPOINT, to: NODE, port: 443 }, false],
  ["the internet does not reach nodes", "nodes", { from: "Internet", to: NODE, port: 443 }, false],
  ["clients reach the load balancer", "nodes", { from: "Internet", to: NODE, port: 80 }, true, withBalancer],
  ["and no other port", "nodes", { from: "Internet", to: NODE, port: 10250 }, false, withBalancer],
  [
    "Front Door reaches the load balancer",
    "nodes",
    { from: "AzureFrontDoor.Backend", to: NODE, port: 80 },
    true,
    behindFrontDoor,
  ],
  ["clients do not go past it", "nodes", { from: "Internet", to: NODE, port: 80 }, false, behindFrontDoor],
  [
    "the gateway for containers reaches pods",
    "nodes",
    { from: GATEWAY_FOR_CONTAINERS, to: POD, port: 8080 },
    true,
    forContainers,
  ],
  [
    "but not kubelets",
    "nodes",
    { from: GATEWAY_FOR_CONTAINERS, to: NODE, port: 10250 },
    false,
    forContainers,
  ],
  ["nodes call the API server", "apiServer", { from: NODE, to: API_SERVER, port: 443 }, true],
  ["by its second port too", "apiServer", { from: NODE, to: API_SERVER, port: 4443 }, true],
  ["runners call the API server", "apiServer", { from: RUNNER, to: API_SERVER, port: 443 }, true],
  ["by that port alone", "apiServer", { from: RUNNER, to: API_SERVER, port: 4443 }, false],
  ["probes reach it", "apiServer", { from: "AzureLoadBalancer", to: API_SERVER, port: 9988 }, true],
  ["the internet does not", "apiServer", { from: "Internet", to: API_SERVER, port: 443 }, false],
  ["nodes reach the vault", "privateEndpoints", { from: NODE, to: ENDPOINT, port: 443 }, true],
  [
    "the API server reaches the vault",
    "privateEndpoints",
    { from: API_SERVER, to: ENDPOINT, port: 443 },
    true,
  ],
  ["nodes reach PostgreSQL", "privateEndpoints", { from: NODE, to: ENDPOINT, port: 5432 }, true],
  ["nodes reach Redis", "privateEndpoints", { from: NODE, to: ENDPOINT, port: 10000 }, true],
  ["runners do not", "privateEndpoints", { from: RUNNER, to: ENDPOINT, port: 5432 }, false],
  [
    "Azure operates the gateway",
    "applicationGateway",
    { from: "GatewayManager", to: APPLICATION_GATEWAY, port: 65300 },
    true,
  ],
  [
    "Front Door calls the gateway",
    "applicationGateway",
    { from: "AzureFrontDoor.Backend", to: APPLICATION_GATEWAY, port: 80 },
    true,
  ],
  [
    "clients do not go past Front Door",
    "applicationGateway",
    { from: "Internet", to: APPLICATION_GATEWAY, port: 80 },
    false,
  ],
  [
    "clients are redirected to HTTPS",
    "applicationGateway",
    { from: "Internet", to: APPLICATION_GATEWAY, port: 80 },
    true,
    { edge: { global: "trafficManager", tls: { hostName: "a.example.com", certificateName: "a" } } },
  ],
  [
    "Front Door redirects them itself",
    "applicationGateway",
    { from: "AzureFrontDoor.Backend", to: APPLICATION_GATEWAY, port: 80 },
    false,
    { edge: { tls: { hostName: "a.example.com", certificateName: "a" } } },
  ],
];

test.each(ROWS.map((row) => ({ what: row[0], row })))(
  "$what",
  ({ row: [, subnet, flow, allowed, changes] }) => {
    expect(isAllowed(rulesOf(plan(changes), subnet), flow)).toBe(allowed);
  },
);

test("Bastion opens what Azure wants of it, and SSH to machines alone", () => {
  const out = (port: number, to = NODE) => isAllowed(BASTION_RULES, { from: BASTION, to, port }, "Outbound");
  expect(isAllowed(BASTION_RULES, { from: "Internet", to: BASTION, port: 443 })).toBe(true);
  expect(isAllowed(BASTION_RULES, { from: "Internet", to: BASTION, port: 22 })).toBe(false);
  expect([out(22), out(443), out(443, "AzureCloud"), out(25)]).toEqual([true, true, true, false]);
});

test("names are unique by group, and priorities by group and direction", () => {
  const groups = [plan(), plan(withBalancer), plan(forContainers)].flatMap((spoke) =>
    Object.values(spoke as unknown as Record<string, SpokePlan["nodes"] | undefined>).flatMap((subnet) =>
      subnet?.rules ? [subnet.rules] : [],
    ),
  );
  expect(groups.length).toBeGreaterThan(8);
  for (const rules of [...groups, BASTION_RULES]) {
    const written = asSecurityRules(rules);
    expect(new Set(written.map(({ name }) => name)).size).toBe(rules.length);
    const places = rules.map(({ direction = "Inbound", priority }) => `${direction}/${priority}`);
    expect(new Set(places).size).toBe(rules.length);
    expect(rules.filter(({ priority, access }) => priority === 4096 && access === "Deny")).not.toEqual([]);
  }
});

test("one value and several have names of their own in Azure", () => {
  const [one, many] = asSecurityRules([
    { name: "One", priority: 100, why: "w", from: ["10.0.0.0/8"], ports: ["443"] },
    { name: "Many", priority: 110, why: "w", from: ["10.0.0.0/8", "192.168.0.0/16"], access: "Deny" },
  ]);
  expect(one).toMatchObject({
    ...{ sourceAddressPrefix: "10.0.0.0/8", destinationPortRange: "443", access: "Allow", protocol: "*" },
    ...{ destinationAddressPrefix: "*", sourcePortRange: "*", direction: "Inbound" },
  });
  expect(one).not.toHaveProperty("sourceAddressPrefixes");
  expect(many).toMatchObject({ sourceAddressPrefixes: ["10.0.0.0/8", "192.168.0.0/16"], access: "Deny" });
  expect(many).not.toHaveProperty("sourceAddressPrefix");
});

test("each gateway has its subnet to itself, and the rest exists where the stack uses it", () => {
  const names = (spoke: SpokePlan) =>
    Object.entries(spoke as unknown as Record<string, unknown>).flatMap(([name, subnet]) =>
      subnet ? [name] : [],
    );
  expect(names(plan())).toEqual(["nodes", "privateEndpoints", "apiServer", "applicationGateway"]);
  expect(names(plan(forContainers))).toContain("applicationGatewayForContainers");
  expect(names(planSpoke({ ...settingsOf("lightweight"), addresses }))).toEqual(["nodes"]);
  expect(plan().apiServer?.delegation).toBe("Microsoft.ContainerService/managedClusters");
  expect(plan().applicationGateway?.delegation).toBe("Microsoft.Network/applicationGateways");
  expect(plan(forContainers).applicationGatewayForContainers?.delegation).toBe(
    "Microsoft.ServiceNetworking/trafficControllers",
  );
});
