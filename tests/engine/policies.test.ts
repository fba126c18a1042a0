/** The project's own policy pack on the real engine: what it forbids does not come to be. */
import * as path from "node:path";

import { nameOf } from "../../local/driver/state";
import { renderSummary } from "../../local/driver/summary";
import { withDriver } from "../support/driver";

const PROGRAMS = path.join(__dirname, "programs");

test.each([
  { program: "untaggedGroup", policy: "azure-tags-required", resource: "untagged" },
  { program: "adminRegistry", policy: "acr-admin-disabled", resource: "admin" },
  { program: "rootPod", policy: "pod-run-as-non-root", resource: "root" },
])(
  "$program is stopped by $policy, and nothing after it is created",
  async ({ program, policy, resource }) => {
    await withDriver(async (driver) => {
      driver.edit("index.ts", () => `export * from ${JSON.stringify(path.join(PROGRAMS, program))};\n`);
      const summary = await driver.summary("up");
      expect(summary.ok).toBe(false);
      const stopped = summary.violations.filter(({ level }) => level === "mandatory");
      expect(stopped.map((violation) => [violation.policy, nameOf(violation.resource ?? "")])).toContainEqual(
        [policy, resource],
      );
      const text = renderSummary(summary);
      expect(text).toContain(`policy ${policy} (aks-platform, mandatory) on ${resource} (`);
      expect(text).toContain("fix: ");
      const names = driver.state("dev")?.resources.map(({ urn }) => nameOf(urn));
      expect(names).not.toContain(resource);
      expect(names).not.toContain("after");
    });
  },
  180_000,
);

test("a secret that a policy refuses is in nothing that is printed", async () => {
  await withDriver(async (driver) => {
    const program = path.join(PROGRAMS, "secretImage");
    driver.edit("index.ts", () => `export * from ${JSON.stringify(program)};\n`);
    const { stdout, stderr } = await driver.run("up");
    const printed = stdout + stderr;
    expect(printed).toContain("image is secret (its value is not shown)");
    expect(printed).not.toContain("hidden-4711");
  });
}, 180_000);
