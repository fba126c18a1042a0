/** Inputs with which each type of the edge can be made, in an order in which they can be made. */
import type { JsonObject } from "../../../local/provider/backend";
import type { Sample } from "./network";

/** The name that a sample has where its own is given at random. */
const NAME = "res01020304";

/** The sample network with the subnets that the edge's types want: delegated to them. */
export function withEdgeSubnets(network: JsonObject): JsonObject {
  const subnets = Array.isArray(network["subnets"]) ? network["subnets"] : [];
  return {
    ...network,
    subnets: [
      ...subnets,
      edgeSubnet("gateway", "10.8.3.0/24", "Microsoft.Network/applicationGateways"),
      edgeSubnet("containers", "10.8.4.0/24", "Microsoft.ServiceNetworking/trafficControllers"),
    ],
  };
}

/** @param idOf the id of a sample that was made before: the network's, a private link service's. */
export function edgeSamples(idOf: (token: string) => string): readonly Sample[] {
  const subnet = (name: string): JsonObject => ({ id: `${idOf("network:VirtualNetwork")}/subnets/${name}` });
  return [...frontDoorSamples(idOf), ...regionalSamples(idOf, subnet), ...nameSamples()];
}

function edgeSubnet(name: string, addressPrefix: string, serviceName: string): JsonObject {
  return { name, addressPrefix, delegations: [{ name: "edge", serviceName }] };
}

