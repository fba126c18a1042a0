import { bootstrapNames } from "../../bootstrap/names";
import { SUBSCRIPTION } from "./support/accounts";

describe("names of what keeps the state", () => {
  const settings = (prefix: string, profile = "lightweight") => ({
    config: {
      "azure-native:location": "westus2",
      "aks-platform:profile": profile,
      "aks-platform:naming": { prefix, project: "demo", environment: "dev" },
      "aks-platform:tags": { owner: "a b", costCenter: "1", purpose: "demo" },
      "aks-platform:observability": { alertEmails: ["someone@example.com"] },
    },
  });

  test("follow from the settings, tags included", () => {
    expect(bootstrapNames("dev", SUBSCRIPTION, settings("aksp"))).toEqual([
      "location=westus2",
      "zones=true",
      "resource_group=aksp-demo-dev-state-rg",
      "shared_resource_group=aksp-demo-dev-rg",
      expect.stringMatching(/^account=akspdemodevst[a-z0-9]{6}$/),
      expect.stringMatching(/^vault=aksp-demo-dev-kv-[a-z0-9]{6}$/),
      "preview_app=aksp-demo-dev-github-preview",
      "runner_resource_group=",
      "runner_network=",
      "encryption_at_host=false",
      "defender=false",
      ...[
        "tag=project=demo",
        "tag=environment=dev",
        "tag=owner=a b",
        "tag=purpose=demo",
        "tag=cost_center=1",
      ],
      "tag=managed_by=pulumi",
    ]);
  });

  test("what the stack asks of the subscription comes from its profile, too, and its own word counts", () => {
    const { config } = settings("aksp", "enterprise");
    const asked = (security: object) =>
      bootstrapNames("prod", SUBSCRIPTION, { config: { ...config, "aks-platform:security": security } });
    expect(asked({})).toEqual(expect.arrayContaining(["encryption_at_host=true", "defender=true"]));
    expect(asked({ defender: false })).toEqual(
      expect.arrayContaining(["encryption_at_host=true", "defender=false"]),
    );
  });

  test("are refused where Azure would refuse them", () => {
    expect(() => bootstrapNames("dev", SUBSCRIPTION, settings("averylongprefix"))).toThrow(
      /name of the key vault: got "averylongprefix.*Fix: shorten naming.prefix/s,
    );
    expect(() => bootstrapNames("dev", SUBSCRIPTION, { config: {} })).toThrow(
      /^Pulumi.dev.yaml cannot be used\. .*\n {2}profile\n {4}got: {5}nothing.*\nFix: correct it/s,
    );
  });
});
