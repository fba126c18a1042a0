/** A stack that changes how its versions are released: each of them stands, and none leaves anything of another. */
import { parseDocument } from "yaml";

import { nameOf } from "../../local/driver/state";
import { setting } from "../matrix/changes";
import { stackText } from "../matrix/stacks";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";

const STACK = "canary";
const FILE = `Pulumi.${STACK}.yaml`;
const TIMEOUT = 360_000;

test(
  "canary, a new version, rolling update and back: up, quiet, and nothing left",
  async () => {
    await withDriver(async (driver) => {
      driver.edit(FILE, () => pinCommit(stackText(STACK)));
      await up(driver);
      expect(await up(driver)).toEqual([]);

      change(driver, ["api", "resources"], { memoryLimitMib: 256 });
      expect(await up(driver)).toContain("update westus2-api-service-rollout-canary");

      change(driver, ["api", "rollout", "strategy"], "rollingUpdate");
      const back = await up(driver);
      expect(back).toEqual(
        expect.arrayContaining([
          "create westus2-api-service-deployment",
          "delete westus2-api-service-rollout-canary",
          "delete westus2-api-delivery-controller-chart",
        ]),
      );
      expect(workloads(driver)).toEqual(["apps/v1/Deployment"]);

      change(driver, ["api", "rollout", "strategy"], "canary");
      const again = await up(driver);
      expect(again).toEqual(
        expect.arrayContaining([
          "create westus2-api-service-rollout-canary",
          "delete westus2-api-service-deployment",
        ]),
      );
      expect(await up(driver)).toEqual([]);
      const gone = await driver.summary("destroy", "--stack", STACK);
      expect(gone).toMatchObject({ ok: true, errors: [], leftovers: [], resources: {}, cloudObjects: {} });
    });
  },
  TIMEOUT,
);

function change(driver: DriverHome, path: readonly string[], value: unknown): void {
  driver.edit(FILE, (text) => {
    const document = parseDocument(text);
    setting(path, value)(document);
    return document.toString();
  });
}

/** @returns what changed */
async function up(driver: DriverHome): Promise<string[]> {
  const summary = await driver.summary("up", "--stack", STACK);
  expect({ ok: summary.ok, errors: summary.errors }).toEqual({ ok: true, errors: [] });
  expect((await fetch(summary.url ?? "")).status).toBe(200);
  return summary.changed.map(({ operation, urn }) => `${operation} ${nameOf(urn)}`);
}

/** Kinds of the workloads that the cluster has. */
function workloads(driver: DriverHome): string[] {
  const types = driver.withCloud(STACK, (cloud) =>
    cloud.list({ cloud: "kubernetes" }).map(({ type }) => type),
  );
  const found = types.filter((type) =>
    /Deployment|Rollout|AnalysisTemplate|CustomResourceDefinition/.test(type),
  );
  return [...new Set(found)];
}
