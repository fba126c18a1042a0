import { FRONT_DOOR_ID, ofType, theOnly } from "../../support/pulumi";
import type { Rendered } from "./dataFixture";
import { BOTH, deploy, type Deployed, named, TLS } from "./edgeFixture";

const FIREWALL = "azure-native:network:WebApplicationFirewallPolicy";

describe("Front Door", () => {
  let plain: Deployed;
  let secure: Deployed;
  beforeAll(async () => {
    plain = await deploy({ global: "frontDoor" });
    secure = await deploy({ global: "frontDoor", regional: "applicationGateway", tls: TLS });
  });

  test("is Premium, with Microsoft's rules blocking, bot rules and a rate limit, in front of every domain", () => {
    const { inputs } = theOnly(secure.resources, "azure-native:frontdoor:Policy");
    expect(inputs).toMatchObject({
      sku: { name: "Premium_AzureFrontDoor" },
      policySettings: { enabledState: "Enabled", mode: "Prevention", requestBodyCheck: "Enabled" },
      customRules: { rules: [{ ruleType: "RateLimitRule", action: "Block", enabledState: "Enabled" }] },
      managedRules: {
        managedRuleSets: [
          { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.2", ruleSetAction: "Block" },
          { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" },
        ],
      },
    });
    const { parameters } = theOnly(secure.resources, "azure-native:cdn:SecurityPolicy").inputs;
    expect(parameters).toMatchObject({
      associations: [
        {
          domains: [
            { id: expect.stringContaining("front-door-endpoint") as string },
            { id: expect.stringContaining("routes-domain") as string },
          ],
          patternsToMatch: ["/*"],
        },
      ],
    });
  });

  test("asks the regions for their readiness, and routes once all origins exist", () => {
    expect(theOnly(plain.resources, "azure-native:cdn:AFDOriginGroup").inputs).toMatchObject({
      healthProbeSettings: { probePath: "/readyz", probeRequestType: "HEAD", probeIntervalInSeconds: 30 },
      loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 2 },
    });
    expect(plain.dependenciesOf("routes-route")).toEqual(
      expect.arrayContaining(["routes-origin-westus2", "routes-origin-westus3"]),
    );
  });

  test("sends clients to HTTPS, and speaks HTTPS to the regions where they have a certificate", () => {
    const routeOf = ({ resources }: Rendered) => theOnly(resources, "azure-native:cdn:Route").inputs;
    expect(routeOf(plain)).toMatchObject({ httpsRedirect: "Enabled", forwardingProtocol: "HttpOnly" });
    expect(routeOf(secure)).toMatchObject({ httpsRedirect: "Enabled", forwardingProtocol: "HttpsOnly" });
    expect(named(secure.resources, "routes-origin-westus3")).toMatchObject({
      hostName: "wus3.api.example.com",
      originHostHeader: "wus3.api.example.com",
      enforceCertificateNameCheck: true,
    });
  });

  test("answers at its own name from the start, and says which records the other one needs", () => {
    expect(secure.urls[0]).toBe("https://front-door-endpoint.azurefd.example");
    expect(secure.records).toEqual([
      { name: "api.example.com", type: "CNAME", value: "front-door-endpoint.azurefd.example" },
      { name: "_dnsauth.api.example.com", type: "TXT", value: "token" },
      ...["wus2", "wus3"].map((code, index) => ({
        name: `${code}.api.example.com`,
        type: "CNAME",
        value: `${BOTH[index] ?? ""}-entrance-gateway-ip.cloudapp.example`,
      })),
    ]);
  });

  test("is the only one that a load balancer lets in, and the API checks which Front Door it is", () => {
    expect(plain.exposures[0]).toMatchObject({
      kind: "publicLoadBalancer",
      allowedServiceTags: ["AzureFrontDoor.Backend"],
    });
    expect(plain.checkedByApi).toEqual([FRONT_DOOR_ID, FRONT_DOOR_ID]);
  });

  test("is the only one that a gateway lets in, by its firewall: requests with another id, or with none", () => {
    expect(secure.checkedByApi).toEqual([undefined, undefined]);
    for (const { inputs } of ofType(secure.resources, FIREWALL)) {
      const header = [{ variableName: "RequestHeaders", selector: "X-Azure-FDID" }];
      const rule = { ruleType: "MatchRule", action: "Block", state: "Enabled" };
      expect(inputs["customRules"]).toMatchObject([
        { ...rule, matchConditions: [{ matchVariables: header, operator: "Any", negationConditon: true }] },
        {
          ...rule,
          matchConditions: [
            {
              matchVariables: header,
              operator: "Equal",
              negationConditon: true,
              matchValues: [FRONT_DOOR_ID],
            },
          ],
        },
      ]);
    }
  });
});

describe("Traffic Manager", () => {
  test("knows the regions by their addresses, and asks them for their readiness", async () => {
    const { resources, urls } = await deploy({ global: "trafficManager" });
    expect(theOnly(resources, "azure-native:trafficmanager:Profile").inputs).toMatchObject({
      trafficRoutingMethod: "Performance",
      monitorConfig: { protocol: "HTTP", port: 80, path: "/readyz" },
      endpoints: BOTH.map((location) => ({
        name: location,
        type: "Microsoft.Network/trafficManagerProfiles/azureEndpoints",
        targetResourceId: expect.stringContaining(`${location}-network-entrance-ip`) as string,
      })),
    });
    expect(urls[0]).toBe("http://dns-profile.trafficmanager.example");
  });

  test("names a gateway for containers, which has no address of its own to point at", async () => {
    const { resources } = await deploy({
      global: "trafficManager",
      regional: "applicationGatewayForContainers",
    });
    expect(theOnly(resources, "azure-native:trafficmanager:Profile").inputs["endpoints"]).toMatchObject(
      BOTH.map((location) => ({
        type: "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
        target: `${location}-entrance-gateway-frontend.alb.example`,
        endpointLocation: location,
      })),
    );
  });

  test("with a certificate, clients use its name, and HTTPS is what is asked", async () => {
    const { resources, urls } = await deploy({
      global: "trafficManager",
      regional: "applicationGateway",
      tls: TLS,
    });
    expect(theOnly(resources, "azure-native:trafficmanager:Profile").inputs["monitorConfig"]).toMatchObject({
      protocol: "HTTPS",
      port: 443,
    });
    expect(urls[0]).toBe("https://api.example.com");
  });
});

const typesOf = ({ resources }: Rendered): string[] => resources.map(({ type }) => type);

describe("a load balancer on its own", () => {
  test("lets everyone in, at the region's own address, and nothing is in front of it", async () => {
    const deployed = await deploy({});
    expect(deployed.exposures[1]).toEqual({
      kind: "publicLoadBalancer",
      publicIpName: "westus3-network-entrance-ip",
      publicIpResourceGroup: "westus3-rg",
    });
    expect(deployed.checkedByApi).toEqual([undefined, undefined]);
    expect(deployed.urls).toEqual(
      BOTH.map((location) => `http://${location}-network-entrance-ip.cloudapp.example`),
    );
    expect(typesOf(deployed).filter((type) => /cdn|trafficmanager|ApplicationGateway/.test(type))).toEqual(
      [],
    );
  });
});
