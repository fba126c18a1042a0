import * as pulumi from "@pulumi/pulumi";

import type { EdgeSettings } from "../../../config";
import { FRONT_DOOR_ID, ofType, type RegisteredResource, theOnly } from "../../support/pulumi";
import { render, type Rendered, valueOf } from "./dataFixture";
import { deployEdge, TLS } from "./edgeFixture";
import { grantsOf } from "./securityFixture";

const BOTH = ["westus2", "westus3"];
const GATEWAY = "azure-native:network:ApplicationGateway";
const FIREWALL = "azure-native:network:WebApplicationFirewallPolicy";

interface Deployed extends Rendered {
  readonly urls: readonly string[];
  readonly exposures: readonly Record<string, unknown>[];
  readonly checkedByApi: readonly (string | undefined)[];
  readonly records: readonly unknown[];
}

async function deploy(edge: Partial<EdgeSettings>, locations = BOTH): Promise<Deployed> {
  let reading: Promise<unknown[]> = Promise.resolve([]);
  const rendered = await render(() => {
    const { entrances, routes, dns } = deployEdge({ edge, locations });
    const service = { name: pulumi.output("api"), namespace: pulumi.output("api"), port: 80 };
    for (const entrance of entrances) entrance.publish(service);
    reading = Promise.all([
      valueOf(
        pulumi.all([...[routes, dns].flatMap((part) => part?.url ?? []), ...entrances.map(({ url }) => url)]),
      ),
      valueOf(pulumi.output(entrances.map(({ exposure }) => exposure))),
      valueOf(pulumi.all(entrances.map(({ frontDoorId }) => frontDoorId))),
      valueOf(pulumi.output([routes, dns, ...entrances].flatMap((part) => [...(part?.dnsRecords ?? [])]))),
    ]);
  });
  const [urls, exposures, checkedByApi, records] = (await reading) as [
    string[],
    Record<string, unknown>[],
    (string | undefined)[],
    unknown[],
  ];
  return { ...rendered, urls, exposures, checkedByApi, records };
}

function named(resources: readonly RegisteredResource[], name: string): Record<string, unknown> {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`The program registered no ${name}`);
  return found.inputs;
}

