import { CREATE_BEFORE_DELETE } from "../../local/azure/naming";
import { adopting } from "../../local/driver/adopt";
import { ProviderError } from "../../local/provider/backend";
import { ITEM_TYPE, createShelf } from "../support/shelf";

const request = {
  ...{ urn: "urn:pulumi:dev::p::shelf:index:Item::a", type: ITEM_TYPE, name: "a", connection: "c" },
  ...{ inputs: { colour: "red" }, preview: false },
};

const unnamed = () => undefined;

/** A shelf whose refusals carry the code of a real provider. */
function shelfThatRefuses(code: string) {
  const shelf = createShelf({ items: new Map([["a", { colour: "blue" }]]) });
  return Object.assign(shelf, { create: () => Promise.reject(new ProviderError(code, "refused")) });
}

test.each(["ResourceExists", "AlreadyExists"])(
  "takes over what exists (%s) and brings it to the inputs",
  async (code) => {
    const shelf = shelfThatRefuses(code);
    const backend = adopting(shelf, () => ({ id: "a", seconds: 1 }), unnamed);
    expect(await backend.create(request)).toEqual({ id: "a", outputs: { colour: "red" } });
    expect(shelf.items.get("a")).toEqual({ colour: "red" });
  },
);

test("passes on every other refusal, and one for an object that is not found", async () => {
  const found = adopting(shelfThatRefuses("QuotaExceeded"), () => ({ id: "a", seconds: 1 }), unnamed);
  await expect(found.create(request)).rejects.toThrow("QuotaExceeded");
  const lost = adopting(shelfThatRefuses("ResourceExists"), () => undefined, unnamed);
  await expect(lost.create(request)).rejects.toThrow("ResourceExists");
});

test("creates what does not exist, and leaves the other methods as they are", async () => {
  const shelf = createShelf();
  const backend = adopting(shelf, () => undefined, unnamed);
  expect(await backend.create(request)).toEqual({ id: "a", outputs: { colour: "red" } });
  expect(await backend.read({ ...request, id: "a", outputs: {} })).toMatchObject({ id: "a" });
  expect(backend.name).toBe("shelf");
});

test("what was named by chance keeps the name that it has", async () => {
  const chosen = { name: "a1b2c3d4e", [CREATE_BEFORE_DELETE]: true };
  const shelf = Object.assign(createShelf(), {
    check: () => Promise.resolve({ inputs: chosen, failures: [] }),
  });
  const backend = adopting(
    shelf,
    () => undefined,
    (_, inputs) => ({ ...inputs, name: "a00000000" }),
  );
  const check = { ...request, news: {}, randomSeed: new Uint8Array() };
  expect(await backend.check({ ...check, olds: {} })).toMatchObject({ inputs: { name: "a00000000" } });
  expect(await backend.check({ ...check, olds: chosen })).toMatchObject({ inputs: { name: "a1b2c3d4e" } });
});
