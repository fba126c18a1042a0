/** Autoscaling is turned on and off: the number of pods is never dropped, and nobody fights over it. */
import { EmulatedApi } from "../../local/kubernetes/emulatedApi";
import { kindNamed } from "../../local/kubernetes/kinds";
import { clusterOf } from "../../local/kubernetes/context";
import { nameOf } from "../../local/kubernetes/api";
import { asKube } from "../../local/kubernetes/types";
import { at } from "../../local/provider/values";
import { parseDocument } from "yaml";

import { setting } from "../matrix/changes";
import { type DriverHome, pinCommit, withDriver } from "../support/driver";

const FILE = "Pulumi.dev.yaml";
const DEPLOYMENT = kindNamed("apps/v1", "Deployment");
const SCALER = "api-service-autoscaler";
const WORKLOAD = "api-service-deployment";
const AUTOSCALING = { minReplicas: 3, maxReplicas: 8, cpuPercent: 70, memoryPercent: 80 };

test("on from 4 pods, scaled to 6, and off again: each change is made, and the number is its owner's", async () => {
  await withDriver(async (driver) => {
    driver.edit(FILE, pinCommit);
    change(driver, "replicas", 4);
    await up(driver);
    const fixed = live(driver);
    expect(fixed.replicas).toBe(4);

    change(driver, "autoscaling", AUTOSCALING);
    expect(await up(driver)).toEqual(expect.arrayContaining([`update ${SCALER}`, `update ${WORKLOAD}`]));
    // The same generation: the number was not another one in between either.
    expect(live(driver)).toEqual(fixed);

    await scale(driver, 6);
    change(driver, "resources", { memoryLimitMib: 256 });
    expect(await up(driver)).toContain(`update ${WORKLOAD}`);
    expect(live(driver).replicas).toBe(6);

    change(driver, "autoscaling", null);
    expect(await up(driver)).toEqual(expect.arrayContaining([`update ${SCALER}`, `update ${WORKLOAD}`]));
    expect(live(driver).replicas).toBe(4);
    expect(await up(driver)).toEqual([]);

    await scale(driver, 7);
    change(driver, "resources", { memoryLimitMib: 320 });
    expect(await up(driver)).toContain(`update ${WORKLOAD}`);
    expect(live(driver).replicas).toBe(4);
  });
}, 300_000);

function change(driver: DriverHome, name: string, value: unknown): void {
  driver.edit(FILE, (text) => {
    const document = parseDocument(text);
    setting(["api", name], value)(document);
    return document.toString();
  });
}

/** @returns what changed, without the region's code */
async function up(driver: DriverHome): Promise<string[]> {
  const summary = await driver.summary("up");
  expect({ ok: summary.ok, errors: summary.errors }).toEqual({ ok: true, errors: [] });
  expect((await fetch(summary.url ?? "")).status).toBe(200);
  return summary.changed
    .map(({ operation, urn }) => `${operation} ${(urn.split("::").at(-1) ?? "").replace("westus2-", "")}`)
    .sort();
}

/** The number of pods, and how often the Deployment's spec has changed. */
function live(driver: DriverHome) {
  return driver.withCloud("dev", (cloud) => {
    const [deployment] = cloud.list({ type: "apps/v1/Deployment" });
    return {
      replicas: at(deployment?.properties, "spec.replicas"),
      generation: at(deployment?.properties, "metadata.generation"),
    };
  });
}

/** As the autoscaler does where there is load. */
async function scale(driver: DriverHome, count: number): Promise<void> {
  await driver.withCloud("dev", (cloud) => {
    const [deployment] = cloud.list({ type: "apps/v1/Deployment" });
    if (deployment === undefined) throw new Error("the cloud holds no Deployment");
    const api = new EmulatedApi(cloud, clusterOf(deployment.id), new Set());
    return api.scale(nameOf(DEPLOYMENT, asKube(deployment.properties)), count);
  });
}