const typesOf = ({ resources }: Rendered): string[] => resources.map(({ type }) => type);

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
          { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1", ruleSetAction: "Block" },
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

describe("an Application Gateway", () => {
  const one = (edge: Partial<EdgeSettings>) =>
    deploy({ regional: "applicationGateway", ...edge }, ["westus2"]);

  test("is zonal, never without an instance, with strong TLS and a firewall", async () => {
    const { resources } = await one({});
    expect(theOnly(resources, GATEWAY).inputs).toMatchObject({
      zones: ["1", "2", "3"],
      sku: { name: "WAF_v2", tier: "WAF_v2" },
      autoscaleConfiguration: { minCapacity: 2, maxCapacity: 10 },
      enableHttp2: true,
      sslPolicy: { policyName: "AppGwSslPolicy20220101S" },
      firewallPolicy: { id: expect.stringContaining("westus2-entrance-gateway-waf") as string },
    });
    expect(theOnly(resources, FIREWALL).inputs).toMatchObject({
      policySettings: { state: "Enabled", mode: "Prevention", requestBodyCheck: true },
      customRules: [{ ruleType: "RateLimitRule", action: "Block" }],
      managedRules: {
        managedRuleSets: [
          { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" },
          { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" },
        ],
      },
    });
  });

  test("sends to the internal load balancer that the API's Service asks for", async () => {
    const { resources, exposures } = await one({});
    const address = "10.16.79.250";
    expect(exposures).toEqual([
      { kind: "internalLoadBalancer", address, subnetName: "westus2-network-nodes-subnet" },
    ]);
    expect(theOnly(resources, GATEWAY).inputs).toMatchObject({
      backendAddressPools: [{ backendAddresses: [{ ipAddress: address }] }],
      backendHttpSettingsCollection: [{ port: 80, connectionDraining: { enabled: true } }],
      probes: [{ path: "/readyz", match: { statusCodes: ["200"] } }],
    });
  });

  const listenersOf = ({ resources }: Rendered) =>
    (theOnly(resources, GATEWAY).inputs["httpListeners"] as { protocol: string }[]).map(
      ({ protocol }) => protocol,
    );

  test("listens to HTTP alone, to HTTPS alone behind Front Door, and else redirects", async () => {
    expect(listenersOf(await one({}))).toEqual(["Http"]);
    expect(listenersOf(await one({ tls: TLS, global: "frontDoor" }))).toEqual(["Https"]);
    expect(listenersOf(await one({ tls: TLS }))).toEqual(["Https", "Http"]);
  });

  test("reads its certificate, whichever version is the newest, as an identity that may", async () => {
    const secure = await one({ tls: TLS });
    const { inputs } = theOnly(secure.resources, GATEWAY);
    expect(inputs["sslCertificates"]).toEqual([
      { name: "api", keyVaultSecretId: expect.stringMatching(/secrets\/api$/) as string },
    ]);
    expect(grantsOf(secure.resources)).toEqual([
      expect.stringMatching(/^westus2-entrance-gateway-id-object-id KeyVaultSecretsUser kv-wus2-/) as string,
    ]);
    const waitsFor = secure.dependenciesOf("westus2-entrance-gateway-agw");
    expect(waitsFor).toContain("westus2-entrance-gateway-secrets");
    expect(named((await one({})).resources, "westus2-entrance-gateway-agw")).not.toHaveProperty("identity");
  });
});

describe("an Application Gateway for Containers", () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy({ regional: "applicationGatewayForContainers", global: "frontDoor" }, [
      "westus2",
    ]);
  });

  test("needs no load balancer", () => {
    expect(deployed.exposures).toEqual([{ kind: "clusterIp" }]);
  });

  test("its parts are written one after the other", () => {
    const name = "westus2-entrance-gateway";
    expect(deployed.dependenciesOf(`${name}-association`)).toContain(`${name}-frontend`);
    expect(deployed.dependenciesOf(`${name}-security-policy`)).toContain(`${name}-association`);
  });

  test("its controller has an identity without a secret, and no more rights than it needs", () => {
    expect(
      theOnly(deployed.resources, "azure-native:managedidentity:FederatedIdentityCredential").inputs,
    ).toMatchObject({
      issuer: "https://oidc.example/tenant/1/",
      subject: "system:serviceaccount:azure-alb-system:alb-controller-sa",
    });
    const who = "westus2-entrance-gateway-controller-identity-id-object-id";
    expect(grantsOf(deployed.resources)).toEqual([
      `${who} AgcConfigurationManager westus2-entrance-gateway-agc`,
      `${who} NetworkContributor westus2-entrance-gateway-waf`,
      `${who} NetworkContributor westus2-network-gateway-for-containers-subnet`,
      `${who} Reader oap-aks-nodes-rg`,
    ]);
  });

  test("the chart comes once the identity may do its work", () => {
    const name = "westus2-entrance-gateway-controller";
    expect(named(deployed.resources, `${name}-chart`)).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      values: { albController: { podIdentity: { clientID: `${name}-identity-id-client-id` } } },
    });
    expect(deployed.dependenciesOf(`${name}-chart`)).toEqual(
      expect.arrayContaining([`${name}-identity-configuration`, `${name}-identity-subnet`]),
    );
  });

  test("a Gateway at its frontend, with the firewall, and a route of every request to the API", () => {
    const name = "westus2-entrance-gateway-routes";
    expect(named(deployed.resources, `${name}-gateway`)).toMatchObject({
      metadata: {
        namespace: "api",
        annotations: { "alb.networking.azure.io/alb-id": expect.stringContaining("gateway-agc") as string },
      },
      spec: {
        gatewayClassName: "azure-alb-external",
        addresses: [{ type: "alb.networking.azure.io/alb-frontend", value: expect.any(String) as string }],
      },
    });
    expect(named(deployed.resources, `${name}-firewall`)).toMatchObject({
      kind: "WebApplicationFirewallPolicy",
      spec: { webApplicationFirewall: { id: expect.stringContaining("gateway-waf") as string } },
    });
    expect(named(deployed.resources, `${name}-route`)).toMatchObject({
      spec: { rules: [{ backendRefs: [{ kind: "Service", name: "api", port: 80 }] }] },
    });
    expect(deployed.dependenciesOf(`${name}-gateway`)).toContain("westus2-entrance-gateway-controller-chart");
  });

  test("refuses TLS, saying what, got, allowed and fix", async () => {
    const edge = { regional: "applicationGatewayForContainers", tls: TLS } as const;
    await expect(render(() => deployEdge({ edge }))).rejects.toThrow(
      /\[edge\.tls\]: got api\.example\.com .* allowed: null; set /,
    );
  });
});

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
