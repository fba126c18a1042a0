import { TAG_NAMES } from "../../config/tags";
import { azureTypes } from "../../policy-pack/generate/azureTypes";
import { acrAdminDisabled } from "../../policy-pack/policies/acr/adminDisabled";
import { azureTagsRequired } from "../../policy-pack/policies/azure/tagsRequired";
import { azureTypeAcceptsTags, azureTypeOf } from "../../policy-pack/support/azureTypes";
import listed from "../../policy-pack/support/taggableTypes.json";
import { check, UNKNOWN } from "../support/policy";
import { registry, TAGS, withValue } from "./fixtures";

const VERSIONS_OF_REGISTRY = [
  "azure-native:containerregistry:Registry",
  "azure-native:containerregistry/v20230701:Registry",
  "azure-native:containerregistry/v20230101preview:Registry",
  "azure-native_containerregistry_v20251101:containerregistry:Registry",
];

describe("the list of Azure types", () => {
  test("is what the installed SDK declares (npm run generate -w policy-pack)", () => {
    expect(listed).toEqual(azureTypes());
  });

  test.each([
    ["containerservice:ManagedCluster", true],
    ["containerservice:AgentPool", true],
    ["containerservice:MaintenanceConfiguration", false],
    ["authorization:RoleAssignment", false],
    ["network:Subnet", false],
    ["operationalinsights:Workspace", true],
    ["operationalinsights:SavedSearch", false],
    ["resources:ResourceGroup", true],
    ["resources:Invented", undefined],
    ["toString", undefined],
  ])("%s takes tags: %s", (type, expected) => {
    expect(azureTypeAcceptsTags(type)).toBe(expected);
  });

  test.each(VERSIONS_OF_REGISTRY)("%s is one type in any version", (token) => {
    expect(azureTypeOf(token)).toBe("containerregistry:Registry");
  });

  test.each([
    "pulumi:providers:azure-native",
    "azure:containerservice/registry:Registry",
    "platform:azure:AcrRegistry",
    "kubernetes:core/v1:Pod",
  ])("%s is no azure-native resource", (token) => {
    expect(azureTypeOf(token)).toBeUndefined();
  });
});

describe("policies on Azure types", () => {
  test.each(VERSIONS_OF_REGISTRY)("see %s", async (type) => {
    const { violations } = await check(acrAdminDisabled, type, { ...registry, adminUserEnabled: true });
    expect(violations).toEqual([
      "adminUserEnabled is true; allowed: false or absent; fix: remove it and grant AcrPull to the identity that pulls.",
    ]);
    expect((await check(azureTagsRequired, type, {})).violations).toHaveLength(6);
  });

  test("ask for the tags that the program builds", async () => {
    expect(Object.keys(TAGS)).toEqual([...TAG_NAMES]);
    const { violations } = await check(azureTagsRequired, "azure-native:resources:ResourceGroup", {});
    expect(violations.map((message) => /^tags\.(\w+) is absent/.exec(message)?.[1])).toEqual([...TAG_NAMES]);
  });

  test("ask no tags of a resource that takes none", async () => {
    const verdict = await check(azureTagsRequired, "azure-native:authorization:RoleAssignment", {});
    expect(verdict.notApplicable).toMatch(/take tags/);
  });

  test("name a missing tag beside one that is not known yet", async () => {
    const props = withValue(
      withValue(registry, "tags.environment", UNKNOWN.string),
      "tags.purpose",
      undefined,
    );
    const verdict = await check(azureTagsRequired, "azure-native:containerregistry:Registry", props);
    expect(verdict.unknown).toBe("tags.environment");
    expect(verdict.violations).toEqual([expect.stringContaining("tags.purpose is absent")]);
  });
});
