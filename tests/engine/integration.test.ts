import { withDriver } from "../support/driver";
import { runIntegrationTests } from "../support/integration";

test("the API of an emulated stack stands all that is asked of a deployed one, a pod's deletion included", async () => {
  await withDriver(async (driver) => {
    const { url, errors } = await driver.summary("up");
    expect(errors).toEqual([]);
    expect(await runIntegrationTests(driver, url ?? "")).toEqual({ passed: 10, skipped: 0 });
  });
}, 300_000);