function frontDoorSamples(idOf: (token: string) => string): readonly Sample[] {
  const profile = { profileName: NAME };
  return [
    [
      "frontdoor:Policy",
      () => ({
        location: "Global",
        sku: { name: "Premium_AzureFrontDoor" },
        policySettings: { enabledState: "Enabled", mode: "Prevention" },
        customRules: {
          rules: [
            {
              ...{ name: "rate", priority: 1, ruleType: "RateLimitRule", action: "Block" },
              ...{ rateLimitThreshold: 1000, rateLimitDurationInMinutes: 1 },
              matchConditions: [{ matchVariable: "RequestUri", operator: "Any", matchValue: [] }],
            },
          ],
        },
        managedRules: {
          managedRuleSets: [
            { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1", ruleSetAction: "Block" },
            { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" },
          ],
        },
      }),
    ],
    [
      "cdn:Profile",
      () => ({
        location: "Global",
        sku: { name: "Premium_AzureFrontDoor" },
        identity: { type: "SystemAssigned" },
      }),
    ],
    ["cdn:AFDEndpoint", () => ({ ...profile, location: "Global" })],
    [
      "cdn:AFDOriginGroup",
      () => ({
        ...profile,
        healthProbeSettings: {
          ...{ probeIntervalInSeconds: 30, probePath: "/readyz" },
          ...{ probeProtocol: "Https", probeRequestType: "HEAD" },
        },
        loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 2 },
      }),
    ],
    [
      "cdn:AFDOrigin",
      () => ({
        ...profile,
        originGroupName: "res",
        hostName: "origin.example.com",
        originHostHeader: "origin.example.com",
        sharedPrivateLinkResource: {
          privateLink: { id: idOf("network:PrivateLinkService") },
          ...{ privateLinkLocation: "westus2", requestMessage: "Front Door" },
        },
      }),
    ],
    ["cdn:AFDCustomDomain", () => ({ ...profile, hostName: "api.example.com" })],
    ["cdn:RuleSet", () => ({ ...profile })],
    [
      "cdn:Rule",
      () => ({
        ...{ ...profile, ruleSetName: "res", order: 1 },
        actions: [
          {
            name: "ModifyResponseHeader",
            parameters: {
              ...{ typeName: "DeliveryRuleHeaderActionParameters", headerAction: "Overwrite" },
              ...{ headerName: "Strict-Transport-Security", value: "max-age=31536000" },
            },
          },
        ],
      }),
    ],
    ["cdn:Secret", () => ({ ...profile, parameters: { type: "AzureFirstPartyManagedCertificate" } })],
    [
      "cdn:Route",
      () => ({
        ...{ ...profile, endpointName: "res", originGroup: { id: idOf("cdn:AFDOriginGroup") } },
        ...{ forwardingProtocol: "HttpsOnly", httpsRedirect: "Enabled", linkToDefaultDomain: "Enabled" },
        ...{ supportedProtocols: ["Http", "Https"], patternsToMatch: ["/*"] },
        ...{ customDomains: [{ id: idOf("cdn:AFDCustomDomain") }], ruleSets: [{ id: idOf("cdn:RuleSet") }] },
      }),
    ],
    [
      "cdn:SecurityPolicy",
      () => ({
        ...profile,
        parameters: {
          type: "WebApplicationFirewall",
          wafPolicy: { id: idOf("frontdoor:Policy") },
          associations: [{ domains: [{ id: idOf("cdn:AFDEndpoint") }], patternsToMatch: ["/*"] }],
        },
      }),
    ],
  ];
}

function regionalSamples(
  idOf: (token: string) => string,
  subnet: (name: string) => JsonObject,
): readonly Sample[] {
  const controller = { trafficControllerName: NAME };
  return [
    [
      "network:WebApplicationFirewallPolicy",
      () => ({
        policySettings: { state: "Enabled", mode: "Prevention" },
        managedRules: {
          managedRuleSets: [
            { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" },
            { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" },
          ],
        },
      }),
    ],
    [
      "network:ApplicationGateway",
      () => ({
        ...gatewaySample(subnet("gateway")),
        firewallPolicy: { id: idOf("network:WebApplicationFirewallPolicy") },
        identity: {
          type: "UserAssigned",
          userAssignedIdentities: [idOf("managedidentity:UserAssignedIdentity")],
        },
      }),
    ],
    ["servicenetworking:TrafficControllerInterface", () => ({ location: "eastus" })],
    [
      "servicenetworking:AssociationsInterface",
      () => ({ ...controller, associationType: "subnets", subnet: subnet("containers") }),
    ],
    ["servicenetworking:FrontendsInterface", () => ({ ...controller })],
    [
      "servicenetworking:SecurityPoliciesInterface",
      () => ({ ...controller, wafPolicy: { id: idOf("network:WebApplicationFirewallPolicy") } }),
    ],
  ];
}

/** A private gateway with a web application firewall: the public address of the samples is the firewall's. */
function gatewaySample(subnet: JsonObject): JsonObject {
  return {
    sku: { name: "WAF_v2", tier: "WAF_v2" },
    autoscaleConfiguration: { minCapacity: 0, maxCapacity: 10 },
    zones: ["1", "2", "3"],
    gatewayIPConfigurations: [{ name: "subnet", subnet }],
    frontendIPConfigurations: [
      { name: "private", subnet, privateIPAddress: "10.8.3.10", privateIPAllocationMethod: "Static" },
    ],
    frontendPorts: [{ name: "http", port: 80 }],
    backendAddressPools: [{ name: "api", backendAddresses: [{ ipAddress: "10.8.0.100" }] }],
    probes: [
      {
        ...{ name: "readyz", protocol: "Http", path: "/readyz", pickHostNameFromBackendHttpSettings: true },
        ...{ interval: 30, timeout: 10, unhealthyThreshold: 3 },
      },
    ],
    backendHttpSettingsCollection: [
      { name: "api", port: 80, protocol: "Http", hostName: "api", probe: { id: "$self/probes/readyz" } },
    ],
    httpListeners: [
      {
        name: "http",
        frontendIPConfiguration: { id: "$self/frontendIPConfigurations/private" },
        frontendPort: { id: "$self/frontendPorts/http" },
        protocol: "Http",
      },
    ],
    requestRoutingRules: [
      {
        ...{ name: "api", priority: 100, ruleType: "Basic" },
        httpListener: { id: "$self/httpListeners/http" },
        backendAddressPool: { id: "$self/backendAddressPools/api" },
        backendHttpSettings: { id: "$self/backendHttpSettingsCollection/api" },
      },
    ],
  };
}

function nameSamples(): readonly Sample[] {
  return [
    [
      "trafficmanager:Profile",
      () => ({
        location: "global",
        trafficRoutingMethod: "Performance",
        dnsConfig: { relativeName: "sample", ttl: 30 },
        monitorConfig: { protocol: "HTTPS", port: 443, path: "/readyz" },
      }),
    ],
    [
      "trafficmanager:Endpoint",
      () => ({
        ...{ profileName: NAME, endpointType: "ExternalEndpoints" },
        ...{ target: "origin.example.com", endpointLocation: "westus2" },
      }),
    ],
    ["dns:Zone", () => ({ zoneName: "example.com", location: "global" })],
    [
      "dns:RecordSet",
      () => ({
        ...{ zoneName: "example.com", recordType: "TXT", relativeRecordSetName: "owner" },
        ...{ ttl: 300, txtRecords: [{ value: ["platform"] }] },
      }),
    ],
  ];
}
