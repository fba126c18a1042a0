/** An enterprise platform is edited where it stands: one stack, all edits at once, then its features off and on again. */
import { parseDocument } from "yaml";

import { nameOf } from "../../local/driver/state";
import type { Summary } from "../../local/driver/summary";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";
import { type Change, described, destructive, isGrantOfUnknown } from "./changes";
import { BEFORE, EDITS } from "./enterpriseEdits";
import { FEATURES, SECOND_REGION } from "./enterpriseFeatures";
import { stackText } from "./stacks";

/** Five runs of about 500 resources, on two busy cores. */
const TIMEOUT = 1_200_000;
const NAME = "enterprise";
const AFTER = [...BEFORE, ...EDITS.map(({ apply }) => apply)];

test(
  "enterprise edits plan and run as updates, and features go off and on again",
  async () => {
    await withDriver(async (driver) => {
      // One commit for all runs, so that another one made meanwhile is no change.
      const text = pinCommit(stackText("enterprise-three-regions"));
      const run = (command: "up" | "preview", changes: readonly Change[]) =>
        runChanged(driver, command, text, changes);
      await run("up", BEFORE);
      expectShown(await run("preview", AFTER));
      expectNothingLost(await run("up", AFTER));
      const off = await run("up", [...AFTER, ...FEATURES.map((feature) => feature.off)]);
      const on = await run("up", [...AFTER, SECOND_REGION.off]);
      expectOwned(off, "delete");
      expectOwned(on, "create");
      expect(names(on, "create")).toEqual(
        names(off, "delete").filter((name) => !SECOND_REGION.owns.test(name)),
      );
      expect(names(on, "update")).toEqual(names(off, "update"));
    });
  },
  TIMEOUT,
);

async function runChanged(
  driver: DriverHome,
  command: "up" | "preview",
  text: string,
  changes: readonly Change[],
): Promise<Summary> {
  const document = parseDocument(text);
  for (const change of changes) change(document);
  driver.edit(`Pulumi.${NAME}.yaml`, () => document.toString());
  const summary = await driver.summary(command, "--stack", NAME);
  expect({ ok: summary.ok, errors: summary.errors }).toEqual({ ok: true, errors: [] });
  return summary;
}

/** Each edit is in the plan, and nothing goes but what an edit takes away, and grants that the plan cannot know. */
function expectShown(plan: Summary): void {
  const lines = plan.changed.map(described);
  const missing = EDITS.filter(({ shows }) => !lines.some((line) => shows.test(line)));
  expect(missing.map(({ name }) => name)).toEqual([]);
  expect(unasked(plan).filter((change) => !isGrantOfUnknown(change))).toEqual([]);
}

/** The run knows every grant, and finds it as it was. */
function expectNothingLost(run: Summary): void {
  expect(unasked(run)).toEqual([]);
  expect(Object.keys(run.changes).sort()).toEqual(["create", "delete", "same", "update"]);
}

function unasked(summary: Summary) {
  return destructive(summary).filter(
    ({ operation, urn }) =>
      operation !== "delete" || !EDITS.some(({ removes }) => removes?.test(nameOf(urn)) === true),
  );
}

/** Each feature comes or goes by its own resources; the others stay, and are updated only where they tell of it. */
function expectOwned(run: Summary, operation: "create" | "delete"): void {
  expect(Object.keys(run.changes).sort()).toEqual([operation, "same", "update"].sort());
  const moved = names(run, operation);
  expect(moved.filter((name) => !FEATURES.some(({ owns }) => owns?.test(name) === true))).toEqual([]);
  const updated = names(run, "update");
  expect(updated.filter((name) => !FEATURES.some(({ touches }) => touches?.test(name) === true))).toEqual([]);
  const own = moved.filter((name) => !SECOND_REGION.owns.test(name));
  const idle = FEATURES.filter(
    ({ owns, touches }) =>
      (owns !== undefined && owns !== SECOND_REGION.owns && !own.some((name) => owns.test(name))) ||
      (touches !== undefined && !updated.some((name) => touches.test(name))),
  );
  expect(idle.map(({ name }) => name)).toEqual([]);
}

function names({ changed }: Summary, operation: string): string[] {
  return changed
    .filter((change) => change.operation === operation)
    .map(({ urn }) => nameOf(urn))
    .sort();
}
