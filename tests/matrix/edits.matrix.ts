/** What people change in a running platform is an update, in the plan and in the run: nothing is deleted or replaced. */
import { parseDocument } from "yaml";

import type { Summary } from "../../local/driver/summary";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";
import { described, destructive, isGrantOfUnknown } from "./changes";
import { EDITS, type Edit, FEATURES, REFUSED } from "./edits";
import { stackText } from "./stacks";

const TIMEOUT = 600_000;
const NAME = "cheapest";

function edited(driver: DriverHome, { apply }: Pick<Edit, "apply">): void {
  const document = parseDocument(pinCommit(stackText(NAME)));
  apply(document);
  driver.edit(`Pulumi.${NAME}.yaml`, () => document.toString());
}

const unchanged = { apply: () => undefined };

test(
  "common edits plan and run as updates, one after the other",
  async () => {
    await withDriver(async (driver) => {
      const document = parseDocument(pinCommit(stackText(NAME)));
      const run = async (command: "up" | "preview"): Promise<Summary> => {
        driver.edit(`Pulumi.${NAME}.yaml`, () => document.toString());
        return driver.summary(command, "--stack", NAME);
      };
      expect(await run("up")).toMatchObject({ ok: true });
      for (const { name, apply, isQuiet } of EDITS) {
        apply(document);
        const plan = await run("preview");
        const unasked = destructive(plan).filter((change) => !isGrantOfUnknown(change));
        expect({ name, errors: plan.errors, unasked: unasked.map(described) }).toEqual({
          ...{ name, errors: [], unasked: [] },
        });
        expect({ name, quiet: plan.changed.length === 0 }).toEqual({ name, quiet: isQuiet === true });
        const applied = await run("up");
        expect({ name, errors: applied.errors, lost: destructive(applied).map(described) }).toEqual({
          ...{ name, errors: [], lost: [] },
        });
      }
      expect(await run("up")).toMatchObject({ ok: true, changed: [] });
      for (const { apply, says } of REFUSED) {
        apply(document);
        const plan = await run("preview");
        expect(plan.ok).toBe(false);
        expect(plan.errors.map(({ message }) => message).join("\n")).toMatch(says);
      }
      const gone = await driver.summary("destroy", "--stack", NAME);
      expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
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
