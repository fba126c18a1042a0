import { secret } from "@pulumi/pulumi";
import { readFileSync } from "node:fs";

import { nameOf, stateFile } from "../../local/driver/state";
import { ENGINE_TIMEOUT, withEngine } from "../support/engine";
import { Item, createShelf } from "../support/shelf";

describe("an operation of the engine", () => {
  test(
    "creates, changes nothing when nothing changed, sees drift, repairs it and destroys",
    async () => {
      const shelf = createShelf();
      await withEngine([shelf], async (engine) => {
        const program = () => {
          new Item("a", { colour: "red" });
          new Item("b", { colour: secret("hidden-colour") });
          return Promise.resolve({ colour: "red" });
        };
        const first = await engine.run("up", program);
        expect(first.stderr).toBe("");
        expect(first.code).toBe(0);
        expect(first.record.changes).toEqual({ create: 3 });
        expect([...shelf.items.keys()].sort()).toEqual(["a", "b"]);
        expect(readFileSync(stateFile(engine.layout, "test", "dev"), "utf8")).not.toContain("hidden-colour");

        expect((await engine.run("up", program)).record.changes).toEqual({ same: 3 });
        expect((await engine.run("preview", program)).record.changes).toEqual({ same: 3 });

        shelf.items.set("a", { colour: "blue" });
        const refresh = await engine.run("refresh", program);
        expect(refresh.record.changes).toMatchObject({ update: 1 });
        expect(refresh.record.changed().map(({ urn }) => nameOf(urn))).toEqual(["a"]);
        expect((await engine.run("up", program)).record.changes).toMatchObject({ update: 1 });
        expect(shelf.items.get("a")).toEqual({ colour: "red" });

        expect((await engine.run("destroy", program)).record.changes).toMatchObject({ delete: 3 });
        expect(shelf.items.size).toBe(0);
      });
    },
    ENGINE_TIMEOUT,
  );
});
