/** One named configuration from nothing to nothing: up, up again without a change, destroy without a rest. */
import { type DriverHome, pinCommit, withDriver } from "../support/driver";
import { stackText } from "./stacks";

/** A stack of three regions on two busy cores. */
export const CYCLE_TIMEOUT = 240_000;

export async function expectWholeCycle(name: string): Promise<void> {
  await expectCycleOf(name, stackText(name));
}

/** @param text what the stack's file says */
export async function expectCycleOf(name: string, text: string): Promise<void> {
  await withDriver(async (driver) => {
    driver.edit(`Pulumi.${name}.yaml`, () => pinCommit(text));
    const first = await driver.summary("up", "--stack", name);
    expect({ ok: first.ok, errors: first.errors }).toEqual({ ok: true, errors: [] });
    expect(first.violations.filter(({ level }) => level === "mandatory")).toEqual([]);
    await expectAnswer(first.url);
    await expectQuiet(driver, name);
    await keepExport(driver, name);
    const gone = await driver.summary("destroy", "--stack", name);
    expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
  });
}

const GREETING = { message: "Automate all the things!" };
const FRONT_DOOR_ALONE = { detail: "This API answers requests that come through its Front Door." };

/** The API greets everyone, but behind Front Door without a gateway it refuses who comes another way, as here. */
async function expectAnswer(url: string | undefined): Promise<void> {
  const response = await fetch(url ?? "");
  const body: unknown = await response.json();
  expect(body).toMatchObject(response.status === 403 ? FRONT_DOOR_ALONE : GREETING);
}

async function expectQuiet(driver: DriverHome, name: string): Promise<void> {
  const second = await driver.summary("up", "--stack", name);
  expect({ ok: second.ok, changed: second.changed }).toEqual({ ok: true, changed: [] });
  expect(Object.keys(second.changes)).toEqual(["same"]);
}

/** Where `MATRIX_EXPORTS` names a folder, the state goes there, for schema checkers and security benchmarks. */
async function keepExport(driver: DriverHome, name: string): Promise<void> {
  const folder = process.env["MATRIX_EXPORTS"];
  if (folder === undefined) return;
  const written = await driver.run("export", "--stack", name, "--file", `${folder}/${name}.json`);
  expect({ code: written.code, stderr: written.stderr }).toEqual({ code: 0, stderr: "" });
}
