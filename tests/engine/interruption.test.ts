/** A run that is cut off in the middle: the next one must converge, whatever was lost. */
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type DriverHome, type Running, withDriver } from "../support/driver";
import { childrenOf } from "../support/processes";

const TIMEOUT = 180_000;
/** Objects in the emulated cloud at which the run is cut off: the cluster and its dependants are still to come. */
const HALFWAY = 12;

/** Resolves when the stack's cloud holds as many objects; its journal gets one line for each. */
async function untilObjects(driver: DriverHome, running: Running, count: number): Promise<void> {
  const journal = path.join(driver.local, "clouds", "dev.jsonl");
  const ended = running.result.then(({ stdout, stderr }) => `${stdout}\n${stderr}`);
  for (;;) {
    if (existsSync(journal) && readFileSync(journal, "utf8").split("\n").length > count) return;
    const output = await Promise.race([ended, sleep(5)]);
    if (output !== undefined) throw new Error(`the run ended before it had ${count} objects:\n${output}`);
  }
}

/** The next run must repair, create the rest and then have nothing left to do; destroy must find everything. */
async function expectConvergence(driver: DriverHome): Promise<void> {
  const next = await driver.summary("up");
  expect(next).toMatchObject({ ok: true, errors: [] });
  expect(driver.state("dev")?.pending).toEqual([]);
  const quiet = await driver.summary("up");
  expect(quiet.changed).toEqual([]);
  expect(await driver.summary("destroy")).toMatchObject({ ok: true, leftovers: [] });
}

test(
  "SIGINT ends the run after the operations under way, and says so",
  async () => {
    await withDriver(async (driver) => {
      const running = driver.start("up");
      await untilObjects(driver, running, HALFWAY);
      running.process.kill("SIGINT");
      const { code, stdout } = await running.result;
      expect(code).toBe(1);
      expect(stdout).toContain("Stopping: operations under way are finished first");
      expect(stdout).toContain("up was interrupted; run it again to finish");
      expect(driver.state("dev")?.pending).toEqual([]);
      await expectConvergence(driver);
    });
  },
  TIMEOUT,
);

test(
  "SIGKILL of the driver and the engine leaves objects that the next run takes in",
  async () => {
    await withDriver(async (driver) => {
      const running = driver.start("up");
      await untilObjects(driver, running, HALFWAY);
      const [engine] = childrenOf(running.process.pid, "pulumi");
      if (engine === undefined) throw new Error("the driver runs no engine");
      // The whole group of the engine, policy pack included, and then the driver with the providers in it.
      process.kill(-engine, "SIGKILL");
      running.process.kill("SIGKILL");
      await running.result;
      await expectConvergence(driver);
    });
  },
  TIMEOUT,
);

test(
  "SIGKILL of the driver alone: the next run waits for the engine that is left",
  async () => {
    await withDriver(async (driver) => {
      const running = driver.start("up");
      await untilObjects(driver, running, HALFWAY);
      running.process.kill("SIGKILL");
      await running.result;
      await expectConvergence(driver);
    });
  },
  TIMEOUT,
);
