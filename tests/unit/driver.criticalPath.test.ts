import { criticalPath } from "../../local/driver/criticalPath";
import type { StateResource } from "../../local/driver/state";

const SECONDS: Record<string, number> = { group: 2, cluster: 300, pool: 180, registry: 20, object: 5 };

function resource(name: string, fields: Partial<StateResource> = {}): StateResource {
  return { urn: urn(name), type: "t", custom: true, ...fields };
}

function urn(name: string): string {
  return `urn:pulumi:dev::p::t::${name}`;
}

const secondsOf = ({ urn: id }: StateResource): number => SECONDS[id.slice(id.lastIndexOf("::") + 2)] ?? 0;

test("an empty state takes no time", () => {
  expect(criticalPath([], secondsOf)).toEqual({ seconds: 0, chain: [] });
});

test("independent resources take as long as the slowest", () => {
  const resources = [resource("cluster"), resource("registry")];
  expect(criticalPath(resources, secondsOf)).toEqual({ seconds: 300, chain: [urn("cluster")] });
});

test.each([
  ["dependencies", { dependencies: [urn("cluster")] }],
  ["property dependencies", { propertyDependencies: { id: [urn("cluster")], tags: null } }],
  ["the parent", { parent: urn("cluster") }],
  ["the provider", { provider: `${urn("cluster")}::an-id` }],
])("waits for %s", (_name, fields) => {
  const resources = [resource("cluster"), resource("registry"), resource("object", fields)];
  expect(criticalPath(resources, secondsOf)).toEqual({
    seconds: 305,
    chain: [urn("cluster"), urn("object")],
  });
});

test("leaves out of the chain what takes no time, and follows through it", () => {
  const resources = [
    resource("group"),
    resource("component", { dependencies: [urn("group")] }),
    resource("cluster", { dependencies: [urn("component")] }),
  ];
  expect(criticalPath(resources, secondsOf)).toEqual({ seconds: 302, chain: [urn("group"), urn("cluster")] });
});

test("ignores a dependency that the state does not hold", () => {
  const resources = [resource("registry", { dependencies: [urn("gone")] })];
  expect(criticalPath(resources, secondsOf).seconds).toBe(20);
});
