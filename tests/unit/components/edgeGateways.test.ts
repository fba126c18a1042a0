import type { EdgeSettings } from "../../../config";
import { theOnly } from "../../support/pulumi";
import { render, type Rendered } from "./dataFixture";
import { deploy, deployEdge, type Deployed, named, TLS } from "./edgeFixture";
import { grantsOf } from "./securityFixture";

const GATEWAY = "azure-native:network:ApplicationGateway";
const FIREWALL = "azure-native:network:WebApplicationFirewallPolicy";

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
          { ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.2" },
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

  test("no request is routed before the firewall checks it", () => {
    const name = "westus2-entrance-gateway-routes";
    expect(deployed.dependenciesOf(`${name}-route`)).toEqual(
      expect.arrayContaining([`${name}-gateway`, `${name}-firewall`, `${name}-health`]),
    );
  });

  test("refuses TLS, saying what, got, allowed and fix", async () => {
    const edge = { regional: "applicationGatewayForContainers", tls: TLS } as const;
    await expect(render(() => deployEdge({ edge }))).rejects.toThrow(
      /\[edge\.tls\]: got api\.example\.com .* allowed: null; set /,
    );
  });
});
