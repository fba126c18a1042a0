import { podReadOnlyRootFilesystem } from "../../policy-pack/policies/pod/readOnlyRootFilesystem";
import { check } from "../support/policy";
import type { Verdict } from "../support/policy";
import { MAIN } from "./cases";
import { deployment, withValue } from "./fixtures";

const REASON = "The engine writes its index beside its binary.";
const TYPE = "kubernetes:apps/v1:Deployment";
const broken = withValue(deployment, `${MAIN}.securityContext.readOnlyRootFilesystem`, false);

function judge(config: object, name = "search-engine"): Promise<Verdict> {
  return check(podReadOnlyRootFilesystem, TYPE, broken, { name, config });
}

test.each([
  "search-engine",
  "search-*",
  "*engine",
  "s*-e*",
  "urn:pulumi:dev::aks-platform::kubernetes:apps/v1:Deployment::search-engine",
  "urn:pulumi:*::search-engine",
])("spares the resource that %s names", async (resource) => {
  const verdict = await judge({ exemptions: [{ resource, reason: REASON }] });
  expect(verdict).toEqual({ violations: [], notApplicable: `Exempt: ${REASON}` });
});

test.each(["search", "engine", "search.engine", "SEARCH-ENGINE", "urn:pulumi:prod::*"])(
  "does not spare a resource for %s",
  async (resource) => {
    const { violations } = await judge({ exemptions: [{ resource, reason: REASON }] });
    expect(violations).toEqual([expect.stringContaining("readOnlyRootFilesystem is false")]);
  },
);

test("spares nothing where nothing is configured", async () => {
  expect((await judge({})).violations).toHaveLength(1);
  expect((await judge({ exemptions: [] })).violations).toHaveLength(1);
});

test.each([
  [{ resource: "*", reason: REASON }, "[0].resource", /resource name or URN/],
  [{ resource: "", reason: REASON }, "[0].resource", /resource name or URN/],
  [{ reason: REASON }, "[0].resource", /resource name or URN/],
  [{ resource: "search-engine", reason: "because" }, "[0].reason", /10 characters or more/],
  [{ resource: "search-engine", reason: "              " }, "[0].reason", /10 characters or more/],
  [{ resource: "search-engine" }, "[0].reason", /10 characters or more/],
  ["search-engine", "[0]", /\{ resource, reason \}/],
  [null, "[0]", /\{ resource, reason \}/],
])("reports the exemption %j and spares nothing", async (exemption, path, allowed) => {
  const { violations } = await judge({
    exemptions: [exemption, { resource: "search-engine", reason: REASON }],
  });
  expect(violations).toHaveLength(2);
  expect(violations[0]).toMatch(/^policy configuration exemptions\S+ is .+; allowed: .+; fix: .+\.$/);
  expect(violations[0]).toContain(`exemptions${path} is`);
  expect(violations[0]).toMatch(allowed);
});

test("reports exemptions that are no list", async () => {
  const { violations } = await judge({ exemptions: "search-engine" });
  expect(violations[0]).toBe(
    'policy configuration exemptions is "search-engine"; allowed: a list; fix: put it in a list.',
  );
  expect(violations).toHaveLength(2);
});
