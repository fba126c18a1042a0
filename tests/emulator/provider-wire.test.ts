import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type Json, type JsonObject } from "../../local/provider/backend";
import { containsUnknown, fromWire, toWire } from "../../local/provider/wire";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secret = (value: Json): Json => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const wire = (value: JsonObject): Struct => Struct.fromJavaScript(value);

const key = fc
  .string({ minLength: 1, maxLength: 8 })
  .filter((text) => text !== "__proto__" && text !== SIGNATURE);
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.string(),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(key, tie("json"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const bag = fc.dictionary(key, json, { maxKeys: 5, noNullPrototype: true });

describe("fromWire and toWire", () => {
  test("plain values make the round trip unchanged, through the binary form", () => {
    fc.assert(
      fc.property(bag, (value) => {
        const struct = Struct.deserializeBinary(toWire(value).serializeBinary());
        expect(fromWire(struct)).toEqual({ value, secrets: [] });
      }),
    );
  });

  test("secrets are found on the way in and are secret again on the way out", () => {
    fc.assert(
      fc.property(bag, fc.array(json, { maxLength: 3 }), (plain, list) => {
        const marked = {
          top: secret("a"),
          nested: { inner: secret(plain) },
          list: [...list, secret("z")],
        };
        const unwrapped = fromWire(wire(marked));
        expect(unwrapped.value).toEqual({ top: "a", nested: { inner: plain }, list: [...list, "z"] });
        expect(toWire(unwrapped.value, unwrapped.secrets).toJavaScript()).toEqual(marked);
      }),
    );
  });

  test("every kind of unknown becomes the one marker", () => {
    const kinds = [
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
      UNKNOWN,
    ];
    expect(fromWire(wire({ kinds })).value).toEqual({ kinds: kinds.map(() => UNKNOWN) });
  });

  test("an output value is its value, an unresolved one is unknown, a secret one is noted", () => {
    const output = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", dependencies: [] };
    const { value, secrets } = fromWire(
      wire({
        known: { ...output, value: [1] },
        unknown: output,
        hidden: { ...output, value: "s", secret: true },
      }),
    );
    expect(value).toEqual({ known: [1], unknown: UNKNOWN, hidden: "s" });
    expect(secrets).toEqual([["hidden"]]);
  });

  test("a resource reference is the resource's id, or its URN where it has none, or unknown in a preview", () => {
    const reference = { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:pulumi:s::p::t::n" };
    const { value } = fromWire(
      wire({ custom: { ...reference, id: "/x" }, component: reference, later: { ...reference, id: "" } }),
    );
    expect(value).toEqual({ custom: "/x", component: "urn:pulumi:s::p::t::n", later: UNKNOWN });
  });

  test("secret outputs are named by dotted paths that pass through arrays", () => {
    const outputs = { kubeconfigs: [{ name: "a", value: "x" }, { value: "y" }], other: "o" };
    expect(toWire(outputs, [], ["kubeconfigs.value", "absent.path"]).toJavaScript()).toEqual({
      kubeconfigs: [{ name: "a", value: secret("x") }, { value: secret("y") }],
      other: "o",
    });
  });

  test("a value inside a secret is not wrapped twice", () => {
    expect(toWire({ a: { b: "c" } }, [["a"]], ["a", "a.b"]).toJavaScript()).toEqual({
      a: secret({ b: "c" }),
    });
  });
});

test("containsUnknown looks into lists and objects", () => {
  expect(containsUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
  expect(containsUnknown({ a: [{ b: "known" }], [UNKNOWN]: 1 })).toBe(false);
});
