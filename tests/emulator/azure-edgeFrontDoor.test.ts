import type { JsonObject } from "../../local/provider/backend";
import type { Azure } from "./azure-support";
import { FrontDoor, PREMIUM, STANDARD_TIER, type Made } from "./support/edge";

let door: FrontDoor;
let azure: Azure;

beforeEach(async () => {
  door = await FrontDoor.start();
  ({ azure } = door);
});

const make = (token: string, inputs: JsonObject): Promise<Made> => door.make(token, inputs);
const route = (changes: JsonObject = {}): Promise<Made> => door.route(changes);
const policy = (name: string, changes: JsonObject = {}): Promise<Made> => door.policy(name, changes);

test("an endpoint's host name is the same whenever it is made, and nobody else's", async () => {
  const host = azure.store.get(door.parts.endpoint.id)?.properties["hostName"];
  expect(host).toMatch(/^api-[a-z0-9]{16}\.z01\.azurefd\.net$/);
  await azure.delete("cdn:AFDEndpoint", door.parts.endpoint.id);
  const again = await make("AFDEndpoint", { endpointName: "api", location: "Global" });
  expect(again.outputs["hostName"]).toBe(host);
  await make("Profile", { profileName: "other", location: "Global", sku: PREMIUM });
  const taken = make("AFDEndpoint", { profileName: "other", endpointName: "api", location: "Global" });
  await expect(taken).rejects.toThrow("Conflict");
});

describe("Front Door refuses", () => {
  test.each<[what: string, create: () => Promise<unknown>, message: string]>([
    [
      "a profile in a region",
      () => make("Profile", { profileName: "a", location: "westus2", sku: PREMIUM }),
      "'global'",
    ],
    [
      "a classic profile",
      () => make("Profile", { profileName: "a", location: "Global", sku: { name: "Standard_Microsoft" } }),
      "takes no new profiles",
    ],
    [
      "an origin without a host",
      () => make("AFDOrigin", { originGroupName: "api", originName: "a" }),
      "'hostName'",
    ],
    [
      "an origin with too much weight",
      () =>
        make("AFDOrigin", {
          originGroupName: "api",
          originName: "a",
          hostName: "a.example.com",
          weight: 2000,
        }),
      "between 1 and 1000, got 2000",
    ],
    [
      "more successes than samples",
      () =>
        make("AFDOriginGroup", {
          originGroupName: "a",
          loadBalancingSettings: { sampleSize: 2, successfulSamplesRequired: 3 },
        }),
      "successfulSamplesRequired must be between 0 and 2, got 3",
    ],
    [
      "a private origin that does not check names",
      () =>
        make("AFDOrigin", {
          ...{ originGroupName: "api", originName: "a", hostName: "a.example.com" },
          ...{ enforceCertificateNameCheck: false, sharedPrivateLinkResource: { requestMessage: "hello" } },
        }),
      "enforceCertificateNameCheck must be true",
    ],
    ["a route to nobody", () => route({ originGroup: null }), "'originGroup'"],
    [
      "a route without a domain",
      () => route({ linkToDefaultDomain: "Disabled" }),
      "linked to the default domain",
    ],
    [
      "a redirection from nothing",
      () => route({ supportedProtocols: ["Https"] }),
      "requires supportedProtocols",
    ],
    [
      "a pattern with a star inside",
      () => route({ patternsToMatch: ["/a/*/b"] }),
      "The pattern '/a/*/b' is not valid",
    ],
    [
      "a domain of which the name is none",
      () => make("AFDCustomDomain", { customDomainName: "web", hostName: "example" }),
      "is not valid",
    ],
    [
      "an old TLS version",
      () =>
        make("AFDCustomDomain", {
          ...{ customDomainName: "web", hostName: "a.example.com" },
          tlsSettings: { certificateType: "ManagedCertificate", minimumTlsVersion: "TLS10" },
        }),
      "is retired",
    ],
    ["a rule set with a dash", () => make("RuleSet", { ruleSetName: "a-b" }), "'ruleSetName' does not match"],
  ])("%s", async (_what, create, message) => {
    await expect(create()).rejects.toThrow(message);
  });

  test("a route before its group has an enabled origin", async () => {
    const empty = await make("AFDOriginGroup", { originGroupName: "empty" });
    const message = "at least one enabled origin is created under the origin group";
    await expect(route({ originGroup: { id: empty.id } })).rejects.toThrow(message);
    const off = {
      originGroupName: "empty",
      originName: "a",
      hostName: "a.example.com",
      enabledState: "Disabled",
    };
    await make("AFDOrigin", off);
    await expect(route({ originGroup: { id: empty.id } })).rejects.toThrow(message);
  });

  test("to take a route's last origin, its group, or the route's twin", async () => {
    const made = await route();
    await expect(azure.delete("cdn:AFDOrigin", door.parts.origin.id)).rejects.toThrow(
      "delete the last origin",
    );
    const disabled = { ...door.parts.origin.inputs, enabledState: "Disabled" };
    await expect(azure.update("cdn:AFDOrigin", door.parts.origin, disabled)).rejects.toThrow(
      "disable or delete the last",
    );
    await expect(azure.delete("cdn:AFDOriginGroup", door.parts.group.id)).rejects.toThrow(
      "is associated with",
    );
    await expect(route({ routeName: "twin" })).rejects.toThrow("has a conflict with the route 'api'");
    await expect(route({ routeName: "docs", patternsToMatch: ["/docs/*"] })).resolves.toHaveProperty("id");

    await make("AFDOrigin", { originGroupName: "api", originName: "east", hostName: "east.example.com" });
    await azure.delete("cdn:AFDOrigin", door.parts.origin.id);
    await azure.delete("cdn:Route", made.id);
    expect(azure.store.get(door.parts.origin.id)).toBeUndefined();
  });

  test("a private link in Standard", async () => {
    await make("Profile", { profileName: "std", location: "Global", sku: STANDARD_TIER });
    await make("AFDOriginGroup", { profileName: "std", originGroupName: "api" });
    const inputs = { originGroupName: "api", originName: "a", hostName: "a.example.com" };
    const linked = { ...inputs, profileName: "std", sharedPrivateLinkResource: { requestMessage: "hello" } };
    await expect(make("AFDOrigin", linked)).rejects.toThrow("requires the SKU Premium_AzureFrontDoor");
  });

  test("a change of what is given once", async () => {
    const profile = { id: door.parts.group.id.split("/originGroups")[0] ?? "", outputs: {}, inputs: {} };
    const inputs = { resourceGroupName: "rg", profileName: "fd", location: "Global", sku: STANDARD_TIER };
    await expect(azure.update("cdn:Profile", profile, inputs)).rejects.toThrow("use the upgrade operation");
    const firewall = await policy("waf");
    const other = { ...firewall.inputs, sku: STANDARD_TIER };
    await expect(azure.update("frontdoor:Policy", firewall, other)).rejects.toThrow("cannot be changed");
    const domain = await make("AFDCustomDomain", { customDomainName: "web", hostName: "a.example.com" });
    const moved = { ...domain.inputs, hostName: "b.example.com" };
    await expect(azure.update("cdn:AFDCustomDomain", domain, moved)).rejects.toThrow("cannot be changed");
  });

  test("parts of another profile", async () => {
    await make("Profile", { profileName: "other", location: "Global", sku: PREMIUM });
    const foreign = await make("RuleSet", { profileName: "other", ruleSetName: "headers" });
    await expect(route({ ruleSets: [{ id: foreign.id }] })).rejects.toThrow("belongs to another profile");
  });
});
