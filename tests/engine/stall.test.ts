import * as pulumi from "@pulumi/pulumi";
import { setTimeout as sleep } from "node:timers/promises";

import { ENGINE_TIMEOUT } from "../support/engine";
import { withSessions } from "../support/session";
import { Item } from "../support/shelf";

/** Two items, each of which waits for the other's id; `first` goes ahead of them. */
const circle = () => {
  let resolve: (id: pulumi.Output<string>) => void = () => undefined;
  const later = new Promise<pulumi.Output<string>>((settle) => (resolve = settle));
  new Item("first", { colour: "red" });
  const one = new Item("one", { colour: pulumi.output(later) });
  const other = new Item("other", { colour: pulumi.interpolate`${one.id}` });
  resolve(other.id);
  return Promise.resolve({});
};

describe("a program that waits for itself", () => {
  test(
    "ends with an error that names what waits, keeps what is there, and goes on once it is put right",
    async () => {
      await withSessions({ stallSeconds: 3 }, async (bench) => {
        const summary = await bench.run("up", circle);
        expect(summary.ok).toBe(false);
        expect(bench.items()).toEqual(["first"]);
        const [error] = summary.errors;
        expect(error?.message).toContain("the program waits for itself");
        expect(error?.message).toContain(
          '"one" [shelf:index:Item] was waiting for the value of its input property',
        );
        expect(error?.message).toContain("other");
        const repaired = () => {
          new Item("first", { colour: "red" });
          return Promise.resolve({});
        };
        expect(await bench.run("up", repaired)).toMatchObject({ ok: true });
        expect(bench.items()).toEqual(["first"]);
      });
    },
    ENGINE_TIMEOUT,
  );

  test(
    "a slow cloud is no stall: the engine has a resource under way",
    async () => {
      await withSessions({ stallSeconds: 1, onCreate: () => sleep(2500) }, async (bench) => {
        const summary = await bench.run("up", () => {
          const first = new Item("first", { colour: "red" });
          new Item("second", { colour: "blue" }, { dependsOn: first });
          return Promise.resolve({});
        });
        expect(summary).toMatchObject({ ok: true, errors: [] });
      });
    },
    ENGINE_TIMEOUT,
  );
});
