import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { RUN, type DriverHome, withDriver } from "../support/driver";
import { REPOSITORY_ROOT } from "../../local/driver/layout";

/** The suite for a deployed API, as `make test-integration` runs it. */
async function askAll({ project, local }: DriverHome, url: string) {
  const deletePod = [process.execPath, "--require", "@swc-node/register", RUN, "delete-pod"];
  const options = ["--project", project, "--local", local];
  const jest = ["--no-install", "jest", "--config", "jest.integration.cjs", "--json"];
  const { stdout } = await promisify(execFile)("npx", jest, {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, API_URL: url, DELETE_POD: [...deletePod, ...options].join(" ") },
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as { readonly numPassedTests: number; readonly numPendingTests: number };
}

test("the API of an emulated stack stands all that is asked of a deployed one, a pod's deletion included", async () => {
  await withDriver(async (driver) => {
    const { url, errors } = await driver.summary("up");
    expect(errors).toEqual([]);
    const { numPassedTests, numPendingTests } = await askAll(driver, url ?? "");
    expect([numPassedTests, numPendingTests]).toEqual([10, 0]);
  });
}, 300_000);
