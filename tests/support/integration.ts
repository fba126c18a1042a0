import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { REPOSITORY_ROOT } from "../../local/driver/layout";
import { type DriverHome, RUN } from "./driver";

/** Runs the tests for a deployed API, as `make test-integration` does. @throws Error with their output where one fails */
export async function runIntegrationTests({ project, local }: DriverHome, url: string) {
  const deletePod = [process.execPath, "--require", "@swc-node/register", RUN, "delete-pod"];
  const options = ["--project", project, "--local", local];
  const jest = ["--no-install", "jest", "--config", "jest.integration.cjs", "--json"];
  const { stdout } = await promisify(execFile)("npx", jest, {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, API_URL: url, DELETE_POD: [...deletePod, ...options].join(" ") },
    maxBuffer: 1 << 24,
  });
  const { numPassedTests, numPendingTests } = JSON.parse(stdout) as Readonly<Record<string, number>>;
  return { passed: numPassedTests, skipped: numPendingTests };
}
