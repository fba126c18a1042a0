import { existsSync } from "node:fs";
import { join } from "node:path";

import { policies } from "../../policy-pack/policies";
import { azureTypeKnown } from "../../policy-pack/policies/azure/typeKnown";
import { helmReleaseRendered } from "../../policy-pack/policies/helm/releaseRendered";
import { check } from "../support/policy";
import { azureCases } from "./azureCases";
import { withValue } from "./fixtures";
import { podOperationCases } from "./podOperationCases";
import { podSecurityCases } from "./podSecurityCases";

const cases = [...azureCases, ...podSecurityCases, ...podOperationCases];

/** Policies that judge the type alone: a type that is refused, one that is accepted, one that is not judged. */
const typeCases = [
  {
    policy: azureTypeKnown,
    refused: "azure-native:containerregistry:Invented",
    accepted: "azure-native:containerregistry:Registry",
    other: "kubernetes:core/v1:Pod",
  },
  {
    policy: helmReleaseRendered,
    refused: "kubernetes:helm.sh/v3:Release",
    accepted: "kubernetes:helm.sh/v4:Chart",
    other: "kubernetes:core/v1:Pod",
  },
];

describe.each(cases)("$policy.name", ({ policy, type, compliant, broken, accepted, unknown }) => {
  test("accepts the compliant resource", async () => {
    expect(await check(policy, type, compliant)).toEqual({ violations: [] });
  });

  test.each(broken)("refuses $path: $value", async ({ path, value, names = [path] }) => {
    const { violations } = await check(policy, type, withValue(compliant, path, value));
    expect(violations).toHaveLength(names.length);
    for (const name of names) {
      expect(violations).toContainEqual(expect.stringMatching(sentenceAbout(name)));
    }
  });

  test.each(accepted)("accepts $path: $value", async ({ path, value }) => {
    expect(await check(policy, type, withValue(compliant, path, value))).toEqual({ violations: [] });
  });

  test("says what it cannot know in a preview", async () => {
    const verdict = await check(policy, type, withValue(compliant, unknown.path, unknown.value));
    expect(verdict).toEqual({ violations: [], unknown: unknown.path.replace(/\[(\d+)\]/g, ".$1") });
  });

  test("does not judge another type", async () => {
    const props = broken.reduce((draft, { path, value }) => withValue(draft, path, value), compliant);
    const verdict = await check(policy, "random:index/randomString:RandomString", props);
    expect(verdict.notApplicable).toMatch(/^Judges /);
    expect(verdict.violations).toEqual([]);
  });
});

describe.each(typeCases)("$policy.name", ({ policy, refused, accepted, other }) => {
  test("refuses the type, whatever its inputs", async () => {
    const { violations } = await check(policy, refused, {});
    expect(violations).toEqual([expect.stringMatching(sentenceAbout("the resource type"))]);
  });

  test("accepts or leaves alone the other types", async () => {
    expect((await check(policy, accepted, {})).violations).toEqual([]);
    expect((await check(policy, other, {})).notApplicable).toMatch(/^Judges /);
  });
});

describe("the pack", () => {
  test("has a case for every policy", () => {
    const named = [...cases, ...typeCases].map(({ policy }) => policy.name);
    expect(named.toSorted()).toEqual(policies.map(({ name }) => name).toSorted());
  });

  test("names each policy once", () => {
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
  });

  test.each(policies)("$name describes itself", (policy) => {
    expect(policy.name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(existsSync(fileOf(policy.name))).toBe(true);
    expect(policy.description).toMatch(/^[A-Z][^.]+\.$/);
    expect(policy.remediationSteps).toMatch(/^[A-Z].+\.$/);
    expect(policy.url).toMatch(/^https:\/\/(learn\.microsoft\.com|kubernetes\.io|www\.pulumi\.com)\//);
    expect(["low", "medium", "high", "critical"]).toContain(policy.severity);
    expect(["mandatory", "advisory"]).toContain(policy.enforcementLevel);
    expect(policy.configSchema?.properties).toHaveProperty("exemptions");
  });
});

/** `pod-no-host-path` is the policy of `policies/pod/noHostPath.ts`. */
function fileOf(name: string): string {
  const [resource = "", ...words] = name.split("-");
  const file = words.join("-").replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return join(__dirname, "../../policy-pack/policies", resource, `${file}.ts`);
}

/** A message says where, what was found, what is allowed and what to do. */
function sentenceAbout(path: string): RegExp {
  const literal = path.replace(/[.[\]]/g, "\\$&");
  return new RegExp(`^(container \\w+: )?${literal} is .+; allowed: .+; fix: .+\\.$`);
}
