import fc from "fast-check";
import { UNKNOWN, type JsonObject } from "../../local/provider/backend";
import { diffInputs, formatPath, needsReplacement, parsePattern } from "../../local/provider/diff";

describe("diffInputs", () => {
  test("names each changed place, in lists and objects", () => {
    const before = { tags: { a: "1", b: "2" }, pools: [{ count: 1 }, { count: 2 }], gone: true };
    const after = { tags: { a: "1", b: "3", "c.d": "4" }, pools: [{ count: 1 }], fresh: 0 };
    expect(diffInputs(before, after).changes).toEqual({
      "tags.b": "update",
      'tags["c.d"]': "add",
      "pools[1]": "delete",
      gone: "delete",
      fresh: "add",
    });
  });

  test("a change at or below a replaceOn path is a replacement; a sibling is not", () => {
    const options = { replaceOn: ["location", "pools[*].vmSize", "sku"] };
    const before = { location: "a", pools: [{ vmSize: "x", count: 1 }], sku: { name: "Basic" }, skuOther: 1 };
    const after = {
      location: "b",
      pools: [{ vmSize: "y", count: 2 }],
      sku: { name: "Premium" },
      skuOther: 2,
    };
    const diff = diffInputs(before, after, options);
    expect(diff.changes).toEqual({
      location: "update-replace",
      "pools[0].vmSize": "update-replace",
      "pools[0].count": "update",
      "sku.name": "update-replace",
      skuOther: "update",
    });
    expect(needsReplacement(diff)).toBe(true);
    expect(needsReplacement(diffInputs({ a: 1 }, { a: 2 }, options))).toBe(false);
  });

  test("ignored paths, private keys, and null against absent make no difference", () => {
    const before = { __name: "x", count: 1, addonProfiles: null };
    const after = { __name: "y", count: 2 };
    expect(diffInputs(before, after, { ignore: ["count"] }).changes).toEqual({});
  });

  test("an unknown value differs from a known one", () => {
    expect(diffInputs({ id: "x" }, { id: UNKNOWN }).changes).toEqual({ id: "update" });
  });

  test("nothing differs from itself; two different bags differ both ways", () => {
    const bag = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
    fc.assert(
      fc.property(bag, bag, (left, right) => {
        expect(diffInputs(left as JsonObject, left as JsonObject).changes).toEqual({});
        const there = Object.keys(diffInputs(left as JsonObject, right as JsonObject).changes).sort();
        const back = Object.keys(diffInputs(right as JsonObject, left as JsonObject).changes).sort();
        expect(there).toEqual(back);
      }),
    );
  });
});

test("formatPath writes what parsePattern reads", () => {
  const part = fc.oneof(fc.nat(20), fc.stringMatching(/^[a-z"./ -]{1,6}$/));
  const path = fc.tuple(fc.constantFrom("tags", "a.b"), fc.array(part, { maxLength: 3 }));
  fc.assert(
    fc.property(path, ([head, rest]) => {
      expect(parsePattern(formatPath([head, ...rest]))).toEqual([head, ...rest].map(String));
    }),
  );
});
