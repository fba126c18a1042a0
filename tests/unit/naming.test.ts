import * as fc from "fast-check";

import { addressAt, overlap, parseCidr } from "../../config/cidr";
import { deterministicGuid, Names } from "../../config/naming";
import { buildLabels, buildTags, TAG_NAMES } from "../../config/tags";

describe("names", () => {
  const names = new Names({ prefix: "aksp", project: "demo", environment: "dev" });

  test("follow {prefix}-{project}-{environment}-{resource}", () => {
    expect(names.of("aks")).toBe("aksp-demo-dev-aks");
  });

  test("a region's names carry its code between environment and resource", () => {
    expect(names.in("wus2").of("aks")).toBe("aksp-demo-dev-wus2-aks");
  });

  test("a global name is stable, alphanumeric, and differs by subscription and by region", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        const name = names.global("acr", one, 50);
        expect(name).toMatch(/^akspdemodevacr[a-z0-9]{6}$/);
        expect(name).toBe(names.global("acr", one, 50));
        expect(name === names.global("acr", other, 50)).toBe(one === other);
        const regions = ["wus2", "eus2"].map((code) => names.in(code).global("acr", one, 50));
        expect(new Set([name, ...regions]).size).toBe(3);
      }),
    );
  });

  test("a global name fits its type's limit, and stays apart from those that share its beginning", () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9]{1,19}$/);
    fc.assert(
      fc.property(fc.uuid(), part, part, part, part, (id, prefix, project, environment, other) => {
        const nameOf = (last: string) =>
          new Names({ prefix, project, environment: last }).in("wus2").global("flow", id, 24);
        expect(nameOf(environment)).toMatch(/^[a-z0-9]{3,24}$/);
        expect(nameOf(environment)).toMatch(/flow[a-z0-9]{6}$/);
        expect(nameOf(environment) === nameOf(other)).toBe(environment === other);
      }),
    );
  });

  test("a host below a shared domain keeps the name, and adds what makes it unique", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        expect(names.globalHost("pg", one)).toMatch(/^aksp-demo-dev-pg-[a-z0-9]{6}$/);
        expect(names.globalHost("pg", one) === names.globalHost("pg", other)).toBe(one === other);
      }),
    );
  });

  test("deterministic GUIDs are version 5 and differ by any word", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        const guid = deterministicGuid(...words);
        expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(deterministicGuid(...words, "x")).not.toBe(guid);
      }),
    );
  });
});

describe("tags", () => {
  const tags = buildTags({
    environment: "dev",
    project: "demo",
    owner: "team",
    costCenter: "1",
    purpose: "demo",
    extra: { owner: "someone else", team: "blue" },
  });

  test("hold the six names; extra tags come besides and replace none", () => {
    expect(Object.keys(tags).sort()).toEqual([...TAG_NAMES, "team"].sort());
    expect(tags).toMatchObject({ owner: "team", managed_by: "pulumi", cost_center: "1" });
  });

  test("become labels that Kubernetes accepts", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (project) => {
        const labels = buildLabels({ ...tags, project });
        for (const value of Object.values(labels))
          expect(value).toMatch(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/);
      }),
    );
  });
});

describe("networks", () => {
  const network = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 8, max: 32 })).map(([address, length]) => {
    const size = 2 ** (32 - length);
    return { first: Math.floor(address / size) * size, length, size };
  });

  test("two overlap where they share an address", () => {
    fc.assert(
      fc.property(network, network, (a, b) => {
        const text = (n: typeof a) =>
          `${addressAt({ first: n.first, end: 0, prefixLength: 0 }, 0)}/${n.length}`;
        const shared = Math.max(a.first, b.first) < Math.min(a.first + a.size, b.first + b.size);
        expect(overlap(parseCidr(text(a)), parseCidr(text(b)))).toBe(shared);
      }),
    );
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "256.0.0.0/8", "10.0.0.1/8", "::/0"])("%s is refused", (text) => {
    expect(() => parseCidr(text)).toThrow(text);
  });
});

test("a label is the name, or as much of it as fits with an end of its own", () => {
  const short = new Names({ prefix: "aksp", project: "demo", environment: "prod" }).in("wus2");
  expect(short.label(32)).toBe("aksp-demo-prod-wus2");
  const long = (environment: string) =>
    new Names({ prefix: "enterprise", project: "customerportal", environment }).in("wus2").label(32);
  expect(long("production")).toMatch(/^enterprise-customerportal[a-z-]*-[a-z0-9]{6}$/);
  expect(long("production")).toHaveLength(32);
  expect(long("production")).not.toBe(long("productiontest"));
});
