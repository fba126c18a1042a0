/** What people change in a running platform plans as an update: nothing that holds data or a cluster is replaced. */
import { parseDocument } from "yaml";

import type { Summary } from "../../local/driver/summary";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";
import { described, destructive, isGrantOfUnknown } from "./changes";
import { EDITS, type Edit, FEATURES } from "./edits";
import { stackText } from "./stacks";

const TIMEOUT = 600_000;
const NAME = "cheapest";

function edited(driver: DriverHome, { apply }: Pick<Edit, "apply">): void {
  const document = parseDocument(pinCommit(stackText(NAME)));
  apply(document);
  driver.edit(`Pulumi.${NAME}.yaml`, () => document.toString());
}

const unchanged = { apply: () => undefined };

/** What stands for the changes of a plan without any. */
const QUIET = ["planned nothing"];

async function planned(driver: DriverHome, edit: Pick<Edit, "apply">): Promise<Summary> {
  edited(driver, edit);
  const plan = await driver.summary("preview", "--stack", NAME);
  expect({ ok: plan.ok, errors: plan.errors }).toEqual({ ok: true, errors: [] });
  return plan;
}

test(
  "common edits plan as updates",
  async () => {
    await withDriver(async (driver) => {
      edited(driver, unchanged);
      expect(await driver.summary("up", "--stack", NAME)).toMatchObject({ ok: true });
      const found: Record<string, string[]> = {};
      for (const edit of EDITS) {
        const plan = await planned(driver, edit);
        const lost = destructive(plan)
          .filter((change) => !isGrantOfUnknown(change))
          .map(described);
        found[edit.name] = plan.changed.length === 0 ? QUIET : lost;
      }
      const expected = EDITS.map(({ name, isQuiet }) => [name, isQuiet === true ? QUIET : []]);
      expect(found).toEqual(Object.fromEntries(expected));
      const [tag] = EDITS.filter(({ name }) => name === "add a tag");
      if (tag) edited(driver, tag);
      const applied = await driver.summary("up", "--stack", NAME);
      expect({ ok: applied.ok, lost: destructive(applied) }).toEqual({ ok: true, lost: [] });
      expect(Object.keys(applied.changes).sort()).toEqual(["same", "update"]);
    });
  },
  TIMEOUT,
);

test(
  "a feature that goes on and off again leaves the platform as it was",
  async () => {
    await withDriver(async (driver) => {
      edited(driver, unchanged);
      const before = await driver.summary("up", "--stack", NAME);
      expect(before.ok).toBe(true);
      for (const feature of FEATURES) {
        edited(driver, feature);
        const on = await driver.summary("up", "--stack", NAME);
        const lost = destructive(on)
          .filter(({ urn }) => feature.instead?.test(urn) !== true)
          .map(described);
        expect({ feature: feature.name, errors: on.errors, lost }).toEqual({
          ...{ feature: feature.name, errors: [], lost: [] },
        });
        edited(driver, unchanged);
        const off = await driver.summary("up", "--stack", NAME);
        expect({ feature: feature.name, ok: off.ok, errors: off.errors }).toEqual({
          ...{ feature: feature.name, ok: true, errors: [] },
        });
        expect({ feature: feature.name, resources: off.resources }).toEqual({
          ...{ feature: feature.name, resources: before.resources },
        });
      }
    });
  },
  TIMEOUT,
);
